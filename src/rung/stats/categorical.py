"""How much one categorical column tells of another, or of a target."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from rung.stats.arrays import NAN, Array, Ints, as_floats, folds_of, same_length
from rung.stats.association import cross_fitted_auc, out_of_fold_means
from rung.stats.distributions import chi2_tail, x_log_y
from rung.stats.resampling import permutation_p, rng_for

Method = Literal["chi2", "fisher", "permutation", "none"]
_COCHRAN = 5.0  # expected count from which chi-squared holds: Cochran (1954)
_MOST_CELLS = 20_000_000  # of all random tables together: about two seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class TableTest:
    """Whether the rows and columns of a table of counts are independent."""

    statistic: float  # Pearson's chi-squared
    dof: int
    p: float
    method: Method


def _codes(values: ArrayLike) -> Ints:
    """Codes 0..k-1 of any labels, missing (NaN) being a label."""
    array = np.asarray(values)
    return np.unique(array, return_inverse=True)[1].astype(np.int64)


def contingency(a: ArrayLike, b: ArrayLike) -> Array:
    """Counts of each pair of labels, shape (labels of a, labels of b), both in sorted order.

    a, b : shape (n,), any labels that sort; memory grows with the product of the label counts.
    """
    rows, columns = _codes(a), _codes(b)
    same_length(rows, columns)
    if rows.size == 0:
        return np.zeros((0, 0))
    shape = (int(rows.max()) + 1, int(columns.max()) + 1)
    return np.bincount(rows * shape[1] + columns, minlength=shape[0] * shape[1]).reshape(shape).astype(np.float64)


def cross_fitted_means(codes: ArrayLike, y: ArrayLike, *, folds: int = 5, smoothing: float = 1.0, seed: int = 0) -> Array:
    """Mean of y in each row's category, worked out without the row's own fold.

    codes : shape (n,), any labels; y : shape (n,), finite (0/1 gives rates). Returns shape (n,).
    smoothing : rows' worth of the overall mean added to each category.
    """
    cells, target = _codes(codes), as_floats(y)
    same_length(cells, target)
    return out_of_fold_means(cells, target, folds_of(target.size, folds, rng_for(seed, "cross_fitted_means")), smoothing)


def category_auc(codes: ArrayLike, y: ArrayLike, *, folds: int = 5, seed: int = 0) -> float:
    """AUC of cross-fitted category rates for y = 1: 0.5 for a column that knows nothing, however many labels.

    codes : shape (n,), any labels; y : shape (n,), 0/1.
    """
    return cross_fitted_auc(_codes(codes), y, folds=folds, seed=seed)


def entropy(counts: ArrayLike) -> float:
    """Entropy of a distribution given as counts or shares, in nats; NaN if they sum to nothing.

    Source: Shannon (1948); checked against scipy.stats.entropy.
    """
    values = np.asarray(counts, dtype=np.float64).ravel()
    total = float(values.sum())
    if total <= 0:
        return NAN
    shares = values / total
    return float(-x_log_y(shares, shares).sum())


def _cells(a: ArrayLike, b: ArrayLike) -> tuple[Ints, Ints, Ints]:
    """Counts of labels of a, of b, and of the pairs that occur (never the full product)."""
    rows, columns = _codes(a), _codes(b)
    same_length(rows, columns)
    width = int(columns.max()) + 1 if columns.size else 1
    pairs = np.unique(rows * width + columns, return_counts=True)[1].astype(np.int64)
    return np.bincount(rows), np.bincount(columns), pairs


def mutual_information(a: ArrayLike, b: ArrayLike, *, corrected: bool = True) -> float:
    """Mutual information of two label columns, in nats; NaN without rows.

    corrected : subtract the bias that finite samples bring, (Ka + Kb - Kab - 1) / 2n with the numbers of labels
    and of pairs that occur; the result can then be a little below 0. With fewer than about five rows a cell some
    bias is left (0.14 nats at 100 rows in 12 x 6 cells): judge by `independence_test`, not by size.
    Source: Miller (1955), Madow; checked against scikit-learn (uncorrected) and by simulation.
    """
    rows, columns, pairs = _cells(a, b)
    n = int(rows.sum())
    plain = entropy(rows) + entropy(columns) - entropy(pairs)
    bias = (pairs.size + 1 - rows.size - columns.size) / (2 * n) if n and corrected else 0.0
    return plain - bias


def theils_u(a: ArrayLike, b: ArrayLike) -> float:
    """Share of the entropy of `a` that knowing `b` removes, 0..1; 1 where `a` is constant, NaN without rows.

    Not symmetric. Source: Theil (1970), the uncertainty coefficient U(a|b).
    """
    rows, columns, pairs = _cells(a, b)
    own = entropy(rows)
    return (own + entropy(columns) - entropy(pairs)) / own if own > 0 else (NAN if rows.sum() == 0 else 1.0)


def _squared_contingency(a: ArrayLike, b: ArrayLike) -> tuple[float, int, int, int]:
    """Mean squared contingency phi2 = chi2 / n with n and the numbers of labels, from occurring pairs only."""
    rows, columns = _codes(a), _codes(b)
    same_length(rows, columns)
    if rows.size == 0:
        return NAN, 0, 0, 0
    count_a, count_b = np.bincount(rows), np.bincount(columns)
    pairs, counts = np.unique(rows * count_b.size + columns, return_counts=True)
    margins = count_a[pairs // count_b.size].astype(np.float64) * count_b[pairs % count_b.size]
    return float((np.square(counts) / margins).sum()) - 1, rows.size, count_a.size, count_b.size


def cramers_v(a: ArrayLike, b: ArrayLike, *, corrected: bool = True) -> float:
    """Strength of association of two label columns, 0 (none) to 1 (one determines the other).

    corrected : remove the bias that many labels and few rows bring. NaN when either column is constant.
    Source: Cramer (1946), section 21.9; Bergsma (2013), J. Korean Stat. Soc. 42; checked against scipy (uncorrected).
    """
    phi2, n, r, k = _squared_contingency(a, b)
    if min(r, k) < 2 or n < 2:  # a constant associates with nothing
        return NAN
    if not corrected:
        return math.sqrt(max(phi2, 0.0) / (min(r, k) - 1))
    phi2 = max(0.0, phi2 - (k - 1) * (r - 1) / (n - 1))
    width = min(r - (r - 1) ** 2 / (n - 1), k - (k - 1) ** 2 / (n - 1)) - 1
    return min(1.0, math.sqrt(phi2 / width)) if width > 0 else NAN


def _chi2(tables: Array, expected: Array) -> Array:
    """Pearson's statistic of one table or a stack of them."""
    return np.asarray((np.square(tables - expected) / expected).sum(axis=(-2, -1)), dtype=np.float64)


def _shuffled_tables(table: Array, n_permutations: int, rng: np.random.Generator) -> Array:
    """Random tables with the margins of `table`, shape (B, r, k).

    One multivariate hypergeometric draw a row fixes the margins: the same law as shuffling one label column.
    """
    if table.shape[0] > table.shape[1]:  # loop over the shorter side
        return _shuffled_tables(table.T, n_permutations, rng).swapaxes(1, 2)
    rows, left = table.sum(axis=1).astype(np.int64), np.tile(table.sum(axis=0).astype(np.int64), (n_permutations, 1))
    draws = np.empty((n_permutations, *table.shape))
    for i, size in enumerate(rows):
        for b in range(n_permutations):
            draws[b, i] = rng.multivariate_hypergeometric(left[b], size, method="marginals")
        left = left - draws[:, i].astype(np.int64)
    return draws


def _fisher(table: Array) -> float:
    """Fisher's exact p-value of a 2 x 2 table."""
    from scipy.stats import fisher_exact  # scipy.stats costs most of a second at import

    return float(np.asarray(fisher_exact(table.astype(np.int64)), dtype=np.float64)[1])


def independence_test(table: ArrayLike, *, n_permutations: int = 2000, seed: int = 0) -> TableTest:
    """Chi-squared test of independence, exact or by permutation where counts are too small for it.

    table : shape (r, k) of counts; empty rows and columns are dropped. Asymptotic when all expected counts are
    at least 1 and four fifths of them at least 5, else Fisher's exact test (2 x 2) or random tables with the same
    margins. p = 1 and method "none" when fewer than two rows or columns are left.
    Source: Cochran (1954); Patefield (1981) for the law of the random tables; checked against scipy.
    """
    counts = np.asarray(table, dtype=np.float64)
    counts = counts[counts.sum(axis=1) > 0][:, counts.sum(axis=0) > 0] if counts.ndim == 2 else np.zeros((0, 0))
    if min(counts.shape) < 2:  # nothing to compare
        return TableTest(statistic=NAN, dof=0, p=1.0, method="none")
    expected = np.outer(counts.sum(axis=1), counts.sum(axis=0)) / counts.sum()
    statistic, dof = float(_chi2(counts, expected)), (counts.shape[0] - 1) * (counts.shape[1] - 1)
    if expected.min() >= 1 and np.mean(expected >= _COCHRAN) >= 0.8:  # Cochran's rule
        return TableTest(statistic=statistic, dof=dof, p=float(chi2_tail(statistic, dof)), method="chi2")
    if counts.shape == (2, 2):
        return TableTest(statistic=statistic, dof=dof, p=_fisher(counts), method="fisher")
    draws = min(n_permutations, max(200, _MOST_CELLS // counts.size))
    null = _chi2(_shuffled_tables(counts, draws, rng_for(seed, "independence_test")), expected)
    return TableTest(statistic=statistic, dof=dof, p=permutation_p(statistic, null), method="permutation")
