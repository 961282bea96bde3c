import numpy as np
from sklearn.datasets import load_digits
from sklearn.svm import SVC

digits = load_digits()
X = digits.data / 16.0
y = digits.target

rng = np.random.default_rng(0)
order = rng.permutation(len(X))
X, y = X[order], y[order]
split = 1200
clf = SVC(gamma=0.05).fit(X[:split], y[:split])
print("test accuracy", clf.score(X[split:], y[split:]))
