"""joblib and multiprocessing, with functions and classes of this file."""

import multiprocessing

import numpy as np
from joblib import Parallel, delayed
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.datasets import load_breast_cancer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler


class Majority(ClassifierMixin, BaseEstimator):
    def fit(self, X, y):
        self.classes_, counts = np.unique(y, return_counts=True)
        self.best_ = self.classes_[counts.argmax()]
        return self

    def predict(self, X):
        return np.full(len(X), self.best_)


def one(seed):
    rng = np.random.default_rng(seed)
    table = rng.normal(size=(50, 3))
    return float((table[:25, 0] - table[25:, 1].mean()).sum())


if __name__ == "__main__":
    X, y = load_breast_cancer(return_X_y=True)
    print(Parallel(n_jobs=2)(delayed(one)(seed) for seed in range(4)))
    print(cross_val_score(Majority(), X, y, cv=3, n_jobs=2))
    search = GridSearchCV(
        make_pipeline(StandardScaler(), LogisticRegression()), {"logisticregression__C": [0.1, 1.0]}, cv=3, n_jobs=2, scoring="roc_auc"
    )
    print(search.fit(X, y).best_score_)
    for method in ("fork", "spawn"):
        with multiprocessing.get_context(method).Pool(2) as pool:
            print(method, pool.map(one, range(3)))
