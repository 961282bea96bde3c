"""Plants probabilities that are too extreme, too timid, too high or too low; the ranking stays."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from rung.core.errors import Unavailable
from rung.core.marks import FaultSeverity, fault
from rung.faults._estimators import with_model
from rung.inputs.planted import Healthy, Planted

if TYPE_CHECKING:
    from sklearn.base import ClassifierMixin

SLOPE = {"mild": 2.5, "medium": 4.0, "severe": 7.0}
SHIFT = {"mild": 1.0, "medium": 1.7, "severe": 2.5}


@fault("miscalibration")
def miscalibration(healthy: Healthy, severity: FaultSeverity, rng: np.random.Generator) -> Planted:
    """Log-odds are stretched, squeezed or shifted behind a logistic regression."""
    if healthy.task == "regression":
        raise Unavailable("only for classification")
    if healthy.test.n_rows < 120:
        raise Unavailable("too few test rows to see it")
    ways = ["too extreme", "too timid", *(["too high", "too low"] if healthy.task == "binary" else [])]
    way = ways[int(rng.integers(len(ways)))]
    slope = SLOPE[severity] if way == "too extreme" else 1 / SLOPE[severity] if way == "too timid" else 1.0
    shift = SHIFT[severity] * (1.0 if way == "too high" else -1.0 if way == "too low" else 0.0)
    return Planted(case=with_model(healthy, distorted(slope, shift)), truth=f"probabilities are {way}")  # pyright: ignore[reportArgumentType]


def distorted(slope: float, shift: float) -> ClassifierMixin:
    """A logistic regression whose log-odds are multiplied and shifted (the shift acts on the second class of two)."""
    from sklearn.base import BaseEstimator, ClassifierMixin
    from sklearn.linear_model import LogisticRegression

    class Distorted(ClassifierMixin, BaseEstimator):
        def __init__(self, slope: float = 1.0, shift: float = 0.0) -> None:
            self.slope, self.shift = slope, shift

        def fit(self, x: object, y: object) -> Distorted:
            self.inner_ = LogisticRegression(max_iter=300).fit(x, y)
            self.classes_ = self.inner_.classes_
            return self

        def predict_proba(self, x: object) -> np.ndarray:
            z = np.log(np.clip(self.inner_.predict_proba(x), 1e-9, 1)) * self.slope
            z[:, -1] += self.shift
            e = np.exp(z - z.max(axis=1, keepdims=True))
            return e / e.sum(axis=1, keepdims=True)

        def predict(self, x: object) -> np.ndarray:
            return self.classes_[self.predict_proba(x).argmax(axis=1)]

    return Distorted(slope, shift)
