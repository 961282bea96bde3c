"""A learner that remembers rows: the instrument that makes shared rows and shared entities visible."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from rung.facts.learners import Learner, Predictor, fitted

Floats = NDArray[np.float64]


def memoriser(task: str, n_classes: int, positive: int, n_trees: int = 60) -> Learner:
    """A forest of fully grown trees: on a row that it was fitted on, it is nearly sure."""

    def fit(x: Floats, y: Floats) -> Predictor:
        from sklearn.ensemble import ExtraTreesClassifier, ExtraTreesRegressor

        kind = ExtraTreesRegressor if task == "regression" else ExtraTreesClassifier
        width = max(1, int(np.sqrt(x.shape[1]))) if task != "regression" else max(1, x.shape[1] // 3)
        trees = kind(n_estimators=n_trees, max_features=width, random_state=0, n_jobs=1)  # pyright: ignore[reportArgumentType]
        middle = np.nanmedian(np.where(np.isnan(x).all(axis=0), 0.0, x), axis=0)
        predict = fitted(trees, _filled(x, middle), y, task, n_classes, positive)
        return lambda rows: predict(_filled(rows, middle))

    return fit


def _filled(x: Floats, middle: Floats) -> Floats:
    return np.clip(np.where(np.isnan(x), middle, x), -1e30, 1e30)
