"""How far one more value may lie before chance cannot have brought it."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from rung.stats.arrays import Array, finite

CHANCES = (1e-4, 1e-6, 1e-8, 1e-10)  # that one row of the same kind lies beyond
_TAIL = 0.1  # share of the rows that the shape is read from
_LEAST = 10  # rows of the tail, and different values in it, for a shape to be read at all
_ERROR = 1.15  # standard error of the shape times the root of the tail's rows, for shapes about 0: Hosking & Wallis (1987)
_HEAVY = 0.35  # shape from which the ratio of values says more than their difference
_ONE_SIGN = 200  # values above 0 from which one below 0 is news by itself: fewer leave it a chance of more than 3 / 200 (rule of three)
# Without a tail to fit (few rows, few values) a value must leave the range by so many times its width. Chosen by hand.
_WIDTHS = (1.0, 2.0, 3.0, 4.0)


def limits(values: ArrayLike) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """(low, high): for each of `CHANCES` the value that one further row passes with no more than that chance.

    values : shape (n,), non-finite left out. A generalised Pareto tail over the outer tenth by probability-weighted moments, its shape raised by
    one to two standard errors and never below exponential; for heavy tails also Hill's power law, whichever lies farther. Where a column
    above 0, of rows enough, is described by ratios (its least value is no farther from the middle than its largest) or surely ends before 0, the density is taken to
    fall towards 0, so that the chance of a value t is at most t / least / n. Never inside the values seen. Empty without values. Source: Hosking & Wallis (1987); Hill (1975); level over eleven laws by simulation in tests/stats/test_reach.py.
    """
    known = np.sort(finite(values))
    if not known.size:
        return (), ()
    high, low = _beyond(known), tuple(-each for each in _beyond(-known[::-1]))
    if known[0] > 0 and _has_floor(known):
        low = tuple(max(each, float(known[0]) * min(1.0, chance * known.size)) for each, chance in zip(low, CHANCES, strict=True))
    return low, high


def _has_floor(ordered: Array) -> bool:
    n = ordered.size
    if n < _ONE_SIGN:
        return False
    if ordered[0] * ordered[-1] >= float(np.median(ordered)) ** 2:
        return True
    k = max(_LEAST, int(_TAIL * n))
    tail = (ordered[k] - ordered[:k])[::-1] if k < n else ordered[:0]
    if np.unique(tail).size < _LEAST:
        return True  # a scale of steps, or too few to tell
    shape, scale = _moments(tail)
    shape += _ERROR / math.sqrt(k)
    return shape < 0 and ordered[k] + scale / shape > 0


def _beyond(ordered: Array) -> tuple[float, ...]:
    top, n = float(ordered[-1]), ordered.size
    k = min(max(_LEAST, int(_TAIL * n)), n // 2)
    tail = ordered[n - k :] - ordered[n - k - 1] if k else ordered
    if k < _LEAST or np.unique(tail).size < _LEAST:  # a scale of steps is no tail
        width = float(top - ordered[0]) or max(1.0, abs(top))
        return tuple(top + times * width for times in _WIDTHS)
    shape, scale = _moments(tail)
    spare = 1 + min(1.0, 300 / n)  # standard errors: few rows hide a heavy tail
    raised = max(0.0, shape + spare * _ERROR / math.sqrt(k))
    ratios = np.log(np.array([k / (n * chance) for chance in CHANCES]))
    far = ordered[n - k - 1] + scale * (np.expm1(raised * ratios) / raised if raised > 1e-6 else ratios)
    middle = float(ordered[n // 2])
    if shape > _HEAVY and ordered[n - k - 1] > middle:
        index = float(np.mean(np.log((ordered[n - k :] - middle) / (ordered[n - k - 1] - middle))))
        far = np.maximum(far, middle + (ordered[n - k - 1] - middle) * np.exp(ratios * index * (1 + spare / math.sqrt(k))))
    return tuple(max(float(each), top) for each in far)


def _moments(excess: Array) -> tuple[float, float]:
    """Shape and scale of a generalised Pareto law by probability-weighted moments; excess sorted, above 0 somewhere."""
    k = excess.size
    first = float(excess.mean())
    second = float(((1 - (np.arange(1, k + 1) - 0.35) / k) * excess).mean())
    gap = max(first - 2 * second, 1e-12 * first)
    return 2 - first / gap, max(2 * first * second / gap, 1e-12 * first)
