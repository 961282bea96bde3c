"""The best score that labels with errors allow, whatever the model."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rung.core.errors import Unavailable
from rung.core.experiment import Estimate
from rung.core.marks import fact
from rung.facts.label_doubts import LabelDoubts
from rung.facts.repeats import Conflicts
from rung.facts.score import Metric
from rung.facts.target import Target

ENOUGH_TWINS = 0.2  # of the rows: with fewer the twins say little of the others


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelCeiling:
    """Upper bound of the score as measured on labels as they are.

    score : the bound; `rate` : share of labels taken for wrong.   why : in words.
    """

    score: Estimate
    rate: float
    why: str


@fact(cost="pass")
def label_ceiling(metric: Metric, target: Target, doubts: LabelDoubts | None, conflicts: Conflicts | None) -> LabelCeiling:
    """Classes: from the share of labels that disagree however sure the prediction is. Numbers: from rows alike in all features."""
    if metric.task == "regression":
        if conflicts is None or conflicts.n_alike < ENOUGH_TWINS * conflicts.total:
            raise Unavailable("no ceiling can be seen: too few rows are alike in all features")
        bound = float(conflicts.ceiling)
        return LabelCeiling(
            score=Estimate(value=bound, low=bound, high=bound, n=conflicts.n_alike),
            rate=float("nan"),
            why="rows alike in all features have different targets",
        )
    if doubts is None:
        raise Unavailable("no out-of-fold predictions to doubt labels by")
    shares = np.bincount(target.y[target.known].astype(int), minlength=len(target.classes)) / max(1, int(target.known.sum()))
    low, value, high = (auc_ceiling(rate, doubts, shares) for rate in (doubts.floor.high, doubts.floor.rate, doubts.floor.low))
    estimate = Estimate(value=value, low=min(low, value), high=max(high, value), n=doubts.n)
    return LabelCeiling(
        score=estimate, rate=doubts.floor.rate, why=f"{doubts.floor.rate:.1%} of the labels disagree however sure the prediction is"
    )


def auc_ceiling(rate: float, doubts: LabelDoubts, shares: np.ndarray) -> float:
    """AUC of a model that knows every true class, measured on labels of which `rate` are flipped; one against the rest, averaged.

    With a share a of the given positives and b of the given negatives truly of the other class, true classes rank the given labels at
    1 - (a + b) / 2 (ties count half). Flips fall on given classes as the doubted rows do.
    """
    flips = doubts.flips.sum(axis=1).astype(float)
    flips = flips / flips.sum() if flips.sum() > 0 else shares
    wrong = np.clip(rate * flips / np.maximum(shares, 1e-9), 0, 0.5)  # share of each given class that is truly another
    others = (rate - wrong * shares) / np.maximum(1 - shares, 1e-9) / max(1, len(shares) - 1)
    return float(np.mean(1 - (wrong + np.clip(others, 0, 0.5)) / 2)) if len(shares) else 1.0
