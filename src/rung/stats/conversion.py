"""Two groups of residuals that lie exactly one unit conversion apart."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from rung.stats.arrays import Array, Bools
from rung.stats.distributions import binomial_tail
from rung.stats.units import FACTORS, UnitPair

_LEAST_ROWS, _LEAST_GROUP = 60, 8
_BAND = 0.15  # half width of the bands compared, as a share of the distance of the groups
_TIGHT = 0.22  # largest spread of a group as a share of the distance: farther apart than four and a half of its spreads (by hand)
_TOLERANCE = 0.04  # rows in another unit are seldom a random sample: their centre may differ by 4 % (by hand)
_LOOKS = 20.0  # the split is chosen before it is tested (by hand; see tests/stats/test_conversion.py)


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversion:
    """Rows one conversion above (or below) the rest.

    unit : the conversion met.   factor : value = factor * (value in the main unit).   members : shape (n,).
    p : chance of so deep a valley between the groups under one mode.   error : distance from the conversion, in log units.
    coincidence : share of nearby distances that would have met some conversion as closely.   spread : of the wider group, over the distance.
    """

    unit: UnitPair
    factor: float
    members: Bools
    p: float
    error: float
    coincidence: float
    spread: float


def conversion(residual: Array, *, alpha: float = 1e-4, tight: float = _TIGHT) -> Conversion | None:
    """The conversion that parts these log residuals into two tight groups, None where there is none.

    residual : shape (n,), log of the value minus what is expected of it, NaN left out.   tight : largest spread of a group, as a share of the
    distance of the groups.
    Two centres by medians; the smaller group must stand behind a valley (an exact binomial bound against one mode, as in
    `mixture`), both must be tight, and their distance must be a known conversion.
    """
    known = np.isfinite(residual)
    e = residual[known]
    split = _two_centres(e, tight) if e.size >= _LEAST_ROWS else None
    if split is None:
        return None
    upper, low, high = split
    distance, p = high - low, _valley(e, upper, low, high)
    met = _met(distance, _error(e[~upper]) + _error(e[upper]))
    if p > alpha or met is None:
        return None
    minority_up = bool(upper.sum() * 2 <= e.size)
    members = np.zeros(residual.size, dtype=np.bool_)
    members[known] = upper if minority_up else ~upper
    unit, error, closeness = met
    return Conversion(
        unit=unit,
        factor=unit.factor if minority_up else 1 / unit.factor,
        members=members,
        p=p,
        error=error,
        coincidence=_coincidence(unit, closeness),
        spread=max(_spread(e[upper]), _spread(e[~upper])) / distance,
    )


def _two_centres(e: Array, tight: float) -> tuple[Bools, float, float] | None:
    """(rows of the upper group, centre of the lower, of the upper), None where no two tight groups are found.

    Started from several pairs of quantiles, so that a small group at either end is met.
    """
    ordered = np.sort(e)
    for quantiles in ((0.02, 0.98), (0.05, 0.6), (0.4, 0.95), (0.25, 0.75), (0.005, 0.995)):
        low, high = (_at(ordered, share) for share in quantiles)
        place = int(np.searchsorted(ordered, (low + high) / 2, "right"))
        for _ in range(12):
            if min(place, e.size - place) < _LEAST_GROUP:
                break
            low, high = _at(ordered[:place], 0.5), _at(ordered[place:], 0.5)
            fresh = int(np.searchsorted(ordered, (low + high) / 2, "right"))
            if fresh == place:
                break
            place = fresh
        wide = max(_width(part) for part in (ordered[:place], ordered[place:])) if min(place, e.size - place) >= _LEAST_GROUP else np.inf
        if wide < tight * (high - low):
            return e >= ordered[place], low, high
    return None


def _at(ordered: Array, share: float) -> float:
    """A quantile of sorted values, between two of them by their distance."""
    place = share * (ordered.size - 1)
    below = int(place)
    above = min(below + 1, ordered.size - 1)
    return float(ordered[below] + (place - below) * (ordered[above] - ordered[below]))


def _width(ordered: Array) -> float:
    """Half the width of the middle 68 % of sorted values."""
    return (_at(ordered, 0.84) - _at(ordered, 0.16)) / 2


def _spread(e: Array) -> float:
    """Half the width of the middle 68 %."""
    low, high = np.quantile(e, [0.16, 0.84])
    return float(high - low) / 2


def _error(e: Array) -> float:
    """Standard error of a median."""
    return 1.25 * _spread(e) / math.sqrt(e.size)


def _valley(e: Array, upper: Bools, low: float, high: float) -> float:
    """Chance that the smaller group holds as many rows as it does beside so few before it, under one falling tail.

    A row that is in one of two stretches of a falling tail is in the farther one with no more than that one's share of their length. Asked of
    a middle band as wide as the group's, and of all that lies between the two groups: the wider the gap, the fewer rows it takes.
    """
    few_above = upper.sum() * 2 <= e.size
    main, few, distance = (e[~upper] - low, e[upper] - low, high - low) if few_above else (high - e[upper], high - e[~upper], high - low)
    depth = np.concatenate([main, few])
    band = _BAND * distance
    reach, start = min(band, 2 * _spread(few)), 3 * _spread(main)
    chances = [_farther(depth, few, distance, band, (distance / 2 - band, distance / 2 + band))]
    if start < distance - reach:
        chances.append(_farther(depth, few, distance, reach, (start, distance - reach)))
    return min(1.0, 2 * _LOOKS * min(chances))


def _farther(depth: Array, few: Array, centre: float, reach: float, between: tuple[float, float]) -> float:
    """Binomial chance of so many of `few` within `reach` of their centre against all rows `between`."""
    hill = int((np.abs(few - centre) <= reach).sum())
    nearer = int(((depth >= between[0]) & (depth <= between[1])).sum())
    length = 2 * reach + between[1] - between[0]
    return float(binomial_tail(hill, hill + nearer, 2 * reach / length)) if length > 0 else 1.0


def _met(distance: float, error: float) -> tuple[UnitPair, float, float] | None:
    """The likeliest conversion that is met, its error and how closely; rare units must be met twice as closely.

    A power of ten before other common conversions, these before rare ones: where two are met, the commoner mix-up is meant.
    """
    met = [unit for unit in FACTORS if abs(distance - unit.shift) <= min((_TOLERANCE + 2 * error) * (1.0 if unit.common else 0.5), 0.12)]
    best = min(met, key=lambda unit: (not unit.decimal, not unit.common, abs(unit.shift - distance)), default=None)
    return (best, distance - best.shift, abs(distance - best.shift) + error) if best is not None else None


def _coincidence(unit: UnitPair, closeness: float) -> float:
    if unit.decimal:  # asked before all others, so that only powers of ten could have been met; twice, for the two questions
        return min(1.0, 2 * 2 * closeness)
    near = [1.0 if other.common else 0.5 for other in FACTORS if abs(other.shift - unit.shift) <= 0.5]
    return min(1.0, 2 * closeness * sum(near))
