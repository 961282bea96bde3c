import numpy as np
from sklearn.datasets import load_breast_cancer

data = load_breast_cancer()
X, y = data.data, data.target.astype(float)

rng = np.random.default_rng(123)
order = rng.permutation(len(X))
X, y = X[order], y[order]

X = (X - X.mean(axis=0)) / X.std(axis=0)

n_train = int(0.8 * len(X))
X_train, X_test = X[:n_train], X[n_train:]
y_train, y_test = y[:n_train], y[n_train:]

w, b = np.zeros(X.shape[1]), 0.0
for step in range(400):
    p = 1 / (1 + np.exp(-(X_train @ w + b)))
    w -= 0.1 * (X_train.T @ (p - y_train) / n_train + 1e-3 * w)
    b -= 0.1 * np.mean(p - y_train)

pred = (1 / (1 + np.exp(-(X_test @ w + b))) > 0.5).astype(float)
print("test accuracy %.3f" % np.mean(pred == y_test))
