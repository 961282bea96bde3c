"""How far one more value may lie before chance cannot have brought it."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from rung.stats.arrays import Array, finite
from rung.stats.tails import TailFit, above_mass, tail_fits

CHANCES = (1e-4, 1e-6, 1e-8, 1e-10)  # that one row of the same kind lies beyond
MANY = 20_000  # values that carry the fit; the outermost ones are kept anyhow
# Without a tail to fit (few rows, few values) a value must leave the range by so many times its width. Chosen by hand.
WIDTHS = (1.0, 2.0, 3.0, 4.0)


def limits(values: ArrayLike) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """(low, high): for each of `CHANCES` the value that one further row passes with no more than that chance.

    values : shape (n,), non-finite left out. Generalised Pareto tails, all shapes weighed by how well they explain the tail, so that few
    rows and heavy tails give far limits. The lower tail of a positive, right-skewed column is taken on the logarithmic scale.
    Never inside the values seen. Empty without values. Source: Davison & Smith (1990), as in `stats.tails`; level by simulation.
    """
    known = np.sort(finite(values))
    if not known.size:
        return (), ()
    if known.size > MANY:
        known = np.concatenate([known[:50], known[np.linspace(50, known.size - 51, MANY).round().astype(np.int64)], known[-50:]])
    positive = bool(known[0] > 0 and known[-1] > 10 * known[known.size // 2])
    high = _beyond(known)
    low = (
        tuple(math.exp(-each) for each in _beyond(np.sort(-np.log(known)))) if positive else tuple(-each for each in _beyond(-known[::-1]))
    )
    return low, high


def _beyond(ordered: Array) -> tuple[float, ...]:
    width = float(ordered[-1] - ordered[0]) or max(1.0, abs(float(ordered[-1])))
    body = above_mass(ordered)
    fits = tail_fits(body) if np.unique(body).size > 20 else []  # fewer values are a scale of steps, not a tail
    if not fits:
        return tuple(float(ordered[-1]) + times * width for times in WIDTHS)
    found = [max(_limit(fit, body.size, chance * ordered.size / body.size) for fit in fits) for chance in CHANCES]
    return tuple(max(each, float(ordered[-1])) for each in found)


def _limit(fit: TailFit, n: int, chance: float) -> float:
    """The value that the fitted tail passes with this chance a row, by bisection on the logarithm of the excess."""
    if fit.expected_beyond(fit.threshold) <= chance * n:
        return fit.threshold
    low, high = math.log(fit.scale) - 20.0, math.log(fit.scale) + 60.0
    for _ in range(40):
        middle = (low + high) / 2
        if fit.expected_beyond(fit.threshold + math.exp(middle)) > chance * n:
            low = middle
        else:
            high = middle
    return fit.threshold + math.exp(high)
