"""Noisy curves: their noise, level, trend and swings, each with the uncertainty that the noise leaves."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike

from rung.stats.arrays import NAN, Array, as_floats

_SMOOTH = np.array([0.5, 1, 1, 1, 1, 1, 1, 1, 0.5]) / 8
_NORMAL = 1.4826  # MAD to standard deviation of a normal law


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """A typical value of a stretch of a curve and its standard error."""

    value: float
    error: float
    n: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Trend:
    """Mann-Kendall's tau (-1 falling to 1 rising), its normal score, and Theil-Sen's slope a point."""

    tau: float
    z: float
    slope: float


def noise_sd(values: ArrayLike) -> float:
    """Standard deviation of the point-to-point noise of a curve, whatever its smooth course.

    values : shape (n,). The median absolute second difference over its value for unit noise (sqrt 6 for independent noise), so that
    neither a slope nor a few jumps count. 0 for fewer than four points.
    Source: Rice (1984) for differences, Hampel (1974) for the median; checked by simulation in tests/stats/test_course.py.
    """
    x = as_floats(values)
    if x.size < 4:
        return 0.0
    return float(_NORMAL * np.median(np.abs(np.diff(x, n=2))) / math.sqrt(6))


def lag_one(values: ArrayLike) -> float:
    """Correlation of neighbouring points after a running mean over eight steps is taken out; 0 for fewer than 24 points.

    The mean's two end points count half, so that it lets nothing of a zigzag through. Independent noise gives about -0.1 (the mean
    shares points with its neighbours, see tests/stats/test_course.py); a zigzag gives -1.
    """
    x = as_floats(values)
    if x.size < 24:
        return 0.0
    rest = x[4:-4] - np.convolve(x, _SMOOTH, mode="valid")
    total = float(rest @ rest)
    return float(rest[1:] @ rest[:-1]) / total if total > 0 else 0.0


def running_median(values: ArrayLike, width: int) -> Array:
    """Median of the `width` points around each (fewer at the ends). Source: Tukey (1977)."""
    x = as_floats(values)
    half = max(0, width // 2)
    if not half or x.size < 3:
        return x.copy()
    padded = np.concatenate([np.full(half, NAN), x, np.full(half, NAN)])
    return np.nanmedian(np.lib.stride_tricks.sliding_window_view(padded, 2 * half + 1), axis=1)


def level(values: ArrayLike) -> Level:
    """Median with the standard error of a median, widened for correlated neighbours.

    Error: 1.2533 sd / sqrt(n), sd robust, n divided by (1 + r) / (1 - r) for a lag-one correlation r > 0. NaN where empty.
    Source: Kenney & Keeping (1962); effective sample size of an AR(1) course, Bayley & Hammersley (1946).
    """
    x = as_floats(values)
    if not x.size:
        return Level(value=NAN, error=NAN, n=0)
    middle = float(np.median(x))
    rest = x - middle
    spread = float(_NORMAL * np.median(np.abs(rest))) or float(np.std(x))
    total = float(rest @ rest)
    r = float(np.clip((rest[1:] @ rest[:-1]) / total, 0.0, 0.95)) if x.size > 2 and total > 0 else 0.0
    return Level(value=middle, error=1.2533 * spread * math.sqrt((1 + r) / (1 - r) / x.size), n=int(x.size))


def stretch(values: ArrayLike, begin: int, end: int) -> Level:
    """Level of the points from `begin` to `end`, its error from the point-to-point noise around them.

    A slope or a wave within the stretch is course, not noise: unlike `level`, it leaves the error small. Slow wandering is course too.
    """
    x = as_floats(values)
    part = x[begin:end]
    if not part.size:
        return Level(value=NAN, error=NAN, n=0)
    noise = noise_sd(x[max(0, begin - 6) : end + 6])
    return Level(value=float(np.median(part)), error=1.2533 * noise / math.sqrt(part.size), n=int(part.size))


def blocks(values: ArrayLike, count: int) -> tuple[Level, ...]:
    """Levels of at most `count` stretches of equal length, in order."""
    x = as_floats(values)
    edges = np.linspace(0, x.size, min(count, x.size) + 1).astype(int)
    return tuple(stretch(x, int(a), int(b)) for a, b in pairwise(edges)) if x.size else ()


def trend(values: ArrayLike) -> Trend:
    """Whether a series rises or falls, without a law for its noise.

    values : shape (n,), at most a few hundred points (all pairs are compared). The score carries a continuity correction and the
    correction for ties; 0 for fewer than four points. Serially correlated noise inflates it: hand over levels of blocks.
    Source: Mann (1945), Kendall (1975), Sen (1968); checked against scipy's kendalltau and theilslopes.
    """
    x = as_floats(values)
    n = x.size
    if n < 4:
        return Trend(tau=0.0, z=0.0, slope=0.0)
    i, j = np.triu_indices(n, k=1)
    rises = np.sign(x[j] - x[i])
    s = float(rises.sum())
    ties = np.unique(x, return_counts=True)[1].astype(float)
    variance = (n * (n - 1) * (2 * n + 5) - float((ties * (ties - 1) * (2 * ties + 5)).sum())) / 18
    z = (s - np.sign(s)) / math.sqrt(variance) if variance > 0 else 0.0
    return Trend(tau=s / (n * (n - 1) / 2), z=float(z), slope=float(np.median((x[j] - x[i]) / (j - i))))


def reversals(levels: tuple[Level, ...], *, floor: float, z: float = 4.0) -> int:
    """How often a course turns: it goes back from its last extreme by more than `floor` and by more than the errors allow.

    floor : smallest way back that counts, in the curve's unit.   z : shorter ways in standard errors are noise. An error is never taken
    for smaller than the median of all: few points underrate it. Counted with hysteresis, as cycles of load are. Independent noise
    turns in fewer than one of 300 curves (tests/stats/test_course.py).
    Source: turning points with a dead band, as in rainflow counting (ASTM E1049).
    """
    if len(levels) < 3:
        return 0
    usual = float(np.median([each.error for each in levels]))
    turns, direction, extreme = 0, 0, levels[0]
    for each in levels[1:]:
        step = each.value - extreme.value
        far = max(floor, z * math.hypot(max(each.error, usual), max(extreme.error, usual)))
        if direction * step > 0 or (direction == 0 and abs(step) > far):
            direction, extreme = int(np.sign(step)), each
        elif abs(step) > far:
            turns, direction, extreme = turns + 1, -direction, each
    return turns
