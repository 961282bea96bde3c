"""How right the model is on production rows whose labels have come, by how ripe they are."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from rung.core.errors import Unavailable
from rung.core.experiment import Estimate
from rung.core.marks import fact
from rung.facts.current_scores import CurrentScores
from rung.facts.goal import CurrentLabels, Goal
from rung.facts.label_delay import Delay
from rung.facts.matrix import Floats
from rung.facts.own_model import Predicted
from rung.facts.reference_scores import ReferenceScores, error_of, prediction_and_outcome
from rung.inputs.snapshot import ScoreSketch

MIN_LABELS = 30
MIN_POSITIVES = 10  # of either class, below which no standard error of an AUC is to be trusted


@dataclass(frozen=True, slots=True, kw_only=True)
class Performance:
    """Production against reference on labelled rows.

    ripe : whether only rows old enough for their labels were taken; `left_out` rows were not.   value, error : the score; `before`,
    `before_error` that of the reference.   wobble, windows : natural standard deviation of the score between windows of the reference.
    off : mean outcome minus mean prediction now, beyond that of the reference, with its standard error (not for several classes).
    predicted, observed : mean prediction and mean outcome now.   spread : standard deviation of the outcome on the reference.   n, positives : labelled rows, and those of the rarer class.
    """

    metric: str
    value: float
    error: float
    before: float
    before_error: float
    wobble: float
    windows: int
    off: float
    off_error: float
    predicted: float
    observed: float
    spread: float
    n: int
    positives: int
    ripe: bool
    left_out: int
    origin: str
    trusted: bool
    clones: bool

    @property
    def change(self) -> float:
        """Now minus reference."""
        return self.value - self.before

    @property
    def change_error(self) -> float:
        """Standard error of the change, the score's own wobble in time included."""
        return math.sqrt(self.error**2 + self.before_error**2 + self.wobble**2)

    def interval(self, z: float) -> Estimate:
        """The change, give or take z standard errors."""
        return Estimate(value=self.change, low=self.change - z * self.change_error, high=self.change + z * self.change_error, n=self.n)


def joined(scores: CurrentScores, y: Floats) -> Predicted:
    """The predictions of rows that have a label."""
    own = y[scores.predicted.rows]
    kept = ~np.isnan(own)
    part = scores.predicted
    return Predicted(labels=part.labels[kept], score=part.score[kept], has_scores=part.has_scores, y=own[kept], rows=part.rows[kept])


@fact(cost="pass")
def performance(scores: CurrentScores, labels: CurrentLabels, found: ReferenceScores, goal: Goal, delay: Delay | None) -> Performance:
    """Score the ripe labelled rows. Unavailable with too few labels, and says how many there are."""
    kept = found.scores
    if kept.value is None or kept.error is None:
        raise Unavailable("the reference has no score to compare with")
    y = labels.y if delay is None or delay.ripe is None else np.where(delay.ripe, labels.y, np.nan)
    part = joined(scores, y)
    positives = _rarer(part.y, goal)
    if len(part.y) < MIN_LABELS or (goal.target.is_classification and positives < MIN_POSITIVES):
        what = f" with {positives} of the rarer class" if goal.target.is_classification else ""
        raise Unavailable(f"only {len(part.y)} ripe production labels{what}; needs {MIN_LABELS} with {MIN_POSITIVES}")
    p, outcome = prediction_and_outcome(part, goal.target)
    value, error = _scored(part, goal, kept)
    usual = float(np.average(np.subtract(kept.observed, kept.predicted), weights=kept.counts)) if kept.counts else 0.0
    gaps = outcome - p
    usual_error = math.sqrt(float(np.average(kept.squared, weights=kept.counts)) / max(1, sum(kept.counts))) if kept.counts else 0.0
    own_error = float(gaps.std(ddof=1)) / math.sqrt(len(gaps))
    return Performance(
        metric=goal.metric.name, value=value, error=error, before=kept.value, before_error=kept.error, wobble=kept.wobble,
        windows=kept.wobble_windows, off=float(gaps.mean()) - usual,
        off_error=math.hypot(own_error, usual_error, kept.off_wobble), predicted=float(p.mean()),
        observed=float(outcome.mean()), spread=_spread(kept, goal), n=len(part.y), positives=positives, ripe=delay is not None and delay.ripe is not None,
        left_out=int((~np.isnan(labels.y)).sum() - (~np.isnan(y)).sum()), origin=kept.origin, trusted=kept.trusted, clones=kept.own is not None,
    )  # fmt: skip


def _rarer(y: Floats, goal: Goal) -> int:
    if not goal.target.is_classification or not len(y):
        return len(y)
    counts = np.bincount(y.astype(int), minlength=len(goal.target.classes))
    return int(counts.min()) if goal.target.task == "binary" else int(np.sort(counts)[-2])


def _scored(part: Predicted, goal: Goal, kept: ScoreSketch) -> tuple[float, float]:
    """The score with its standard error. Numbers: squared errors in units of the reference's variance, so that a narrower range is no decay."""
    if goal.target.task != "regression":
        error = error_of(goal.metric, part)
        return goal.metric.value(part.y, part.score), error if error is not None else math.nan
    squares = (part.y - part.score) ** 2
    squares = squares[np.isfinite(squares)]
    spread = _spread(kept, goal) ** 2
    return 1 - float(squares.mean()) / spread, float(squares.std(ddof=1)) / math.sqrt(len(squares)) / spread


def _spread(kept: ScoreSketch, goal: Goal) -> float:
    """Standard deviation of the outcome on the reference: from its mean squared error and R2, or from its share."""
    if goal.target.task == "regression" and kept.counts and kept.value is not None:
        return math.sqrt(float(np.average(kept.squared, weights=kept.counts)) / max(1 - kept.value, 1e-9))
    return math.sqrt(kept.base * (1 - kept.base)) if kept.base is not None and 0 <= kept.base <= 1 else math.nan
