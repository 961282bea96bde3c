import numpy as np
import lightgbm as lgb
from sklearn.datasets import load_breast_cancer
from sklearn.metrics import roc_auc_score

X, y = load_breast_cancer(return_X_y=True)
perm = np.random.RandomState(4).permutation(len(X))
X, y = X[perm], y[perm]

N = len(X)
X_train, y_train = X[: int(0.8 * N)], y[: int(0.8 * N)]
X_valid, y_valid = X[int(0.7 * N) :], y[int(0.7 * N) :]

params = {"objective": "binary", "verbose": -1, "seed": 1, "num_leaves": 15}
booster = lgb.train(params, lgb.Dataset(X_train, y_train), num_boost_round=60)
print("AUC", roc_auc_score(y_valid, booster.predict(X_valid)))
