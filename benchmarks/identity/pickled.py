"""What is written with pickle, joblib and cloudpickle is the same, byte for byte."""

import io
import pickle

import cloudpickle
import joblib
import numpy as np

from sklearn.base import BaseEstimator, TransformerMixin, clone
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, make_scorer
from sklearn.model_selection import KFold, train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler


class Centre(TransformerMixin, BaseEstimator):
    """A transformer of the user's own."""

    def __init__(self, scale=1.0):
        self.scale = scale

    def fit(self, X, y=None):
        self.mean_ = X.mean(axis=0)
        return self

    def transform(self, X):
        return (X - self.mean_) * self.scale


X, y = load_iris(return_X_y=True)
model = make_pipeline(StandardScaler(), Centre(2.0), LogisticRegression(max_iter=300)).fit(X, y)
with open("model.pkl", "wb") as handle:
    pickle.dump(model, handle)
joblib.dump({"model": clone(model), "folds": KFold(3)}, "bundle.joblib")
with open("model.pkl", "rb") as handle:
    again = pickle.load(handle)
print(np.array_equal(again.predict(X), model.predict(X)), joblib.load("bundle.joblib")["folds"])
functions = pickle.dumps(
    [train_test_split, accuracy_score, make_scorer(accuracy_score), np.mean, np.concatenate, LogisticRegression.fit, Centre]
)
print(len(functions), pickle.loads(functions)[0] is train_test_split)
stream = io.BytesIO()
cloudpickle.dump(Centre(3.0).fit(X), stream)
print(pickle.loads(stream.getvalue()).mean_)
