"""How large a difference between two samples is, apart from whether it is there."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from rung.stats.arrays import NAN, Array, finite
from rung.stats.delong import auc_interval
from rung.stats.distributions import two_sided_z
from rung.stats.intervals import Interval, around, no_interval

_TWO = 2  # rows a sample needs to have a spread


def _pooled_sd(a: Array, b: Array) -> float:
    """Standard deviation within the two samples together."""
    squares = float(np.square(a - a.mean()).sum() + np.square(b - b.mean()).sum())
    return math.sqrt(squares / (a.size + b.size - 2))


def standardised_mean_difference(x: ArrayLike, y: ArrayLike, level: float = 0.95) -> Interval:
    """Hedges' g: (mean x - mean y) in pooled standard deviations, corrected for small samples.

    x, y : shapes (n,) and (m,), non-finite values left out. NaN with fewer than two rows in either or no spread.
    Source: Hedges (1981); large-sample variance of Hedges & Olkin (1985), coverage checked by simulation.
    """
    a, b = finite(x), finite(y)
    sd = _pooled_sd(a, b) if min(a.size, b.size) >= _TWO else 0.0
    if not sd > 0:
        return no_interval(level=level)
    dof = a.size + b.size - 2
    g = float(a.mean() - b.mean()) / sd * (1 - 3 / (4 * dof - 1))
    error = math.sqrt((a.size + b.size) / (a.size * b.size) + g**2 / (2 * dof))
    return around(g, error, two_sided_z(level), level)


def superiority(x: ArrayLike, y: ArrayLike, level: float = 0.95) -> Interval:
    """Chance that a value of x exceeds one of y (ties half): 0.5 is no difference.

    x, y : shapes (n,) and (m,), non-finite values left out. The AUC of x over y with its DeLong interval.
    Source: McGraw & Wong (1992); Vargha & Delaney (2000).
    """
    a, b = finite(x), finite(y)
    labels = np.r_[np.ones(a.size, dtype=np.bool_), np.zeros(b.size, dtype=np.bool_)]
    return auc_interval(labels, np.concatenate([a, b]), level)


def cliffs_delta(x: ArrayLike, y: ArrayLike, level: float = 0.95) -> Interval:
    """Cliff's delta, -1..1: chance that x exceeds y minus chance that y exceeds x. Source: Cliff (1993)."""
    chance = superiority(x, y, level)
    return Interval(value=2 * chance.value - 1, low=2 * chance.low - 1, high=2 * chance.high - 1, level=level)


def wasserstein(x: ArrayLike, y: ArrayLike) -> float:
    """Mean distance by which the rows of x must move to become y, in the unit of the values.

    x, y : shapes (n,) and (m,), non-finite values left out; NaN when either is empty. O(n log n).
    Source: area between the distribution functions, Vallender (1974); checked against scipy.
    """
    a, b = np.sort(finite(x)), np.sort(finite(y))
    if min(a.size, b.size) == 0:
        return NAN
    both = np.sort(np.concatenate([a, b]))
    gap = np.searchsorted(a, both[:-1], "right") / a.size - np.searchsorted(b, both[:-1], "right") / b.size
    return float(np.abs(gap) @ np.diff(both))


def wasserstein_sd(x: ArrayLike, y: ArrayLike) -> float:
    """Wasserstein distance in standard deviations of x, the reference; NaN when x has no spread."""
    a = finite(x)
    sd = float(a.std(ddof=1)) if a.size >= _TWO else 0.0
    return wasserstein(a, y) / sd if sd > 0 else NAN
