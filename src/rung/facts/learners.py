"""rung's own learners: a linear and a non-linear one that take the matrix as it is.

Plain settings on purpose: they measure what signal a table holds, they do not compete.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from sklearn.base import BaseEstimator

Floats = NDArray[np.float64]
TOP_CATEGORIES = 20
WIDE = 200  # columns that each split looks at: beyond it a draw of them is as good, and the time stays bounded


class Predictor(Protocol):
    """Scores rows: shape (n,) for one column of scores, (n, n_classes) for several classes."""

    def __call__(self, x: Floats, /) -> Floats: ...


class Learner(Protocol):
    """Fits on (x, y) and returns a predictor."""

    def __call__(self, x: Floats, y: Floats, /) -> Predictor: ...


def nonlinear(task: str, n_classes: int, positive: int, categorical: NDArray[np.bool_], seed: int) -> Learner:
    """Gradient-boosted trees over histograms: takes missing values and categories as they are."""

    def fit(x: Floats, y: Floats) -> Predictor:
        from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

        kind = HistGradientBoostingRegressor if task == "regression" else HistGradientBoostingClassifier
        # Small tables need small leaves, or no split is ever made; many classes cost a tree each, so fewer rounds.
        leaf = int(np.clip(len(y) // 40, 3, 20))
        rounds = 60 if n_classes <= 2 else max(15, 120 // n_classes)
        learner = kind(
            max_iter=rounds,
            learning_rate=0.1,
            max_leaf_nodes=15,
            min_samples_leaf=leaf,
            l2_regularization=1.0,
            max_features=min(1.0, WIDE / max(1, x.shape[1])),
            early_stopping=False,  # type: ignore[arg-type]
            categorical_features=np.flatnonzero(categorical) if categorical.any() else None,  # type: ignore[arg-type]
            random_state=seed,
        )
        # A column without any value in these rows tells nothing, and cutting it into bins fails.
        empty = np.asarray(np.isnan(x).all(axis=0))
        predictor = fitted(learner, _filled(x, empty), y, task, n_classes, positive)
        return lambda rows: predictor(_filled(rows, empty))

    return fit


def _filled(x: Floats, empty: NDArray[np.bool_]) -> Floats:
    return np.where(empty, 0.0, x) if empty.any() else x


def linear(task: str, n_classes: int, positive: int, categorical: NDArray[np.bool_]) -> Learner:
    """Ridge or logistic regression on standardised numbers and one-hot categories, missing values by the median."""

    def fit(x: Floats, y: Floats) -> Predictor:
        from sklearn.linear_model import LogisticRegression, Ridge
        from sklearn.pipeline import make_pipeline

        learner = Ridge(alpha=1.0) if task == "regression" else LogisticRegression(C=1.0, max_iter=300)
        predictor = fitted(make_pipeline(design(categorical), learner), _tame(x), y, task, n_classes, positive)
        return lambda rows: predictor(_tame(rows))

    return fit


def _tame(x: Floats) -> Floats:
    """Values whose squares would overflow are cut; missing ones stay missing."""
    return np.clip(x, -1e100, 1e100)


def design(categorical: NDArray[np.bool_]) -> BaseEstimator:
    """The usual preparation of a linear model: impute, scale, one-hot."""
    from sklearn.compose import ColumnTransformer
    from sklearn.impute import SimpleImputer
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder, StandardScaler

    numbers = make_pipeline(SimpleImputer(strategy="median", keep_empty_features=True), StandardScaler())
    levels = OneHotEncoder(max_categories=TOP_CATEGORIES, handle_unknown="infrequent_if_exist", sparse_output=False)
    return ColumnTransformer([("numbers", numbers, np.flatnonzero(~categorical)), ("levels", levels, np.flatnonzero(categorical))])


def fitted(learner: BaseEstimator, x: Floats, y: Floats, task: str, n_classes: int, positive: int) -> Predictor:
    """Fit, and hand out the scores of the task: numbers, P(positive), or one column a class."""
    import warnings

    if task != "regression" and len(np.unique(y)) < 2:
        only = int(y[0]) if len(y) else 0
        return lambda rows: _constant(rows, only, n_classes, positive)
    with warnings.catch_warnings():
        # A reference learner that stops early still ranks; its convergence is not the user's concern.
        warnings.simplefilter("ignore")
        learner.fit(x, y)  # type: ignore[attr-defined]
    if task == "regression":
        return lambda rows: np.asarray(learner.predict(rows), dtype=float)  # type: ignore[attr-defined]
    known = learner.classes_.astype(int)  # type: ignore[attr-defined]
    return lambda rows: _scores(learner.predict_proba(rows), known, n_classes, positive)  # type: ignore[attr-defined]


def _scores(probabilities: Floats, known: NDArray[np.int64], n_classes: int, positive: int) -> Floats:
    full = np.zeros((len(probabilities), n_classes))
    full[:, known] = probabilities
    return full[:, positive] if n_classes == 2 else full


def _constant(rows: Floats, only: int, n_classes: int, positive: int) -> Floats:
    full = np.zeros((len(rows), n_classes))
    full[:, only] = 1.0
    return full[:, positive] if n_classes <= 2 else full
