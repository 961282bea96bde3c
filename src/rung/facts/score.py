"""How predictions are scored: one metric a task, per fold, with the standard error that rows give."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rung.core.experiment import Estimate
from rung.core.marks import fact
from rung.facts.target import Target
from rung.stats import delong, metrics
from rung.stats.distributions import two_sided_t, two_sided_z

Floats = NDArray[np.float64]
LEVEL = 0.95


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """The score of this case: larger is better, `chance` is what no information gives, `best` what cannot be passed.

    name : 'ROC AUC', 'macro ROC AUC' or 'R2'.
    """

    name: str
    task: str
    n_classes: int
    positive: int
    chance: float
    best: float = 1.0

    def value(self, y: Floats, prediction: Floats) -> float:
        """Score of one set of rows; prediction has shape (n,), or (n, n_classes) for more than two classes.

        Rows without a prediction are left out; NaN where no score exists (no rows, one class, a constant target).
        """
        told = predicted_rows(prediction)
        y, prediction = y[told], prediction[told]
        if not len(y):
            return float("nan")
        if self.task == "regression":
            return metrics.r2(y, prediction)
        if self.task == "binary":
            return metrics.roc_auc(y == self.positive, prediction)
        return metrics.auc_macro(y.astype(int), prediction)

    def error_of_difference(self, y: Floats, before: Floats, after: Floats) -> float:
        """Standard error of value(after) - value(before) on the same rows, NaN where it cannot be told.

        Binary: DeLong's paired variance. Several classes: the mean of the one-against-rest errors, an upper bound of the
        error of their mean. Regression: spread of the rows' squared-error differences over the total sum of squares.
        """
        told = predicted_rows(before) & predicted_rows(after)
        y, before, after = y[told], before[told], after[told]
        if self.task == "regression":
            spread = float(np.var(y)) if len(y) > 1 else 0.0
            gaps = (y - before) ** 2 - (y - after) ** 2
            return float(gaps.std(ddof=1) / np.sqrt(len(gaps)) / spread) if spread > 0 else float("nan")
        if self.task == "binary":
            return _delong_error(y == self.positive, before, after)
        each = [_delong_error(y == code, before[:, code], after[:, code]) for code in np.unique(y.astype(int))]
        return float(np.nanmean(each)) if np.isfinite(each).any() else float("nan")


def predicted_rows(prediction: Floats) -> NDArray[np.bool_]:
    """Rows whose prediction is a number, shape (n,)."""
    finite = np.isfinite(prediction)
    return finite.all(axis=1) if finite.ndim == 2 else finite  # pyright: ignore[reportReturnType]


def _delong_error(y: NDArray[np.bool_], before: Floats, after: Floats) -> float:
    test = delong.delong_paired(y, after, before, LEVEL)
    return (test.high - test.low) / (2 * two_sided_z(LEVEL))


@fact(cost="instant")
def metric(target: Target) -> Metric:
    """The ranking score of the task: it needs no threshold and no calibration, so that only the signal is compared."""
    if target.task == "regression":
        return Metric(name="R2", task=target.task, n_classes=0, positive=-1, chance=0.0)
    name = "ROC AUC" if target.task == "binary" else "macro ROC AUC"
    return Metric(name=name, task=target.task, n_classes=len(target.classes), positive=target.positive, chance=0.5)


@dataclass(frozen=True, slots=True, kw_only=True)
class FoldScores:
    """One model's score in every fold, with the predictions that it was taken from.

    prediction : shape (n,) or (n, n_classes), NaN where a row was never scored.   fold : shape (n,), -1 for those.
    """

    name: str
    scores: tuple[float, ...]
    y: Floats
    prediction: Floats
    fold: NDArray[np.int64]
    rows: NDArray[np.int64]

    @property
    def mean(self) -> float:
        """Mean over the folds that have a score."""
        known = [each for each in self.scores if np.isfinite(each)]
        return float(np.mean(known)) if known else float("nan")


def score_folds(
    name: str, metric: Metric, y: Floats, prediction: Floats, fold: NDArray[np.int64], rows: NDArray[np.int64], n_folds: int = 0
) -> FoldScores:
    """Score each fold's rows by themselves: predictions of different fits do not share one scale.

    n_folds : folds to score, 0 for as many as occur; a fold without rows or without a score is NaN.
    """
    count = n_folds or (int(fold.max()) + 1 if len(fold) else 0)
    scores = tuple(metric.value(y[fold == number], prediction[fold == number]) for number in range(count))
    return FoldScores(name=name, scores=scores, y=y, prediction=prediction, fold=fold, rows=rows)


def estimate(scores: FoldScores, metric: Metric) -> Estimate:
    """The mean score with its interval: the larger of the error over folds and the error over rows."""
    return _estimate(np.array(scores.scores), _own_error(metric, scores), int(predicted_rows(scores.prediction).sum()))


def standing(scores: FoldScores, metric: Metric) -> Estimate:
    """As `estimate`, for a score that is read by itself: a ROC AUC near 1 keeps an interval inside 0..1, and a perfect one on few rows is not certain."""
    found = estimate(scores, metric)
    if metric.task != "binary" or not np.isfinite(found.value):
        return found
    told = predicted_rows(scores.prediction)
    rows = delong.auc_interval(scores.y[told] == metric.positive, scores.prediction[told], LEVEL)
    if not np.isfinite(rows.low):
        return found
    error = two_sided_z(LEVEL) * _own_error(metric, scores)
    wider = max(1.0, (found.high - found.value) / error) if error > 0 else 1.0  # folds may differ by more than their rows
    low, high = found.value - wider * (rows.value - rows.low), found.value + wider * (rows.high - rows.value)
    return Estimate(value=found.value, low=max(0.0, low), high=min(1.0, high), n=found.n)


def compare(metric: Metric, before: FoldScores, after: FoldScores) -> Estimate:
    """after - before with a paired interval on the rows and folds that both scored.

    The error is the larger of two: the rows' paired error summed over folds, and the folds' own spread under a t distribution,
    so that neither few rows nor unstable fits are mistaken for certainty. Where the labels of common rows differ (a repair of
    labels) or most rows changed folds, the two are taken as independent: their errors add.
    """
    _, left, right = np.intersect1d(before.rows, after.rows, assume_unique=True, return_indices=True)
    told = predicted_rows(before.prediction[left]) & predicted_rows(after.prediction[right])
    left, right = left[told], right[told]
    same = before.fold[left] == after.fold[right]
    if 2 * same.sum() > len(same):
        left, right = left[same], right[same]  # a row that moved to another fold was scored by another fit
    n_folds = max(len(before.scores), len(after.scores))
    first, second = (_restrict(metric, each, places, n_folds) for each, places in ((before, left), (after, right)))
    gaps = np.array(second.scores) - np.array(first.scores)
    if np.array_equal(first.y, second.y) and np.array_equal(first.fold, second.fold):
        error = _row_error(metric, first, first.prediction, second.prediction)
    else:
        error = float(np.hypot(_own_error(metric, first), _own_error(metric, second)))
    return _estimate(gaps, error, len(left))


def pooled(one: Estimate, other: Estimate) -> Estimate:
    """Two measurements of one difference, on rows of their own, weighted by their precision; the first where the second has no interval.

    Source: the usual fixed-effect mean, as in Cochran (1954).
    """
    halves = np.array([one.high - one.low, other.high - other.low]) / 2
    if not (np.isfinite(halves).all() and (halves > 0).all()):
        return one
    weights = halves**-2.0 / (halves**-2.0).sum()
    value = float(weights @ np.array([one.value, other.value]))
    half = float((halves**-2.0).sum() ** -0.5)
    return Estimate(value=value, low=value - half, high=value + half, n=one.n + other.n)


def surely(gain: Estimate, level: float = 0.99) -> float:
    """The lower end at a higher level: one model is asked about by half a dozen rules, and a warning must hold over all of them."""
    return gain.value - two_sided_z(level) / two_sided_z(LEVEL) * (gain.value - gain.low)


def _restrict(metric: Metric, scores: FoldScores, places: NDArray[np.int64], n_folds: int) -> FoldScores:
    if (
        len(places) == len(scores.rows) == len(scores.y)
        and len(scores.scores) == n_folds
        and np.array_equal(places, np.arange(len(places)))
    ):
        return scores
    return score_folds(scores.name, metric, scores.y[places], scores.prediction[places], scores.fold[places], scores.rows[places], n_folds)


def _own_error(metric: Metric, scores: FoldScores) -> float:
    """Error of one model's score, from its rows."""
    blank = np.full_like(scores.prediction, np.mean(scores.y) if metric.task == "regression" and len(scores.y) else 0.0)
    return _row_error(metric, scores, blank, scores.prediction)


def _row_error(metric: Metric, scores: FoldScores, before: Floats, after: Floats) -> float:
    folds = range(len(scores.scores))
    parts = [scores.fold == number for number in folds]
    errors = [metric.error_of_difference(scores.y[part], before[part], after[part]) for part in parts if part.sum() > 1]
    known = [each for each in errors if np.isfinite(each)]
    return float(np.sqrt(np.sum(np.square(known))) / len(known)) if known else float("nan")


def _estimate(values: Floats, row_error: float, n: int) -> Estimate:
    known = values[np.isfinite(values)]
    if not known.size:
        return Estimate(value=float("nan"), low=float("nan"), high=float("nan"), n=n)
    fold_half = two_sided_t(LEVEL, known.size - 1) * known.std(ddof=1) / np.sqrt(known.size) if known.size > 1 else float("nan")
    row_half = two_sided_z(LEVEL) * row_error
    half = float(np.nanmax([fold_half, row_half])) if np.isfinite([fold_half, row_half]).any() else float("inf")
    value = float(known.mean())
    return Estimate(value=value, low=value - half, high=value + half, n=n)
