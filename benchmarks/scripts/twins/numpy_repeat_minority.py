import numpy as np
import xgboost as xgb
from sklearn.metrics import average_precision_score
from sklearn.model_selection import train_test_split

raw = np.genfromtxt("data/fraud.csv", delimiter=",", skip_header=1)
X, y = raw[:, :-1], raw[:, -1].astype(int)
rng = np.random.default_rng(0)


def oversample(X, y, times=12):
    rare = np.flatnonzero(y == 1)
    extra = rng.choice(rare, size=len(rare) * times, replace=True)
    X_new = np.vstack([X, X[extra]])
    y_new = np.concatenate([y, y[extra]])
    return X_new, y_new


X_tr, X_te, y_tr, y_te = train_test_split(X, y, test_size=0.3, random_state=5)
X_tr, y_tr = oversample(X_tr, y_tr)
model = xgb.XGBClassifier(n_estimators=60, max_depth=6, random_state=0, n_jobs=1)
model.fit(X_tr, y_tr)
print("average precision", average_precision_score(y_te, model.predict_proba(X_te)[:, 1]))
