"""Columns without a sign of signal, and what leaving them out does to the score."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rung.core.errors import Unavailable
from rung.core.marks import fact
from rung.facts.folds import Folds
from rung.facts.learners import Learner, Predictor, linear, nonlinear
from rung.facts.matrix import Floats, Matrix
from rung.facts.out_of_fold import LinearScores, NonlinearScores
from rung.facts.score import FoldScores, Metric, score_folds
from rung.inputs.settings import Settings
from rung.stats.association import spearman_columns, spearman_p
from rung.stats.distributions import chi2_tail

BINS = 8
# Tables with more rows a column than this lose nothing by noise; the fits are saved. Chosen by hand, see fault bench.
CROWDED = 60
QUIET = 0.2  # share of columns without a sign of signal below which the fits are saved too


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """Every feature alone against the target: p-value of the stronger of a rank correlation and a binned comparison. names, p : shape (k,)."""

    names: tuple[str, ...]
    p: Floats
    n: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Trimmed:
    """The better of rung's two models, with all columns and with those alone that showed signal in the same fold's training rows.

    kept_share : share of columns kept, mean over the folds.   learner : 'linear' or 'non-linear'.
    """

    before: FoldScores
    after: FoldScores
    learner: str
    kept_share: float


@fact(cost="pass")
def signal(matrix: Matrix, metric: Metric) -> Signal:
    """On all rows of the matrix."""
    return Signal(names=matrix.names, p=signal_p(matrix.x, matrix.y, matrix.categorical, metric), n=len(matrix.y))


def signal_p(x: Floats, y: Floats, categorical: NDArray[np.bool_], metric: Metric) -> Floats:
    """p-value of each column, doubled because two tests look at it; shape (k,)."""
    numbers = y if metric.task != "multiclass" else _likeliest_order(y)
    filled = np.where(np.isfinite(x), x, np.nanmedian(np.where(np.isfinite(x), x, np.nan), axis=0, keepdims=True) if len(x) else 0.0)
    with np.errstate(invalid="ignore"):
        ranks = np.nan_to_num(np.asarray(spearman_columns(np.nan_to_num(filled), numbers), dtype=float))
    trend = np.asarray(spearman_p(ranks, len(y)), dtype=float)
    shapes = np.array([_binned_p(x[:, place], y, bool(categorical[place]), metric) for place in range(x.shape[1])])
    return np.minimum(1.0, 2 * np.minimum(np.where(categorical, 1.0, np.nan_to_num(trend, nan=1.0)), shapes))


def _likeliest_order(y: Floats) -> Floats:
    """Classes have no order: the commonest against the rest."""
    codes, counts = np.unique(y, return_counts=True)
    return (y == codes[np.argmax(counts)]).astype(float)


def _binned_p(x: Floats, y: Floats, is_category: bool, metric: Metric) -> float:
    """Between-group over total variation of the target in bins of the column, missing values a bin of their own; chi-squared at k - 1 degrees."""
    codes = _codes(x, is_category)
    k, n = int(codes.max()) + 1, len(y)
    if k < 2 or n <= k:
        return 1.0
    targets = (
        [(y == code).astype(float) for code in np.unique(y)[:10]]
        if metric.task == "multiclass"
        else [y if metric.task == "binary" else _ranked(y)]
    )
    counts = np.bincount(codes, minlength=k)
    found = []
    for each in targets:
        centred = each - each.mean()
        between = float((np.bincount(codes, weights=centred, minlength=k) ** 2 / np.maximum(counts, 1)).sum())
        total = float((centred**2).sum())
        found.append(float(chi2_tail((n - 1) * between / total, k - 1)) if total > 0 else 1.0)
    return min(1.0, min(found) * len(found))


def _ranked(y: Floats) -> Floats:
    return np.argsort(np.argsort(y, kind="stable"), kind="stable").astype(float)


def _codes(x: Floats, is_category: bool) -> NDArray[np.int64]:
    known = np.isfinite(x)
    if not known.any():
        return np.zeros(len(x), dtype=np.int64)
    cuts = np.arange(0.5, 20.5) if is_category else np.unique(np.quantile(x[known], np.linspace(0, 1, BINS + 1)[1:-1]))
    codes = np.where(known, np.searchsorted(cuts, np.where(known, x, 0.0), side="left"), len(cuts) + 1)
    return np.unique(codes, return_inverse=True)[1].astype(np.int64)


@fact(cost="fits")
def trimmed(
    matrix: Matrix, folds: Folds, metric: Metric, found: Signal, trees: NonlinearScores, plain: LinearScores,
    settings: Settings,
) -> Trimmed:  # fmt: skip
    """Choose columns in each fold's training rows alone, so that the choice is not rewarded for what it has seen. Unavailable for roomy tables."""
    if found.n > CROWDED * len(found.names) or len(found.names) < 10:
        raise Unavailable("there are rows enough for every column")
    if (found.p > 0.2).mean() < QUIET:
        raise Unavailable("nearly every column shows signal")
    is_linear = plain.result.mean >= trees.result.mean
    before = plain.result if is_linear else trees.result
    prediction = np.full(before.prediction.shape, np.nan)
    shares = []
    for trained, scored in folds.splits():
        if not len(trained) or not len(scored):
            continue
        p = signal_p(matrix.x[trained], matrix.y[trained], matrix.categorical, metric)
        kept = np.flatnonzero(p < 0.05) if (p < 0.05).any() else np.array([int(np.argmin(p))])
        learner = _learner(is_linear, metric, matrix.categorical[kept], settings)
        prediction[scored] = _fit(learner, matrix, trained, kept)(matrix.x[np.ix_(scored, kept)])
        shares.append(len(kept) / len(p))
    after = score_folds("without noise columns", metric, matrix.y, prediction, folds.fold, matrix.rows, folds.n_folds)
    return Trimmed(
        before=before, after=after, learner="linear" if is_linear else "non-linear", kept_share=float(np.mean(shares)) if shares else 1.0
    )


def _learner(is_linear: bool, metric: Metric, categorical: NDArray[np.bool_], settings: Settings) -> Learner:
    if is_linear:
        return linear(metric.task, metric.n_classes, metric.positive, categorical)
    return nonlinear(metric.task, metric.n_classes, metric.positive, categorical, settings.seed)


def _fit(learner: Learner, matrix: Matrix, trained: NDArray[np.int64], kept: NDArray[np.int64]) -> Predictor:
    return learner(matrix.x[np.ix_(trained, kept)], matrix.y[trained])
