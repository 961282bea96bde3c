import numpy as np
from sklearn.datasets import load_diabetes
from sklearn.model_selection import KFold

X, y = load_diabetes(return_X_y=True, scaled=False)
errors = []
for tr, va in KFold(5, shuffle=True, random_state=0).split(X):
    mean, sd = X[tr].mean(axis=0), X[tr].std(axis=0)
    A = np.column_stack([(X[tr] - mean) / sd, np.ones(len(tr))])
    B = np.column_stack([(X[va] - mean) / sd, np.ones(len(va))])
    w, *_ = np.linalg.lstsq(A, y[tr], rcond=None)
    errors.append(np.mean(np.abs(B @ w - y[va])))
print("MAE", np.mean(errors), "+-", np.std(errors))
