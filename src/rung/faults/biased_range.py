"""Plants a regression that pulls everything to the middle, or was not turned back from the logarithm."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from rung.core.errors import Unavailable
from rung.core.marks import FaultSeverity, fault
from rung.faults._estimators import with_model
from rung.inputs.planted import Healthy, Planted

if TYPE_CHECKING:
    from sklearn.base import RegressorMixin

SHRUNK = {"mild": 0.5, "medium": 0.3, "severe": 0.15}


@fault("biased-range")
def biased_range(healthy: Healthy, severity: FaultSeverity, rng: np.random.Generator) -> Planted:
    """Predictions keep a part of their distance from the mean, or lie on one side by a part of the spread."""
    if healthy.task != "regression":
        raise Unavailable("only for regression")
    if bool(rng.integers(2)):
        return Planted(case=with_model(healthy, shrunk(SHRUNK[severity], 0.0)), truth="predictions are pulled to the mean")  # pyright: ignore[reportArgumentType]
    shift = {"mild": 0.5, "medium": 0.8, "severe": 1.2}[severity]
    return Planted(case=with_model(healthy, shrunk(1.0, shift)), truth="predictions are too high throughout")  # pyright: ignore[reportArgumentType]


def shrunk(kept: float, shift: float) -> RegressorMixin:
    """A ridge regression that keeps this part of the distance from the mean, shifted by this part of the target's spread."""
    from sklearn.base import BaseEstimator, RegressorMixin
    from sklearn.linear_model import Ridge

    class Shrunk(RegressorMixin, BaseEstimator):
        def __init__(self, kept: float = 1.0, shift: float = 0.0) -> None:
            self.kept, self.shift = kept, shift

        def fit(self, x: object, y: np.ndarray) -> Shrunk:
            self.inner_, self.mean_, self.spread_ = Ridge().fit(x, y), float(np.mean(y)), float(np.std(y))
            return self

        def predict(self, x: object) -> np.ndarray:
            return self.mean_ + self.kept * (self.inner_.predict(x) - self.mean_) + self.shift * self.spread_

    return Shrunk(kept, shift)
