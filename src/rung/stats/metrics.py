"""Scores of predictions, equal to scikit-learn's to the last digits but without its import or its refusals.

Where a score does not exist (no rows, one class) the answer is NaN.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rung.stats.arrays import NAN, Array, Bools, Ints, as_floats, as_labels, same_length

_SMALLEST = float(np.finfo(np.float64).eps)  # probabilities are clipped here, as in scikit-learn


def _mean(values: Array, weights: ArrayLike | None = None) -> float:
    """Weighted mean; NaN without rows or weight."""
    if weights is None:
        return float(values.mean()) if values.size else NAN
    w = as_floats(weights)
    same_length(values, w)
    total = float(w.sum())
    return float(values @ w) / total if total > 0 else NAN


def _ranked_counts(y: ArrayLike, score: ArrayLike, weights: ArrayLike | None) -> tuple[Array, Array]:
    """Cumulative weight of positives and negatives at each distinct score, from the highest down."""
    labels, s = as_labels(y), as_floats(score)
    w = np.ones(s.size) if weights is None else as_floats(weights)
    same_length(labels, s, w)
    order = np.argsort(-s, kind="stable")
    last = np.r_[np.flatnonzero(np.diff(s[order])), s.size - 1] if s.size else np.empty(0, dtype=np.int64)
    hits = np.where(labels[order], w[order], 0.0)
    return np.cumsum(hits)[last], np.cumsum(w[order] - hits)[last]


def roc_auc(y: ArrayLike, score: ArrayLike, weights: ArrayLike | None = None) -> float:
    """Chance that a positive row outranks a negative one; ties count one half.

    y : shape (n,), 0/1; score : shape (n,), no NaN; weights : shape (n,), >= 0. NaN with one class only.
    Source: Hanley & McNeil (1982); checked against scikit-learn.
    """
    positive, negative = _ranked_counts(y, score, weights)
    if positive.size == 0 or positive[-1] <= 0 or negative[-1] <= 0:
        return NAN
    height = (positive + np.r_[0.0, positive[:-1]]) / 2
    return float(height @ np.diff(negative, prepend=0.0) / (positive[-1] * negative[-1]))


def normalised_gini(y: ArrayLike, score: ArrayLike, weights: ArrayLike | None = None) -> float:
    """2 * AUC - 1: 0 is chance, 1 perfect, -1 perfectly reversed."""
    return 2 * roc_auc(y, score, weights) - 1


def average_precision(y: ArrayLike, score: ArrayLike, weights: ArrayLike | None = None) -> float:
    """Area under the precision-recall steps, without interpolation; NaN without positives.

    Source: Zhu (2004), as in scikit-learn, against which it is checked.
    """
    positive, negative = _ranked_counts(y, score, weights)
    if positive.size == 0 or positive[-1] <= 0:
        return NAN
    flagged = positive + negative
    precision = np.divide(positive, flagged, out=np.zeros_like(positive), where=flagged > 0)
    return float(precision @ np.diff(positive, prepend=0.0) / positive[-1])


def _probability_matrix(y: ArrayLike, p: ArrayLike) -> tuple[Ints, Array]:
    """Class codes and one column a class; a vector p is the probability of class 1.

    Raises ValueError if lengths differ or a code has no column.
    """
    codes, table = np.asarray(y).astype(np.int64), np.asarray(p, dtype=np.float64)
    if table.ndim == 1:
        table = np.column_stack([1 - table, table])
    same_length(codes, table)
    if codes.size and not (codes.min() >= 0 and codes.max() < table.shape[1]):
        msg = f"class codes {codes.min()}..{codes.max()} do not fit {table.shape[1]} probability columns"
        raise ValueError(msg)
    return codes, table


def auc_macro(y: ArrayLike, probabilities: ArrayLike) -> float:
    """Mean one-against-the-rest AUC over the classes that occur.

    y : shape (n,), class codes 0..k-1; probabilities : shape (n, k). Classes without rows are left out of the
    mean (scikit-learn refuses); NaN with fewer than two classes. Checked against scikit-learn.
    """
    codes, table = _probability_matrix(y, probabilities)
    present = np.unique(codes)
    if present.size < 2:  # one class has no ranking
        return NAN
    return float(np.mean([roc_auc(codes == k, table[:, k]) for k in present]))


def log_losses(y: ArrayLike, p: ArrayLike) -> Array:
    """Negative log probability of each row's own class, in nats.

    y : shape (n,), codes 0..k-1; p : shape (n,) for class 1, or (n, k), rows are scaled to sum 1.
    """
    codes, table = _probability_matrix(y, p)
    clipped = np.clip(table, _SMALLEST, 1 - _SMALLEST)
    own = clipped[np.arange(codes.size), codes] / clipped.sum(axis=1)
    return -np.log(own)


def log_loss(y: ArrayLike, p: ArrayLike, weights: ArrayLike | None = None) -> float:
    """Mean of `log_losses`. Checked against scikit-learn."""
    return _mean(log_losses(y, p), weights)


def brier_losses(y: ArrayLike, p: ArrayLike) -> Array:
    """Squared error of each row's probabilities.

    A vector p gives (p - y)^2; a matrix the sum over its classes (0..2), as Brier (1950) wrote it.
    """
    codes, table = _probability_matrix(y, p)
    errors = table.copy()
    errors[np.arange(codes.size), codes] -= 1
    total: Array = np.square(errors).sum(axis=1)
    return total / 2 if np.ndim(p) == 1 else total


def brier(y: ArrayLike, p: ArrayLike, weights: ArrayLike | None = None) -> float:
    """Mean of `brier_losses`. Checked against scikit-learn."""
    return _mean(brier_losses(y, p), weights)


def _errors(y: ArrayLike, prediction: ArrayLike) -> Array:
    """Residuals y - prediction."""
    a, b = as_floats(y), as_floats(prediction)
    same_length(a, b)
    return a - b


def mae(y: ArrayLike, prediction: ArrayLike, weights: ArrayLike | None = None) -> float:
    """Mean absolute error, in the unit of y."""
    return _mean(np.abs(_errors(y, prediction)), weights)


def rmse(y: ArrayLike, prediction: ArrayLike, weights: ArrayLike | None = None) -> float:
    """Root of the mean squared error, in the unit of y."""
    return math.sqrt(_mean(np.square(_errors(y, prediction)), weights))


def r2(y: ArrayLike, prediction: ArrayLike, weights: ArrayLike | None = None) -> float:
    """Share of the variance of y explained; NaN when y is constant or has fewer than two rows."""
    truth = as_floats(y)
    residual = _mean(np.square(_errors(y, prediction)), weights)
    spread = _mean(np.square(truth - _mean(truth, weights)), weights)
    return 1 - residual / spread if spread > 0 and truth.size > 1 else NAN


def _agreement(y: ArrayLike, prediction: ArrayLike) -> tuple[NDArray[np.generic], Bools]:
    """The labels and whether each was met."""
    a, b = np.asarray(y), np.asarray(prediction)
    same_length(a, b)
    return a, np.asarray(a == b, dtype=np.bool_)


def accuracy(y: ArrayLike, prediction: ArrayLike) -> float:
    """Share of rows whose label was met."""
    hits = _agreement(y, prediction)[1]
    return float(hits.mean()) if hits.size else NAN


def balanced_accuracy(y: ArrayLike, prediction: ArrayLike) -> float:
    """Mean recall over the classes that occur in y. Checked against scikit-learn."""
    labels, hits = _agreement(y, prediction)
    if labels.size == 0:
        return NAN
    codes = np.unique(labels, return_inverse=True)[1]
    return float(np.mean(np.bincount(codes, hits) / np.bincount(codes)))
