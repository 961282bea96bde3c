"""Chance from every generator there is, with seeds and without."""

import random

import numpy as np
import pandas as pd
from sklearn.datasets import make_classification
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import ShuffleSplit, train_test_split
from sklearn.utils import resample, shuffle

X, y = make_classification(300, 8)
a, b, c, d = train_test_split(X, y, stratify=y)
print(RandomForestClassifier(20).fit(a, c).score(b, d))
state = np.random.RandomState(4)
print(
    [part.sum() for part in train_test_split(X, y, random_state=state)],
    [part.sum() for part in shuffle(X, y, random_state=state)],
    resample(y, random_state=state).sum(),
)
frame = pd.DataFrame(X).sample(frac=0.5)
print(frame.index[:5].tolist(), frame.sample(3, random_state=state).index.tolist())
order = np.random.permutation(300)
np.random.shuffle(y)
rng = np.random.default_rng(1)
rng.shuffle(X)
print(
    order[:3],
    y[:9],
    X[0, 0],
    rng.permutation(X)[0, 0],
    rng.permutation(y)[:5],
    rng.choice(y, 4),
    random.random(),
    random.sample(range(9), 3),
)
print([test[:3].tolist() for _, test in ShuffleSplit(2).split(X)], np.random.rand(), state.rand(), rng.random())
