"""Values that occur far more often than their surroundings: sentinels, imputed constants, caps, heaps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from rung.stats.arrays import Array, Ints, finite
from rung.stats.distributions import poisson_tail
from rung.stats.tails import above_mass, tail_fits

Kind = Literal["isolated", "edge", "zero", "interior", "heaping"]

_NEAR, _WIDE = 10, 50  # distinct values on each side: for the local shape, and for how often values repeat at all
_TIMES = 3.0  # how often a mass must occur for each time its commonest but one neighbour does (by hand)
# Largest steps of the neighbours that a gap must span to set a value apart: among ten steps, and among fewer, where
# levels such as 0, 2, 4, 11 are common (by hand, against 7,000 columns of published data sets).
_GAP, _GAP_OF_FEW = 2.0, 3.5
_ZERO_GAP = 0.5  # and robust standard deviations that set a zero apart: many columns start near it (by hand)
_GROUP = 3  # distinct far codes taken together: 97, 98, 99
_LEAST_CELLS = 30  # other distinct values that make a commonest value a mass: 12 years of school is a mode
_MOST = 100  # candidates looked at closely
_LEAST_ROWS = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class PointMasses:
    """Over-frequent values, the least likely first; all arrays have shape (found,).

    Kinds: `isolated` stands apart from all other values (a sentinel, as a rule); `edge` is the smallest or
    largest value without a gap (a cap, a limit of detection, a steep start); `zero` is a zero inside or at the edge
    of the others; `heaping` is a round number among over-frequent round numbers; `interior` is the rest (imputed
    constants, defaults).
    """

    values: Array
    counts: Ints
    expected: Array  # rows that the surroundings or the tail would put there
    p: Array  # corrected for all distinct values
    kinds: tuple[Kind, ...]
    gaps: Array  # distance to the nearest other value, in robust standard deviations of the others


@dataclass(frozen=True, slots=True, kw_only=True)
class _Mass:
    """One candidate."""

    place: int
    expected: float
    p: float
    kind: Kind


def _repeats(counts: Ints) -> Array:
    """Mean count that a cell would have at random, per distinct value, from the counts of its wide surroundings.

    Cells without rows are not seen, so the mean of the seen ones is that of a truncated Poisson, r = m / (1 - exp(-m)).
    Half a repeat is added: no repeat among few neighbours does not prove that none can occur.
    """
    sums = np.r_[0, np.cumsum(counts)]
    place = np.arange(counts.size)
    low, high = np.maximum(place - _WIDE, 0), np.minimum(place + _WIDE + 1, counts.size)
    cells = high - low - 1
    seen = (sums[high] - sums[low] - counts + 0.5) / np.maximum(cells, 1)
    mean = np.where(seen > 2, seen, 2 * (seen - 1))  # both branches start Newton near the root
    for _ in range(6):
        rest = -np.expm1(-mean)
        mean = np.maximum(mean - (mean - seen * rest) / (1 - seen * np.exp(-mean)), 1e-9)
    return mean


def _tie_chance(counts: Ints, usual: Array, place: int) -> float:
    """Chance that a value which occurs at all occurs as often as this one."""
    spread = _dispersion(_near(counts, place, _WIDE))
    mean = float(usual[place]) / spread
    return float(poisson_tail(counts[place] / spread, mean) / poisson_tail(min(1.0, 1 / spread), mean))


def _near(counts: Ints, place: int, reach: int) -> Array:
    """Counts of the neighbours of one value, ascending."""
    around = np.r_[counts[max(place - reach, 0) : place], counts[place + 1 : place + 1 + reach]]
    return np.sort(around).astype(np.float64)


def _dispersion(around: Array) -> float:
    """Variance over mean of neighbouring counts without the two largest, at least 1.

    Rows of one entity that repeat a value make counts vary more than chance, and a mass then means less.
    """
    rest = around[:-2]
    return max(1.0, float(rest.var() / rest.mean())) if rest.size > 2 else 1.0  # no spread


def _bases(value: float, span: float) -> list[float]:
    """Round steps that divide `value`, the coarsest first: 1, 2, 2.5, 5 times powers of ten."""
    if not span > 0:
        return []
    top = int(np.floor(np.log10(span)))
    steps = [d * 10.0**e for e in range(top, top - 5, -1) for d in (5.0, 2.5, 2.0, 1.0)]
    return [b for b in steps if abs(value / b - round(value / b)) < 1e-9 * max(1.0, abs(value / b))]


def _counts_at(values: Array, counts: Ints, wanted: Array, tolerance: float) -> Array:
    """Counts of the wanted values; 0 where they do not occur."""
    near = np.clip(np.searchsorted(values, wanted - tolerance), 0, values.size - 1)
    return np.where(np.abs(values[near] - wanted) <= tolerance, counts[near], 0).astype(np.float64)


def _is_heap(values: Array, counts: Ints, usual: Array, place: int) -> bool:
    """Whether the round numbers next to a round value stick out of their own surroundings as well.

    Peers are the four nearest multiples of a step that divides the value; half of them must occur three times as
    often as their own neighbours, or as often as a fifth of the excess of the value itself.
    """
    value, span = float(values[place]), float(values[-1] - values[0])
    own = counts[place] / usual[place]
    for base in _bases(value, span):
        peers = value + base * np.array([-2.0, -1.0, 1.0, 2.0])
        peers = peers[(peers >= values[0]) & (peers <= values[-1])]
        if peers.size < 2:  # a single peer is no habit
            continue
        at = _counts_at(values, counts, peers, 1e-6 * base)
        ratio = at / np.interp(peers, values, usual)
        if np.median(ratio) >= max(2.0, min(own / 5, _TIMES)):
            return True
    return False


def _scale_without(values: Array, counts: Ints, place: int) -> float:
    """Interquartile range of all rows but those of one value, in normal standard deviations; 0 without spread.

    When the quartiles agree the range of the values stands in.
    """
    others = counts.copy()
    others[place] = 0
    reached = np.cumsum(others)
    low, high = (float(values[np.searchsorted(reached, q * reached[-1], "left")]) for q in (0.25, 0.75))
    rest = np.delete(values, place)
    return (high - low) / 1.349 if high > low else float(rest[-1] - rest[0])


def _stands_apart(values: Array, counts: Ints, place: int) -> bool:
    """Whether the first or last value keeps more distance than the ten next to it keep among themselves."""
    if place not in {0, values.size - 1}:
        return False
    if place == 0:
        values, counts = -values[::-1], counts[::-1]
    return _is_gap(values, 1) and not _is_low_zero(values, counts, 1)


def _kind(values: Array, counts: Ints, usual: Array, place: int) -> Kind:
    """What sort of mass a value is."""
    if _stands_apart(values, counts, place):
        return "isolated"
    if values[place] == 0:
        return "zero"
    if _is_heap(values, counts, usual, place):
        return "heaping"
    return "edge" if place in {0, values.size - 1} else "interior"


def _inner(values: Array, counts: Ints, alpha: float) -> list[_Mass]:
    """Masses judged by their neighbours."""
    if values.size < 3:  # nothing surrounds
        return []
    usual = _repeats(counts)
    p = poisson_tail(counts, usual) / np.maximum(poisson_tail(1.0, usual), 1e-300) * values.size
    candidates = np.flatnonzero((p <= alpha) & (counts > 2))  # two alike happen
    masses = []
    for i in candidates[np.argsort(-counts[candidates], kind="stable")][:_MOST].tolist():
        second = max(1.0, float(_near(counts, i, _NEAR)[-2:][0]))
        chance = _tie_chance(counts, usual, i) * values.size
        if chance > alpha or counts[i] <= _TIMES * second:
            continue
        kind = _kind(values, counts, usual, i)
        if kind not in {"interior", "heaping"} or values.size > _LEAST_CELLS:
            masses.append(_Mass(place=i, expected=float(usual[i]), p=chance, kind=kind))
    return masses


def _tail_chance(body: Array, value: float, count: int) -> tuple[float, float]:
    """Expected rows and chance of `count` of them at or beyond `value`, given the sorted sample below it."""
    fits = tail_fits(above_mass(body))
    if fits:
        return max(f.expected_beyond(value) for f in fits), max(f.chance_of_count(count, value) for f in fits)
    # Too few rows for a tail: one more row is as likely to be the largest as any, with the heaviest of usual tails.
    reach = (value - float(body[-1])) / max(float(body[-1] - body[0]), 1e-300)
    expected = 1 / (1 + reach)
    return expected, float(poisson_tail(count, expected))


def _is_gap(values: Array, size: int) -> bool:
    """Whether the top `size` values keep more distance than the ten below them, and they, keep among themselves.

    Positive values must do so in ratios as well, or the larger doses of 1, 2, 5, 10, 20, 50 would stand apart.
    """
    near = values[max(values.size - size - _NEAR - 1, 0) : values.size - size + 1]
    if near.size < 3:  # a gap needs a step to compare with
        return False
    times = _GAP if near.size > _NEAR else _GAP_OF_FEW
    steps = np.diff(near)
    if steps[-1] <= max(times * float(steps[:-1].max()), float(values[-1] - values[-size])):
        return False
    ratios = np.diff(np.log(near[near > 0]))
    return near[0] < 0 or ratios.size < 2 or bool(ratios[-1] > times * ratios[:-1].max())


def _is_low_zero(values: Array, counts: Ints, size: int) -> bool:
    """Whether the top value is a zero that merely begins the (mirrored) column; see `_ZERO_GAP`."""
    if size != 1 or values[-1] != 0:
        return False
    return float(-values[-2]) < _ZERO_GAP * _scale_without(values, counts, values.size - 1)


def _apart(values: Array, counts: Ints, alpha: float) -> tuple[int, float, float] | None:
    """Largest group of top values that stand apart: (how many values, expected, p), or None.

    Each value of the group must repeat: a far single value is an outlier, not a mass. Two ways to be unlikely: so
    many rows that far, or one row that far which is then repeated so often.
    """
    found, usual = None, _repeats(counts)
    for size in range(1, min(_GROUP, values.size - 2) + 1):
        if counts[-size] < 2:  # see above
            break
        if not _is_gap(values, size) or _is_low_zero(values, counts, size):
            continue
        body, count = np.repeat(values[:-size], counts[:-size]), int(counts[-size:].sum())
        expected, p_many = _tail_chance(body, float(values[-size]), count)
        p_far = _tail_chance(body, float(values[-size]), 1)[1]
        p_ties = min(_tie_chance(counts, usual, values.size - 1 - i) for i in range(size))
        p = min(p_many, p_far * p_ties) * 4 * size * (size + 1)
        if p <= alpha:
            found = size, expected, p
    return found


def _outer(values: Array, counts: Ints, alpha: float) -> tuple[int, int, list[_Mass]]:
    """Isolated masses of both ends: (values taken from below, from above, masses)."""
    below, above = _apart(-values[::-1], counts[::-1], alpha), _apart(values, counts, alpha)
    n_below, n_above = below[0] if below else 0, above[0] if above else 0
    masses = [_Mass(place=i, expected=below[1], p=below[2], kind="isolated") for i in range(n_below)] if below else []
    if above:
        last = values.size
        masses += [_Mass(place=i, expected=above[1], p=above[2], kind="isolated") for i in range(last - n_above, last)]
    return n_below, n_above, masses


def _gap(values: Array, counts: Ints, place: int) -> float:
    """Distance of a value to the nearest other one, in robust standard deviations of all others."""
    steps = [abs(float(values[place] - values[i])) for i in (place - 1, place + 1) if 0 <= i < values.size]
    scale = _scale_without(values, counts, place)
    return min(steps) / scale if scale > 0 else float("inf")


def point_masses(values: ArrayLike, alpha: float = 0.001) -> PointMasses:
    """Values that occur far more often than the local density of the column explains.

    values : shape (n,), non-finite left out. Empty below 30 rows or three distinct values.
    A value apart is judged by the tail that the other rows have (see `tails`), any other by its neighbours: how
    often they repeat (Poisson, with their own dispersion, corrected for all values), and three times the second
    commonest of the next twenty. Whole numbers, rounding and duplicated rows raise the neighbours alike and stay silent.
    Source: truncated Poisson counts, David & Johnson (1952); false alarms and power by simulation in
    tests/stats/test_spikes.py.
    """
    x = finite(values)
    distinct, counts = np.unique(x, return_counts=True)
    counts = counts.astype(np.int64)
    masses: list[_Mass] = []
    if x.size >= _LEAST_ROWS and distinct.size > 2:  # two values have no surroundings
        n_below, n_above, masses = _outer(distinct, counts, alpha)
        inner = slice(n_below, distinct.size - n_above)
        masses += [
            _Mass(place=m.place + n_below, expected=m.expected, p=m.p, kind=m.kind) for m in _inner(distinct[inner], counts[inner], alpha)
        ]
    masses.sort(key=lambda m: (m.p, m.place))
    place = np.array([m.place for m in masses], dtype=np.int64)
    return PointMasses(
        values=distinct[place],
        counts=counts[place],
        expected=np.array([m.expected for m in masses]),
        p=np.array([m.p for m in masses]),
        kinds=tuple(m.kind for m in masses),
        gaps=np.array([_gap(distinct, counts, int(i)) for i in place]),
    )
