import numpy as np
from sklearn.datasets import load_wine
from sklearn.neighbors import KNeighborsClassifier

X, y = load_wine(return_X_y=True)
np.random.seed(0)
idx = np.random.permutation(len(y))
train_idx, test_idx = idx[:120], idx[120:]

mean = X.mean(axis=0)
std = X.std(axis=0)
Xs = (X - mean) / std

knn = KNeighborsClassifier(5)
knn.fit(Xs[train_idx], y[train_idx])
print(knn.score(Xs[test_idx], y[test_idx]))
