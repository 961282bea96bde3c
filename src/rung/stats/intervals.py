"""Intervals for means, shares and differences, and how large a difference must be to be seen."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from rung.stats.arrays import NAN, Array, finite
from rung.stats.distributions import normal_quantile, t_p, two_sided_t, two_sided_z


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """An estimate with its confidence interval; NaN bounds when the data cannot give one."""

    value: float
    low: float
    high: float
    level: float  # nominal coverage, 0..1

    @property
    def width(self) -> float:
        """Distance from low to high, in the unit of the value."""
        return self.high - self.low

    def excludes(self, value: float) -> bool:
        """Whether `value` lies outside; always False for an interval of NaN."""
        return value < self.low or value > self.high


@dataclass(frozen=True, slots=True, kw_only=True)
class PairedTest:
    """A mean difference of paired measurements with interval and two-sided p-value."""

    difference: float
    low: float
    high: float
    p: float
    level: float
    n: int  # pairs


def no_interval(value: float = NAN, level: float = 0.95) -> Interval:
    """The interval that says nothing."""
    return Interval(value=value, low=NAN, high=NAN, level=level)


def around(value: float, error: float, z: float, level: float) -> Interval:
    """Symmetric interval value +- z * error."""
    return Interval(value=value, low=value - z * error, high=value + z * error, level=level)


def wilson_bounds(successes: ArrayLike, n: ArrayLike, level: float = 0.95) -> tuple[Array, Array]:
    """Wilson score bounds for many shares at once.

    successes, n : same shape (or broadcastable), 0 <= successes <= n.
    Returns (low, high), each 0..1; NaN where n is 0.
    Raises ValueError if successes fall outside 0..n.
    Source: Wilson (1927), JASA 22; checked against statsmodels.
    """
    k, size = np.asarray(successes, dtype=np.float64), np.asarray(n, dtype=np.float64)
    if np.any((k < 0) | (k > size)):
        msg = "successes must lie between 0 and n"
        raise ValueError(msg)
    z = two_sided_z(level)
    total = np.where(size > 0, size, NAN)
    share = k / total
    centre = (share + z**2 / (2 * total)) / (1 + z**2 / total)
    half = z / (1 + z**2 / total) * np.sqrt(share * (1 - share) / total + z**2 / (4 * total**2))
    return np.clip(centre - half, 0, 1), np.clip(centre + half, 0, 1)


def wilson(successes: float, n: float, level: float = 0.95) -> Interval:
    """Wilson score interval of one share; NaN when n is 0.

    Keeps its coverage at small n and near 0 and 1, where the textbook interval fails.
    Source: Wilson (1927); recommended by Brown, Cai & DasGupta (2001).
    """
    low, high = wilson_bounds(successes, n, level)
    return Interval(value=successes / n if n else NAN, low=float(low), high=float(high), level=level)


def mean_interval(values: ArrayLike, level: float = 0.95) -> Interval:
    """Student's t interval of a mean; non-finite values are left out.

    values : shape (n,). With one value the bounds are NaN, with none everything is.
    Source: Student (1908); checked against scipy.stats.t.interval.
    """
    x = finite(values)
    if x.size < 2:  # one value has no spread
        return no_interval(float(x[0]) if x.size else NAN, level)
    error = float(x.std(ddof=1)) / math.sqrt(x.size)
    return around(float(x.mean()), error, two_sided_t(level, x.size - 1), level)


def newcombe(successes_a: float, n_a: float, successes_b: float, n_b: float, level: float = 0.95) -> Interval:
    """Interval for the difference of two independent shares, a minus b.

    Source: Newcombe (1998), Statistics in Medicine 17, method 10 (hybrid of two Wilson intervals); checked
    against the paper's example 56/70 - 48/80 = 0.2000 (0.0524 to 0.3339) and statsmodels.
    """
    a, b = wilson(successes_a, n_a, level), wilson(successes_b, n_b, level)
    gap = a.value - b.value
    below = math.sqrt((a.value - a.low) ** 2 + (b.high - b.value) ** 2)
    above = math.sqrt((a.high - a.value) ** 2 + (b.value - b.low) ** 2)
    return Interval(value=gap, low=gap - below, high=gap + above, level=level)


def corrected_resampled_t(differences: ArrayLike, n_train: int, n_test: int, level: float = 0.95) -> PairedTest:
    """Mean of per-fold score differences, with the variance that overlapping training sets deserve.

    differences : shape (k,), one paired difference a fold (or repeat of a fold), in score units.
    n_train, n_test : rows of one fold's two parts. The plain t test ignores that folds share training rows and
    rejects far too often; the correction replaces 1/k by 1/k + n_test/n_train.
    Three or more differences, all equal and not zero: p = 0 and an interval of no width; all zero: p = 1.
    Source: Nadeau & Bengio (2003), Machine Learning 52.
    """
    d = finite(differences)
    mean = float(d.mean()) if d.size else NAN
    spread = float(d.std(ddof=1)) if d.size > 1 else 0.0
    spread = 0.0 if spread < 1e-12 * abs(mean) else spread  # rounding dust of equal differences
    if d.size < 2 or n_train <= 0 or (d.size == 2 and spread == 0):  # two equal folds happen by chance
        return PairedTest(difference=mean, low=NAN, high=NAN, p=1.0, level=level, n=d.size)
    error = spread * math.sqrt(1 / d.size + n_test / n_train)
    half = two_sided_t(level, d.size - 1) * error
    p = t_p(mean / error, d.size - 1) if error > 0 else float(mean == 0)
    return PairedTest(difference=mean, low=mean - half, high=mean + half, p=p, level=level, n=d.size)


def _power_factor(alpha: float, power: float) -> float:
    """Sum of the two normal quantiles of a two-sided test: standard errors a seen difference must span."""
    return two_sided_z(1 - alpha) + normal_quantile(power)


def minimum_detectable_difference(sd: float, n: float, alpha: float = 0.05, power: float = 0.8) -> float:
    """Smallest mean difference that `n` paired measurements would reveal with the given power.

    sd : standard deviation of one paired difference. Returns the unit of sd; NaN when n is 0.
    Source: normal theory, (z_(1-alpha/2) + z_power) * sd / sqrt(n).
    """
    return _power_factor(alpha, power) * sd / math.sqrt(n) if n > 0 else NAN


def minimum_detectable_proportion(share: float, n_a: float, n_b: float, alpha: float = 0.05, power: float = 0.8) -> float:
    """Smallest difference from `share` that two samples of n_a and n_b rows would reveal.

    Source: normal theory with the pooled variance share * (1 - share) * (1/n_a + 1/n_b).
    """
    if n_a <= 0 or n_b <= 0:
        return NAN
    return _power_factor(alpha, power) * math.sqrt(share * (1 - share) * (1 / n_a + 1 / n_b))


def hanley_mcneil_sd(auc: float, n_positive: float, n_negative: float) -> float:
    """Standard error of an AUC from its value and the class counts alone; NaN with an empty class.

    Source: Hanley & McNeil (1982), Radiology 143, exponential model.
    """
    if n_positive <= 0 or n_negative <= 0:
        return NAN
    both_up, both_down = auc / (2 - auc), 2 * auc**2 / (1 + auc)
    spread = auc * (1 - auc) + (n_positive - 1) * (both_up - auc**2) + (n_negative - 1) * (both_down - auc**2)
    return math.sqrt(spread / (n_positive * n_negative))


def minimum_detectable_auc(n_positive: float, n_negative: float, auc: float = 0.5, alpha: float = 0.05, power: float = 0.8) -> float:
    """Smallest distance from `auc` that this many rows of each class would reveal (one sample, known reference)."""
    return _power_factor(alpha, power) * hanley_mcneil_sd(auc, n_positive, n_negative)
