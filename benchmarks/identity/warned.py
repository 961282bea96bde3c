"""Warnings, shown, counted and hidden."""

import warnings

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import precision_score

rng = np.random.RandomState(0)
X, y = rng.normal(size=(80, 4)) * [1, 10, 100, 1000], rng.randint(0, 2, 80)
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    LogisticRegression(max_iter=2).fit(X, y)
    precision_score([0, 1, 1], [0, 0, 0])
print([(each.category.__name__, each.filename.rpartition("/")[2], each.lineno) for each in caught])
warnings.filterwarnings("ignore", category=ConvergenceWarning)
LogisticRegression(max_iter=2).fit(X, y)
warnings.filterwarnings("error", category=ConvergenceWarning)
try:
    LogisticRegression(max_iter=2).fit(X, y)
except ConvergenceWarning as error:
    print("raised", str(error)[:40])
print(len(warnings.filters), np.log(np.array([1.0, 0.0])))
