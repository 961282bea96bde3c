"""scikit-learn's `partial_fit`: the loss of every batch before it is learnt, and of a validation set after it."""

from __future__ import annotations

from typing import Any

import numpy as np

from rung.core.errors import BadSetting
from rung.record.callbacks.curves import Curves


class PartialFit:
    """Calls `partial_fit` of an estimator and logs the loss of each batch on the model as it was before, so that no batch flatters itself.

    Log loss where the estimator gives probabilities, one minus accuracy for other classifiers, squared error for regressors.
    """

    def __init__(self, curves: Curves, estimator: Any, valid: tuple[Any, Any] | None = None) -> None:
        if not hasattr(estimator, "partial_fit"):
            raise BadSetting(
                f"{type(estimator).__name__} has no partial_fit.",
                hint="Use an estimator that learns batch by batch, such as SGDClassifier.",
            )
        self.curves, self.estimator, self.valid = curves, estimator, valid
        self.step = 0

    def partial_fit(self, features: Any, labels: Any, *args: Any, **kwargs: Any) -> PartialFit:
        """Learn one batch."""
        if self.step:
            self.curves.log("train", "loss", "train/loss", self.step, self._loss(features, labels), larger=False)
        self.estimator.partial_fit(features, labels, *args, **kwargs)
        self.step += 1
        if self.valid is not None:
            self.curves.log("valid", "loss", "valid/loss", self.step, self._loss(*self.valid), larger=False)
        return self

    def _loss(self, features: Any, labels: Any) -> float:
        truth = np.asarray(labels)
        if not hasattr(self.estimator, "classes_"):
            return float(np.mean((np.asarray(self.estimator.predict(features), dtype=float) - truth) ** 2))
        if not hasattr(self.estimator, "predict_proba"):
            return float(np.mean(np.asarray(self.estimator.predict(features)) != truth))
        chances = np.clip(np.asarray(self.estimator.predict_proba(features)), 1e-15, 1)
        place = np.searchsorted(self.estimator.classes_, truth)
        known = (place < len(self.estimator.classes_)) & (
            self.estimator.classes_[np.minimum(place, len(self.estimator.classes_) - 1)] == truth
        )
        return float(-np.log(chances[np.arange(len(truth)), np.where(known, place, 0)])[known].mean()) if known.any() else float("nan")
