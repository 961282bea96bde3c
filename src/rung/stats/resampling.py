"""Seeds, bootstrap intervals and permutation tests."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rung.stats.arrays import NAN, Array, Ints, as_floats, codes_of, same_length
from rung.stats.distributions import two_sided_z
from rung.stats.intervals import Interval, around, no_interval

_MANY_ROWS = 20_000  # above, the bootstrap of a mean equals its normal limit to three digits (tests/stats)


@dataclass(frozen=True, slots=True, kw_only=True)
class PermutationTest:
    """An observed statistic against the values it takes when the pairing is broken."""

    observed: float
    p: float  # one-sided: as large or larger
    null: Array  # shape (n_permutations,)


def derive_seed(seed: int, name: str) -> int:
    """A seed for `name` that depends on nothing but the two arguments.

    Returns 0..2**63-1, the same in every process and version (unlike `hash`); distinct names give unrelated
    streams, so that adding one user of randomness never changes the numbers of another.
    Source: BLAKE2b (RFC 7693), eight bytes.
    """
    digest = hashlib.blake2b(f"{seed}\x1f{name}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") >> 1


def rng_for(seed: int, name: str) -> np.random.Generator:
    """Random generator of `name` under `seed`."""
    return np.random.default_rng(derive_seed(seed, name))


def permutation_p(observed: float, null: ArrayLike) -> float:
    """One-sided p-value (1 + #{null >= observed}) / (1 + B); 1.0 if `observed` is NaN.

    null : shape (B,). Never zero: B permutations cannot prove more than 1 / (B + 1).
    Source: Phipson & Smyth (2010), SAGMB 9.
    """
    values = np.asarray(null, dtype=np.float64)
    if np.isnan(observed):
        return 1.0
    # A tie may differ in the last bit by the order of summation.
    close = 1e-12 * max(1.0, abs(observed))
    return float((1 + np.count_nonzero(values >= observed - close)) / (1 + values.size))


def permutation_test(
    statistic: Callable[[Array, Array], float],
    x: ArrayLike,
    y: ArrayLike,
    *,
    n_permutations: int = 999,
    seed: int = 0,
) -> PermutationTest:
    """Whether `statistic(x, y)` is larger than with `y` shuffled against `x`.

    x, y : shape (n,). One-sided; hand over an absolute value for a two-sided test.
    """
    a, b = as_floats(x), as_floats(y)
    same_length(a, b)
    rng = rng_for(seed, "permutation_test")
    observed = float(statistic(a, b)) if a.size else NAN
    null = np.array([statistic(a, rng.permutation(b)) for _ in range(n_permutations if a.size else 0)], dtype=np.float64)
    return PermutationTest(observed=observed, p=permutation_p(observed, null), null=null)


def _percentiles(value: float, draws: Array, level: float) -> Interval:
    """Percentile interval of bootstrap draws."""
    known = draws[np.isfinite(draws)]
    if known.size == 0:
        return no_interval(value, level)
    low, high = np.quantile(known, [(1 - level) / 2, (1 + level) / 2])
    return Interval(value=value, low=float(low), high=float(high), level=level)


def _rows_by_stratum(n: int, strata: ArrayLike | None) -> list[Ints]:
    """Row numbers of each stratum; one stratum of all rows without `strata`."""
    if strata is None:
        return [np.arange(n)]
    codes = codes_of(strata)
    same_length(codes, np.empty(n))
    order = np.argsort(codes, kind="stable")
    return np.split(order, np.flatnonzero(np.diff(codes[order])) + 1)


def bootstrap_rows(n: int, n_resamples: int, *, strata: ArrayLike | None = None, seed: int = 0) -> Iterator[Ints]:
    """Row numbers of `n_resamples` bootstrap samples; strata keep their sizes.

    Each draw has shape (n,). Source: Efron & Tibshirani (1993), chapter 6.
    """
    rng, parts = rng_for(seed, "bootstrap_rows"), _rows_by_stratum(n, strata)
    for _ in range(n_resamples):
        yield np.concatenate([part[rng.integers(0, part.size, part.size)] for part in parts])


def bootstrap_interval(
    statistic: Callable[..., float],
    *arrays: NDArray[np.generic],
    strata: ArrayLike | None = None,
    n_resamples: int = 1000,
    level: float = 0.95,
    seed: int = 0,
) -> Interval:
    """Percentile bootstrap of any statistic of row-aligned arrays.

    statistic : called with the resampled arrays in order. arrays : first dimension n.
    Draws where the statistic is not finite (one class only) are left out.
    """
    n = same_length(*arrays)
    if n == 0:
        return no_interval(level=level)
    rows = bootstrap_rows(n, n_resamples, strata=strata, seed=seed)
    draws = np.array([statistic(*(a[r] for a in arrays)) for r in rows], dtype=np.float64)
    return _percentiles(float(statistic(*arrays)), draws, level)


def _mean_draws(values: Array, n_resamples: int, rng: np.random.Generator) -> Array:
    """Means of bootstrap samples of `values`, in blocks that fit a cache."""
    block = max(1, 2_000_000 // values.size)
    means = [
        values[rng.integers(0, values.size, (min(block, n_resamples - i), values.size))].mean(axis=1) for i in range(0, n_resamples, block)
    ]
    return np.concatenate(means)


def _stratified_error(values: Array, parts: list[Ints]) -> float:
    """Standard error of the overall mean when strata sizes are fixed."""
    shares = [(part.size / values.size) ** 2 * values[part].var() / part.size for part in parts]
    return math.sqrt(math.fsum(shares))


def _grouped_draws(values: Array, groups: ArrayLike, n_resamples: int, rng: np.random.Generator) -> Array:
    """Means when whole groups are drawn: ratio of drawn sums to drawn sizes."""
    codes = np.unique(np.asarray(groups), return_inverse=True)[1]
    same_length(values, codes)
    sums, sizes = np.bincount(codes, values), np.bincount(codes)
    draws = rng.multinomial(sums.size, np.full(sums.size, 1 / sums.size), n_resamples)
    return (draws @ sums) / (draws @ sizes)


def bootstrap_mean(
    values: ArrayLike,
    *,
    strata: ArrayLike | None = None,
    groups: ArrayLike | None = None,
    n_resamples: int = 2000,
    level: float = 0.95,
    seed: int = 0,
) -> Interval:
    """Bootstrap interval of a mean: hand over per-row loss differences to compare two models.

    values : shape (n,), no NaN. strata : labels whose counts stay fixed. groups : rows of one entity are drawn
    together (and strata are then ignored). Above 20,000 rows without groups the normal limit is used.
    Source: Efron & Tibshirani (1993); groups: cluster bootstrap, Davison & Hinkley (1997), section 3.8.
    """
    x = as_floats(values)
    if x.size < 2:  # one value has no spread
        return no_interval(float(x[0]) if x.size else NAN, level)
    rng, mean = rng_for(seed, "bootstrap_mean"), float(x.mean())
    if groups is not None:
        return _percentiles(mean, _grouped_draws(x, groups, n_resamples, rng), level)
    parts = _rows_by_stratum(x.size, strata)
    if x.size > _MANY_ROWS:
        return around(mean, _stratified_error(x, parts), two_sided_z(level), level)
    draws = sum(_mean_draws(x[part], n_resamples, rng) * (part.size / x.size) for part in parts)
    return _percentiles(mean, np.asarray(draws, dtype=np.float64), level)
