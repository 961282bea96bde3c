"""Order in a column: runs, dependence on the past, a shift between two series, a change of level."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from rung.stats.arrays import NAN, Array, Ints, as_floats, as_labels, finite, same_length
from rung.stats.distributions import normal_p, two_sided_z
from rung.stats.intervals import Interval, no_interval
from rung.stats.resampling import permutation_p, rng_for

_MANY_ROWS = 20_000  # above, null distributions come from limits or blocks


@dataclass(frozen=True, slots=True, kw_only=True)
class RunsTest:
    """Number of unbroken runs against a random order; fewer runs than expected: the values cluster."""

    n_runs: int
    expected: float
    z: float  # below 0: clustered, above 0: alternating
    p: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Lag:
    """The shift at which two series agree best."""

    lag: int  # y[i + lag] goes with signal[i]
    correlation: float
    threshold: float  # largest |correlation| that unrelated series of this length show, 1 time in 100
    p: float
    at_zero: float  # correlation without a shift


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangePoint:
    """Where the level of a series changes most."""

    index: int  # first row after the change; 0 when there is none to look for
    statistic: float
    p: float
    before: float  # mean before
    after: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Likeness:
    """How alike a row and its neighbours are."""

    correlation: float  # mean over the lags, 0 for independent rows
    low: float  # of its 95 % interval under independence
    high: float
    p: float  # one-sided, that independent rows are as alike
    n: int


def likeness(values: ArrayLike, lags: int = 5) -> Likeness:
    """Mean correlation of each row with the rows up to `lags` places away.

    values : shape (n, k), k columns that are correlated each with itself, weighted by their variance.
    Under independence each lag's correlation has variance 1 / (n - lag), and different lags are uncorrelated; of k columns it is smaller, so
    that the chance given is an upper bound. Source: Bartlett (1946); false alarms by simulation in tests/stats/test_sequence.py.
    """
    x = np.asarray(values, dtype=float).reshape(len(np.asarray(values)), -1)
    n = len(x)
    if n <= 2 * lags:
        return Likeness(correlation=NAN, low=NAN, high=NAN, p=1.0, n=n)
    x = x - x.mean(axis=0)
    total = float((x**2).sum())
    if total <= 0:
        return Likeness(correlation=0.0, low=0.0, high=0.0, p=1.0, n=n)
    pairs = sum(n - lag for lag in range(1, lags + 1))
    shared = sum(float((x[lag:] * x[:-lag]).sum()) for lag in range(1, lags + 1))
    correlation, error = shared / pairs * n / total, 1 / math.sqrt(pairs)
    half = two_sided_z(0.95) * error
    p = normal_p(correlation / error) / 2 if correlation > 0 else 1.0
    return Likeness(correlation=correlation, low=correlation - half, high=correlation + half, p=p, n=n)


def runs_test(binary: ArrayLike) -> RunsTest:
    """Wald-Wolfowitz test that the order of 0 and 1 is random.

    binary : shape (n,), 0/1 or boolean. z = NaN and p = 1 when only one of them occurs.
    Source: Wald & Wolfowitz (1940), normal approximation with continuity correction below 50 rows as in
    statsmodels.sandbox.stats.runs, against which it is checked.
    """
    labels = as_labels(binary)
    n, ones = labels.size, float(labels.sum())
    zeros = n - ones
    runs = 1 + int(np.count_nonzero(labels[1:] != labels[:-1])) if n else 0
    if min(ones, zeros) == 0:
        return RunsTest(n_runs=runs, expected=float(runs), z=NAN, p=1.0)
    expected = 2 * ones * zeros / n + 1
    variance = (expected - 1) * (expected - 2) / (n - 1)
    if variance <= 0:
        return RunsTest(n_runs=runs, expected=expected, z=NAN, p=1.0)
    gap = runs - expected
    if n < 50:  # continuity correction, see Source
        gap = math.copysign(max(abs(gap) - 0.5, 0.0), gap)
    z = gap / math.sqrt(variance)
    return RunsTest(n_runs=runs, expected=expected, z=z, p=normal_p(z))


def runs_about_median(values: ArrayLike) -> RunsTest:
    """Runs test of the signs around the median; values equal to it and non-finite ones are left out."""
    x = finite(values)
    middle = np.median(x) if x.size else 0.0
    return runs_test(x[x != middle] > middle)


def autocorrelation(values: ArrayLike, lag: int = 1, level: float = 0.95) -> Interval:
    """Correlation of a series with itself `lag` rows later; the interval holds 0 for a random order.

    values : shape (n,), non-finite left out. NaN when n <= lag + 2 or the series is constant.
    Source: Box & Jenkins (1970); Fisher's z scale with n - lag - 3 degrees for the interval.
    """
    x = finite(values)
    x = x - x.mean() if x.size else x
    total = float(x @ x)
    if x.size <= lag + 3 or total <= 0:
        return no_interval(level=level)
    r = float(x[lag:] @ x[:-lag]) / total
    half = two_sided_z(level) / math.sqrt(x.size - lag - 3)
    centre = math.atanh(min(max(r, -1 + 1e-12), 1 - 1e-12))
    return Interval(value=r, low=math.tanh(centre - half), high=math.tanh(centre + half), level=level)


def _spectrum(values: Array, size: int) -> np.ndarray[tuple[int], np.dtype[np.complex128]]:
    """Real Fourier transform, padded so that shifts do not wrap around."""
    return np.fft.rfft(values, size)


def _overlap_scale(a: Array, b: Array, lags: Ints) -> Array:
    """Root of the two sums of squares over the rows that overlap at each lag."""
    sum_a, sum_b = np.r_[0.0, np.cumsum(a**2)], np.r_[0.0, np.cumsum(b**2)]
    n = a.size
    first, last = np.maximum(0, -lags), np.minimum(n, n - lags)
    of_a = sum_a[last] - sum_a[first]
    of_b = sum_b[last + lags] - sum_b[first + lags]
    return np.sqrt(np.maximum(of_a * of_b, 1e-300))


def lag_correlations(signal: ArrayLike, y: ArrayLike, max_lag: int) -> tuple[Ints, Array]:
    """Correlation of signal[i] with y[i + lag] for every lag from -max_lag to max_lag.

    signal, y : shape (n,), finite. O(n log n). Means are those of the whole series.
    Returns (lags, correlations), each of shape (2 max_lag + 1,).
    """
    a, b = as_floats(signal), as_floats(y)
    n = same_length(a, b)
    a, b = a - a.mean(), b - b.mean()
    size = 1 << (2 * n - 1).bit_length()
    product = np.fft.irfft(np.conj(_spectrum(a, size)) * _spectrum(b, size), size)
    lags = np.arange(-max_lag, max_lag + 1)
    return lags, product[lags] / _overlap_scale(a, b, lags)


def _null_peaks(a: Array, b: Array, max_lag: int, n_permutations: int, rng: np.random.Generator) -> Array:
    """Largest absolute lag correlation of shuffled pairs."""
    return np.array([np.abs(lag_correlations(a, rng.permutation(b), max_lag)[1]).max() for _ in range(n_permutations)])


def best_lag(signal: ArrayLike, y: ArrayLike, *, max_lag: int | None = None, n_permutations: int = 99, seed: int = 0) -> Lag:
    """The shift that lines `signal` up with `y`, and whether chance would find one as good.

    signal, y : shape (n,), in row order (a prediction and the labels, say); a pair with a non-finite value is
    set to the mean, which leaves positions alone. max_lag : n // 4 unless given, at most n - 3.
    The null shuffles y, so it answers for exchangeable rows: when both series drift slowly, agreement at many
    lags is natural, so `threshold` is also held above 6 robust standard deviations of all other lags.
    Above 20,000 rows the normal limit with Bonferroni's bound over the lags stands in for shuffling.
    Constant input or fewer than 8 rows: lag 0, NaN, p = 1.
    """
    a, b = as_floats(signal), as_floats(y)
    n = same_length(a, b)
    known = np.isfinite(a) & np.isfinite(b)
    if known.sum() < 8 or min(np.ptp(a[known]), np.ptp(b[known])) == 0:  # too short
        return Lag(lag=0, correlation=NAN, threshold=NAN, p=1.0, at_zero=NAN)
    a, b = np.where(known, a, a[known].mean()), np.where(known, b, b[known].mean())
    reach = min(n - 3, n // 4 if max_lag is None else max_lag)
    lags, r = lag_correlations(a, b, reach)
    best = int(np.argmax(np.abs(r)))
    draws = n_permutations if n <= _MANY_ROWS else 0
    null = _null_peaks(a, b, reach, draws, rng_for(seed, "best_lag"))
    spread = float(np.median(np.abs(r - np.median(r)))) / 0.6745
    peak, n_lags = float(r[best]), lags.size
    limit = float(np.quantile(null, 0.99)) if draws else two_sided_z(0.99 ** (1 / n_lags)) / math.sqrt(n - reach)
    threshold = max(limit, abs(float(np.median(r))) + 6 * spread)
    p = permutation_p(abs(peak), null) if draws else min(1.0, n_lags * normal_p(peak * math.sqrt(n - reach)))
    return Lag(lag=int(lags[best]), correlation=peak, threshold=threshold, p=p, at_zero=float(r[reach]))


def _cusum_peak(centred: Array) -> tuple[int, float]:
    """Where the standardised cumulative sum is largest, and how large; ends of 5 % are left out."""
    n = centred.size
    edge = max(1, n // 20)
    place = np.arange(edge, n - edge + 1)
    scale = np.sqrt(place * (n - place) / n)
    size = np.abs(np.cumsum(centred)[place - 1]) / scale
    best = int(np.argmax(size))
    return int(place[best]), float(size[best])


def change_point(values: ArrayLike, *, n_permutations: int = 199, seed: int = 0) -> ChangePoint:
    """The single most likely change of mean in a series, with a permutation p-value.

    values : shape (n,), in order, non-finite left out. `statistic` is the two-sample t of before and after at
    the best cut (in overall standard deviations); p answers for exchangeable rows, so a slowly drifting series
    counts as changed. Index 0 and p = 1 with fewer than 8 rows or a constant.
    Source: CUSUM of Page (1954) in the standardised form of Sen & Srivastava (1975).
    """
    x = finite(values)
    sd = float(x.std()) if x.size else 0.0
    if x.size < 8 or sd == 0:  # too short to have two sides
        mean = float(x.mean()) if x.size else NAN
        return ChangePoint(index=0, statistic=NAN, p=1.0, before=mean, after=mean)
    z, rng = (x - x.mean()) / sd, rng_for(seed, "change_point")
    index, peak = _cusum_peak(z)
    # Blocks of rows keep the law of the peak and spare a million rows their shuffling.
    block = -(-x.size // _MANY_ROWS)
    if block > 1:
        z = z[: x.size - x.size % block].reshape(-1, block).mean(axis=1) * math.sqrt(block)
    null = [_cusum_peak(np.asarray(rng.permutation(z), dtype=np.float64))[1] for _ in range(n_permutations)]
    p = permutation_p(peak, null)
    return ChangePoint(index=index, statistic=peak, p=p, before=float(x[:index].mean()), after=float(x[index:].mean()))
