"""What another threshold does to hard labels: chosen on one half of the rows, measured on the other."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rung.core.errors import Unavailable
from rung.core.experiment import Estimate
from rung.core.marks import fact
from rung.facts.answers import Answers
from rung.facts.sample import row_keys
from rung.facts.target import Classes
from rung.stats.distributions import two_sided_z

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class ThresholdMove:
    """Binary only. Shares of each class that are met before and after, on the half that did not choose the threshold.

    minority : code of the rarer class.   score : P(minority), or what ranks like it, one entry a row of `Answers`.
    threshold : on that score.   before, after : (recall of the minority, recall of the majority).
    difference : balanced accuracy after minus before, paired.   n_minority : rows of the minority among all answered ones.
    """

    minority: int
    score: Floats
    threshold: float
    before: tuple[float, float]
    after: tuple[float, float]
    difference: Estimate
    n_minority: int


@fact(cost="pass")
def threshold_move(answers: Answers, classes: Classes) -> ThresholdMove:
    """The threshold with the best balanced accuracy on every second row. Unavailable without scores or with few rows of a class."""
    said, target = answers.predicted, classes.target
    if target.task != "binary":
        raise Unavailable("only for two classes")
    if not said.has_scores:
        raise Unavailable("the model gives labels only: there is no threshold to move")
    minority = int(np.argmin(classes.counts))
    score = said.score if minority == target.positive else -said.score if said.score.min() < 0 or said.score.max() > 1 else 1 - said.score
    truth, called = said.y == minority, said.labels == minority
    if min(truth.sum(), (~truth).sum()) < 10:
        raise Unavailable("fewer than 10 rows of one class")
    chosen = row_keys(said.rows, 7) < 0.5
    if min(truth[chosen].sum(), truth[~chosen].sum(), (~truth)[chosen].sum(), (~truth)[~chosen].sum()) < 4:
        raise Unavailable("too few rows of one class to choose a threshold on one half and try it on the other")
    threshold = best_threshold(score[chosen], truth[chosen])
    measured, again = ~chosen, score >= threshold
    difference = recall_gain(truth[measured], called[measured], again[measured])
    return ThresholdMove(
        minority=minority,
        score=score,
        threshold=threshold,
        before=recalls(truth[measured], called[measured]),
        after=recalls(truth[measured], again[measured]),
        difference=difference,
        n_minority=int(truth.sum()),
    )


def recalls(truth: NDArray[np.bool_], called: NDArray[np.bool_]) -> tuple[float, float]:
    """Shares of the positives and of the negatives that are called right."""
    return float(called[truth].mean()), float((~called[~truth]).mean())


def best_threshold(score: Floats, truth: NDArray[np.bool_]) -> float:
    """Half-way between the two scores where sensitivity plus specificity is largest."""
    order = np.argsort(-score, kind="stable")
    ranked, hits = score[order], truth[order]
    gained = np.cumsum(hits) / hits.sum() - np.cumsum(~hits) / (~hits).sum()
    ends = np.flatnonzero(np.r_[np.diff(ranked) != 0, True])
    best = ends[int(np.argmax(gained[ends]))]
    below = ranked[best + 1] if best + 1 < len(ranked) else ranked[best]
    return float((ranked[best] + below) / 2)


def recall_gain(truth: NDArray[np.bool_], before: NDArray[np.bool_], after: NDArray[np.bool_]) -> Estimate:
    """Balanced accuracy after minus before: the mean of two independent class means, each paired by row."""
    parts = [(after[mask] == truth[mask]).astype(float) - (before[mask] == truth[mask]) for mask in (truth, ~truth)]
    value = float(np.mean([part.mean() for part in parts]))
    half = two_sided_z(0.95) * float(np.sqrt(sum(part.var(ddof=1) / len(part) for part in parts))) / 2
    return Estimate(value=value, low=value - half, high=value + half, n=len(truth))
