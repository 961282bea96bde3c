"""How far two samples of one column lie apart, and how far chance alone would put them.

Every distance here comes with what it is worth under no change at these sizes: a PSI of 0.3 is nothing between
two samples of 30 rows and much between two of 30,000.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from rung.stats.arrays import NAN, Array, as_floats, finite, same_length
from rung.stats.distributions import chi2_quantile, chi2_tail, kolmogorov_quantile, kolmogorov_tail, x_log_y
from rung.stats.resampling import permutation_p, rng_for

_EXACT = 10_000  # product of sizes below which the exact law of the KS distance is quick
_RARE = 5.0  # expected count from which chi-squared holds: Cochran (1954)


@dataclass(frozen=True, slots=True, kw_only=True)
class TwoSample:
    """A distance between two samples and its p-value under no difference."""

    statistic: float
    p: float
    n: int  # rows of the first sample
    m: int  # rows of the second


@dataclass(frozen=True, slots=True, kw_only=True)
class TotalVariation:
    """Total variation distance of two tables of counts against what sampling alone gives."""

    value: float  # 0..1: share of rows that would have to change category
    expected_null: float  # mean of value under no difference at these sizes
    excess: float  # value - expected_null, not below 0
    p: float


def bin_counts(reference: ArrayLike, current: ArrayLike, bins: int = 10) -> tuple[Array, Array]:
    """Counts of both samples in bins that hold about equal shares of the reference.

    reference, current : shapes (n,) and (m,); non-finite values are left out. Heavy ties merge bins, and so do
    samples below ten rows a bin, where the chi-squared law behind `psi_threshold` no longer holds.
    Returns two arrays of equal length, at most `bins`.
    """
    a, b = np.sort(finite(reference)), finite(current)
    bins = max(2, min(bins, min(a.size, b.size) // 10))
    if a.size == 0:
        return np.zeros(1), np.array([float(b.size)])
    cuts = np.unique(a[(np.arange(1, bins) * a.size) // bins])
    cuts = cuts[cuts > a[0]]  # a cut at the minimum would open a bin that the reference cannot enter
    width = cuts.size + 1
    count = [np.bincount(np.searchsorted(cuts, x, "right"), minlength=width) for x in (a, b)]
    return count[0].astype(np.float64), count[1].astype(np.float64)


def _pair_of_counts(a: ArrayLike, b: ArrayLike) -> tuple[Array, Array]:
    """Two count vectors without the cells empty in both; ValueError for unequal lengths or negatives."""
    x, y = as_floats(a), as_floats(b)
    same_length(x, y)
    if x.size and min(x.min(), y.min()) < 0:
        msg = "counts must not be negative"
        raise ValueError(msg)
    seen = (x + y) > 0
    return x[seen], y[seen]


def psi(counts_a: ArrayLike, counts_b: ArrayLike) -> float:
    """Population stability index sum (p - q) log(p / q) of two count vectors, in nats.

    counts_a, counts_b : shape (bins,). Half a row is added to each bin so that an empty one stays finite.
    NaN when either side is empty. Source: Jeffreys (1946); half a row: Haldane (1955), Anscombe (1956).
    """
    a, b = _pair_of_counts(counts_a, counts_b)
    if min(a.sum(), b.sum()) <= 0:
        return NAN
    p, q = (a + 0.5) / (a + 0.5).sum(), (b + 0.5) / (b + 0.5).sum()
    return float(((p - q) * np.log(p / q)).sum())


def psi_threshold(n: float, m: float, bins: int, alpha: float = 0.05) -> float:
    """PSI that two samples of one distribution exceed with probability alpha.

    n, m : rows of each; bins : cells in use. NaN when a sample is empty, infinite with fewer than two bins.
    Source: (1/n + 1/m) chi2(bins - 1), Yurdakul & Naranjo (2020); level checked by simulation from n = 30.
    """
    if min(n, m) <= 0:
        return NAN
    return (1 / n + 1 / m) * chi2_quantile(1 - alpha, bins - 1) if bins > 1 else math.inf


def psi_p(value: float, n: float, m: float, bins: int) -> float:
    """p-value of a PSI under no change; 1.0 where it cannot be worked out. Source: see psi_threshold."""
    if math.isnan(value) or min(n, m) <= 0 or bins < 2:  # one bin never moves
        return 1.0
    return float(chi2_tail(value / (1 / n + 1 / m), bins - 1))


def _ks_distance(a: Array, b: Array) -> float:
    """Largest gap between two empirical distribution functions (sorted input)."""
    both = np.concatenate([a, b])
    gaps = np.searchsorted(a, both, "right") / a.size - np.searchsorted(b, both, "right") / b.size
    return float(np.abs(gaps).max())


def _stephens(n: float, m: float) -> float:
    """Factor that turns a KS distance into Kolmogorov's variable at small sizes too: Stephens (1970)."""
    root = math.sqrt(n * m / (n + m))
    return root + 0.12 + 0.11 / root


def ks_two_sample(x: ArrayLike, y: ArrayLike) -> TwoSample:
    """Kolmogorov-Smirnov distance of two samples and its p-value; ties make the p-value too large, never too small.

    x, y : shapes (n,) and (m,), NaN left out (infinities count). O(n log n).
    Exact for n * m <= 10,000, else Kolmogorov's limit with the correction of Stephens (1970); checked against scipy.
    """
    a, b = (np.sort(v[~np.isnan(v)]) for v in (as_floats(x), as_floats(y)))
    if min(a.size, b.size) == 0:
        return TwoSample(statistic=NAN, p=1.0, n=a.size, m=b.size)
    if a.size * b.size <= _EXACT:
        from scipy.stats import ks_2samp  # scipy.stats costs most of a second at import

        statistic, p = np.asarray(ks_2samp(a, b, method="exact"), dtype=np.float64)
        return TwoSample(statistic=float(statistic), p=float(p), n=a.size, m=b.size)
    distance = _ks_distance(a, b)
    return TwoSample(statistic=distance, p=kolmogorov_tail(_stephens(a.size, b.size) * distance), n=a.size, m=b.size)


def ks_critical(n: float, m: float, alpha: float = 0.05) -> float:
    """KS distance that two samples of one distribution exceed with probability alpha; NaN for an empty sample.

    Source: Kolmogorov's limit with Stephens' correction; level checked by simulation.
    """
    return min(1.0, kolmogorov_quantile(alpha) / _stephens(n, m)) if min(n, m) > 0 else NAN


def jensen_shannon(p: ArrayLike, q: ArrayLike) -> float:
    """Jensen-Shannon divergence of two histograms on common edges, 0 (equal) to 1 (no overlap), in bits.

    p, q : shape (bins,), counts or shares, each scaled to sum 1. NaN when either is empty.
    Source: Lin (1991); checked against scipy.spatial.distance.jensenshannon squared.
    """
    a, b = _pair_of_counts(p, q)
    if min(a.sum(), b.sum()) <= 0:
        return NAN
    a, b = a / a.sum(), b / b.sum()
    middle = (a + b) / 2
    total = x_log_y(a, a / middle).sum() + x_log_y(b, b / middle).sum()
    return min(1.0, max(0.0, float(total) / (2 * math.log(2))))


def pool_rare(counts_a: ArrayLike, counts_b: ArrayLike, min_expected: float = _RARE) -> tuple[Array, Array]:
    """The two count vectors with all rare categories put into one last cell.

    A category is rare when the smaller sample would expect fewer than `min_expected` of it under no difference.
    """
    a, b = _pair_of_counts(counts_a, counts_b)
    total = a.sum() + b.sum()
    rare = (a + b) * min(a.sum(), b.sum()) < min_expected * total
    if rare.sum() < 2:  # one rare category has nothing to join
        return a, b
    return np.append(a[~rare], a[rare].sum()), np.append(b[~rare], b[rare].sum())


def categories_two_sample(counts_a: ArrayLike, counts_b: ArrayLike, min_expected: float = _RARE) -> TwoSample:
    """Chi-squared test that two samples draw from one set of category shares, rare categories pooled.

    counts_a, counts_b : shape (k,), counts of the same categories. p = 1 when fewer than two cells are left.
    Source: Pearson (1900); checked against scipy.stats.chi2_contingency.
    """
    a, b = pool_rare(counts_a, counts_b, min_expected)
    n, m = float(a.sum()), float(b.sum())
    if a.size < 2 or min(n, m) <= 0:  # nothing to compare
        return TwoSample(statistic=NAN, p=1.0, n=int(n), m=int(m))
    share = (a + b) / (n + m)
    statistic = float((np.square(a - n * share) / (n * share) + np.square(b - m * share) / (m * share)).sum())
    return TwoSample(statistic=statistic, p=float(chi2_tail(statistic, a.size - 1)), n=int(n), m=int(m))


def total_variation(counts_a: ArrayLike, counts_b: ArrayLike, *, n_permutations: int = 500, seed: int = 0) -> TotalVariation:
    """Total variation distance, with its value and p-value under random relabelling of the rows.

    counts_a, counts_b : shape (k,), whole counts. Exact at any size of cell; with many rare categories the plain
    distance is far from 0 even under no difference, which `expected_null` shows.
    Source: permutation law = multivariate hypergeometric; checked by simulation.
    """
    a, b = _pair_of_counts(counts_a, counts_b)
    n, m = a.sum(), b.sum()
    if min(n, m) <= 0:
        return TotalVariation(value=NAN, expected_null=NAN, excess=NAN, p=1.0)
    value = float(np.abs(a / n - b / m).sum() / 2)
    total, rng = (a + b).astype(np.int64), rng_for(seed, "total_variation")
    first = rng.multivariate_hypergeometric(total, int(n), size=n_permutations, method="marginals")
    null = np.abs(first / n - (total - first) / m).sum(axis=1) / 2
    expected = float(null.mean())
    p = permutation_p(value, null)
    return TotalVariation(value=value, expected_null=expected, excess=max(0.0, value - expected), p=p)
