"""Resampling test rows to get an interval is no leak."""
import numpy as np
from sklearn.datasets import load_breast_cancer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

X, y = load_breast_cancer(return_X_y=True)
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.3, random_state=0)
model = make_pipeline(StandardScaler(), LogisticRegression()).fit(X_train, y_train)
p = model.predict_proba(X_test)[:, 1]
rng = np.random.default_rng(0)
draws = []
for _ in range(100):
    i = rng.integers(0, len(p), len(p))
    draws.append(roc_auc_score(y_test[i], p[i]))
print(roc_auc_score(y_test, p), np.quantile(draws, [0.025, 0.975]))
