"""Many questions at once: p-values that stay honest."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rung.stats.arrays import NAN, Array, as_floats


def _known(p: ArrayLike) -> tuple[Array, NDArray[np.int64]]:
    """All p-values and the positions of the known ones, smallest p first."""
    values = as_floats(p)
    known = np.flatnonzero(~np.isnan(values))
    return values, known[np.argsort(values[known], kind="stable")]


def holm(p: ArrayLike) -> Array:
    """Holm's adjusted p-values: reject those <= alpha and the chance of any false one stays <= alpha.

    p : shape (k,); NaN (not tested) stays NaN and does not count. Returns shape (k,).
    Source: Holm (1979); checked against statsmodels.
    """
    values, order = _known(p)
    result = np.full(values.shape, NAN)
    steps = values[order] * np.arange(order.size, 0, -1)
    result[order] = np.minimum(np.maximum.accumulate(steps), 1.0)
    return result


def benjamini_hochberg(p: ArrayLike) -> Array:
    """Adjusted p-values whose rejections at alpha hold at most that share of false ones (expected).

    p : shape (k,); NaN stays NaN. Source: Benjamini & Hochberg (1995); checked against statsmodels.
    """
    values, order = _known(p)
    result = np.full(values.shape, NAN)
    steps = values[order] * order.size / np.arange(1, order.size + 1)
    result[order] = np.minimum(np.minimum.accumulate(steps[::-1])[::-1], 1.0)
    return result


def sidak(p: ArrayLike, n_tests: float | None = None) -> Array:
    """Adjusted p-values 1 - (1 - p)^m for independent tests.

    n_tests : m, the number of known p-values unless given (for instance `effective_number_of_tests`).
    Source: Sidak (1967); checked against statsmodels.
    """
    values, order = _known(p)
    count = order.size if n_tests is None else n_tests
    return -np.expm1(count * np.log1p(-np.minimum(values, 1 - 1e-16)))


def effective_number_of_tests(correlation: ArrayLike) -> float:
    """How many independent tests the correlated ones are worth, 1..k.

    correlation : shape (k, k); NaN counts as no correlation. NaN for an empty matrix.
    Source: Li & Ji (2005), Heredity 95: each absolute eigenvalue v adds [v >= 1] + (v - floor(v)).
    """
    matrix = np.nan_to_num(np.asarray(correlation, dtype=np.float64))
    if matrix.size == 0:
        return NAN
    np.fill_diagonal(matrix, 1.0)
    # Rounding: an eigenvalue of 2.9999999 is 3, not 2 and a full fraction.
    values = np.round(np.abs(np.linalg.eigvalsh(matrix)), 9)
    return float(np.sum((values >= 1) + (values - np.floor(values))))


def max_t(observed: ArrayLike, null: ArrayLike) -> Array:
    """Adjusted p-values from the largest statistic of each permutation, step-down.

    observed : shape (k,), larger is more extreme; null : shape (B, k), the same statistics under permutation.
    NaN in `observed` gives NaN; NaN in `null` never wins. Uses the correlation between the statistics, so it is
    sharper than Holm. Raises ValueError if the shapes do not fit.
    Source: Westfall & Young (1993), algorithm 4.1.
    """
    values, draws = as_floats(observed), np.asarray(null, dtype=np.float64)
    if draws.ndim != 2 or draws.shape[1] != values.size:  # a matrix
        msg = f"null has shape {draws.shape}, expected (B, {values.size})"
        raise ValueError(msg)
    order = np.flatnonzero(~np.isnan(values))
    order = order[np.argsort(-values[order], kind="stable")]
    result = np.full(values.shape, NAN)
    clean = np.where(np.isnan(draws), -np.inf, draws)[:, order]
    best = np.maximum.accumulate(clean[:, ::-1], axis=1)[:, ::-1]
    hits = np.count_nonzero(best >= values[order], axis=0)
    result[order] = np.maximum.accumulate((1 + hits) / (1 + draws.shape[0]))
    return result
