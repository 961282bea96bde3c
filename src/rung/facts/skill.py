"""How much of the prior's log loss a model removes: sees shrunken probabilities, to which a ranking score is blind."""

from __future__ import annotations

import numpy as np

from rung.core.experiment import Estimate
from rung.facts.score import FoldScores, Metric, predicted_rows
from rung.stats import metrics
from rung.stats.intervals import mean_interval

UNKNOWN = Estimate(value=float("nan"), low=float("nan"), high=float("nan"))
SURE = 0.001  # probabilities are cut here, so that one certain error does not outweigh all other rows


def skill_gain(metric: Metric, before: FoldScores, after: FoldScores) -> Estimate:
    """Skill of `after` minus skill of `before` with a paired interval over rows; skill is 1 - log loss / log loss of the class shares.

    NaN for regression, with one class, or without common rows.
    Source: McFadden (1974), the share of the null log likelihood that is removed.
    """
    if metric.task == "regression":
        return UNKNOWN
    _, left, right = np.intersect1d(before.rows, after.rows, assume_unique=True, return_indices=True)
    told = predicted_rows(before.prediction[left]) & predicted_rows(after.prediction[right])
    left, right = left[told], right[told]
    y = before.y[left].astype(np.int64)
    shares = np.bincount(y, minlength=metric.n_classes) / max(1, len(y))
    entropy = float(-np.sum(shares[shares > 0] * np.log(shares[shares > 0])))
    if len(y) < 2 or entropy <= 0:
        return UNKNOWN
    gains = mean_interval(losses(metric, y, before.prediction[left]) - losses(metric, y, after.prediction[right]))
    return Estimate(value=gains.value / entropy, low=gains.low / entropy, high=gains.high / entropy, n=len(y))


def losses(metric: Metric, y: np.ndarray, prediction: np.ndarray) -> np.ndarray:
    """Log loss of each row, shape (n,)."""
    truth = (y == metric.positive).astype(np.int64) if metric.task == "binary" else y
    return metrics.log_losses(truth, np.clip(prediction, SURE, 1 - SURE))
