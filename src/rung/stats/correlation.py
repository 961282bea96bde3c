"""Correlation between many columns at once, with missing values."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from rung.stats.arrays import NAN, Array, as_matrix, midranks


def _ranks(table: Array) -> Array:
    """Column-wise midranks; missing stays missing."""
    result = np.full(table.shape, NAN)
    for j in range(table.shape[1]):
        known = ~np.isnan(table[:, j])
        result[known, j] = midranks(table[known, j])
    return result


def _standardised(table: Array) -> tuple[Array, Array]:
    """Centred and scaled columns with zeros where missing, and the 0/1 mask of what is known.

    Centring first keeps the sums of products below from cancelling for columns far from zero.
    """
    known = np.isfinite(table)
    count = np.maximum(known.sum(axis=0), 1)
    filled = np.where(known, table, 0.0)
    centred = np.where(known, filled - filled.sum(axis=0) / count, 0.0)
    scale = np.abs(centred).max(axis=0, initial=0.0)
    # A column of one value leaves rounding dust after centring, which must not be blown up to a correlation.
    dust = scale <= 1e-12 * np.abs(filled).max(axis=0, initial=0.0)
    return np.divide(centred, scale, out=np.zeros_like(centred), where=~dust & (scale > 0)), known.astype(np.float64)


def correlation_matrix(x: ArrayLike, method: str = "pearson", min_pairs: int = 10) -> Array:
    """Correlation of every pair of columns over the rows both know.

    x : shape (n, k). method : "pearson" or "spearman" (each column ranked over its own known rows, which with
    missing values differs from ranking each pair anew in the third digit).
    Returns shape (k, k), -1..1; NaN for constant columns or fewer than `min_pairs` shared rows.
    Raises ValueError for an unknown method. Cost: a few (k, n) x (n, k) products.
    Source: Pearson (1895); checked against pandas.DataFrame.corr.
    """
    if method not in {"pearson", "spearman"}:
        msg = f"method must be 'pearson' or 'spearman', got {method!r}"
        raise ValueError(msg)
    table = as_matrix(x)
    z, m = _standardised(_ranks(table) if method == "spearman" else table)
    count, total = m.T @ m, z.T @ m
    pairs = np.maximum(count, 1)
    square = np.square(z).T @ m - total**2 / pairs
    product = z.T @ z - total * total.T / pairs
    scale = np.sqrt(np.maximum(square, 0) * np.maximum(square.T, 0))
    known = (count >= min_pairs) & (scale > 1e-12 * pairs)
    return np.clip(np.divide(product, scale, out=np.full_like(scale, NAN), where=known), -1, 1)


def vif(x: ArrayLike) -> Array:
    """Variance inflation factor of each column: 1 / (1 - R2) of it on all others.

    x : shape (n, k); pairwise complete correlations. Returns shape (k,), >= 1, infinite for an exact copy or
    combination; constant columns are NaN and left out of the others' regressions.
    Source: diagonal of the inverse correlation matrix, Marquardt (1970); checked against statsmodels.
    """
    matrix = correlation_matrix(x, min_pairs=3)
    result = np.full(matrix.shape[0], NAN)
    alive = np.flatnonzero(~np.isnan(np.diag(matrix)))
    if alive.size:
        inner = np.nan_to_num(matrix[np.ix_(alive, alive)])
        values, vectors = np.linalg.eigh(inner)
        # Columns that load on a null direction are determined by the others.
        null = values < 1e-10 * alive.size
        exact = np.square(vectors[:, null]).sum(axis=1) > 1e-8
        inverse = np.square(vectors) @ np.where(null, 0.0, 1 / np.where(null, 1.0, values))
        result[alive] = np.where(exact, np.inf, np.maximum(inverse, 1.0))
    return result
