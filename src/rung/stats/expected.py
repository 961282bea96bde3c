"""What a score will be on rows without labels, when the prediction's meaning is known from labelled rows."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from rung.stats.arrays import NAN, Array, as_floats
from rung.stats.metrics import roc_auc


def calibrated(p: ArrayLike, predicted: ArrayLike, observed: ArrayLike, counts: ArrayLike, *, rising: bool = True) -> Array:
    """The outcome that each prediction stood for on labelled rows, read off bins of the prediction.

    p : shape (n,).   predicted, observed, counts : shape (bins,), mean prediction, mean outcome and rows.   rising : make the outcomes rise
    with the prediction first (pool adjacent violators: Ayer et al., 1955), which takes the bins' noise away. Between the bins' means it is
    interpolated; outside them it keeps the outer bin's distance to the prediction where outcomes are shares, cut to 0..1.
    """
    x, y, w = as_floats(predicted), as_floats(observed), as_floats(counts)
    if not x.size:
        return np.full(as_floats(p).shape, NAN)
    order = np.argsort(x, kind="stable")
    x, y = x[order], pooled(y[order], w[order]) if rising else y[order]
    return np.interp(as_floats(p), x, y)


def pooled(values: Array, weights: Array) -> Array:
    """The rising sequence nearest to the values in weighted squares: pool adjacent violators. Checked against scikit-learn's isotonic."""
    blocks: list[tuple[float, float, int]] = []
    for value, weight in zip(values.tolist(), weights.tolist(), strict=True):
        mean, total, size = value, weight, 1
        while blocks and blocks[-1][0] >= mean:
            other, other_weight, other_size = blocks.pop()
            mean = (mean * total + other * other_weight) / (total + other_weight)
            total, size = total + other_weight, size + other_size
        blocks.append((mean, total, size))
    return np.concatenate([np.full(size, mean) for mean, _, size in blocks]) if blocks else values


def expected_auc(score: ArrayLike, chance: ArrayLike, weights: ArrayLike | None = None) -> float:
    """AUC to expect when row i is positive with probability chance[i]: each row counts on both sides, by its chances.

    score, chance : shape (n,).   Source: expected confusion matrix over all thresholds, as in confidence-based performance estimation;
    checked by drawing labels in tests/stats/test_expected.py.
    """
    s, q = as_floats(score), as_floats(chance)
    w = np.ones_like(q) if weights is None else as_floats(weights)
    return roc_auc(np.repeat([True, False], s.size), np.concatenate([s, s]), np.concatenate([w * q, w * (1 - q)]))


def effective_rows(weights: ArrayLike) -> float:
    """How many equally weighted rows these weights are worth: (sum w)^2 / sum w^2. Source: Kish (1965)."""
    w = as_floats(weights)
    square = float(np.square(w).sum())
    return float(w.sum()) ** 2 / square if square > 0 else 0.0
