"""Two units in one column: a second mode that is a copy of the first, moved by a known conversion."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from rung.stats.arrays import NAN, Array, Bools, as_floats, same_length, spread_ties
from rung.stats.divergence import ks_critical
from rung.stats.units import AFFINE, FACTORS, UnitPair
from rung.stats.valleys import deepest_valley

_LEAST_ROWS, _LEAST_DISTINCT = 40, 8  # of the column; and of each group, or levels such as 1, 10, 100 would be copies
# The rows in the other unit are seldom a random sample (another site, other people): their centre may differ by 5 %,
# and their distribution by a twentieth more than chance. By hand; `coincidence` tells what that tolerance costs.
_TOLERANCE, _SLACK = 0.05, 0.05
_FAR, _SEPARATION = math.log(10), 1.5  # honest groups farther apart than tenfold are ever rarer (by hand)
_NEARBY = 0.5  # log units around a shift in which other conversions could have been met instead
_WEATHER = (-60.0, 60.0)  # Celsius of air, water and bodies: outside, Fahrenheit is not read into a column


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitMixture:
    """Rows that hold the same quantity in another unit: value = factor * (value in the main unit) + offset."""

    name: str  # see `units`; empty when nothing was found
    factor: float
    offset: float
    share: float  # of the finite rows, 0..0.5
    members: Bools  # shape (n,), rows in the other unit
    p: float  # that there is one group of values after all (one mode), corrected for the search
    shift_error: float  # distance of the group's centre from where the conversion puts it, in log units or spans
    coincidence: float  # chance that two honest groups lie as near to any known conversion, 0..1
    distance: float  # KS distance of the two groups once converted


@dataclass(frozen=True, slots=True, kw_only=True)
class _Match:
    """How well a conversion turns one group into the other."""

    unit: UnitPair
    error: float
    allowed: float
    closeness: float  # distance of the centres and its error together
    distance: float


def _nothing(n: int) -> UnitMixture:
    """The answer when one unit explains the column."""
    return UnitMixture(
        name="",
        factor=NAN,
        offset=NAN,
        share=0.0,
        members=np.zeros(n, dtype=np.bool_),
        p=1.0,
        shift_error=NAN,
        coincidence=NAN,
        distance=NAN,
    )


def _centre(ordered: Array) -> tuple[float, float]:
    """Mean of the middle four fifths, and its standard error (Tukey & McLaughlin 1963)."""
    cut = ordered.size // 10
    middle = ordered[cut : ordered.size - cut]
    spread = np.clip(ordered, middle[0], middle[-1]).std(ddof=1)
    return float(middle.mean()), float(spread) / (0.8 * math.sqrt(ordered.size))


def _ks(a: Array, b: Array) -> float:
    """KS distance of two sorted samples."""
    both = np.concatenate([a, b])
    return float(np.abs(np.searchsorted(a, both, "right") / a.size - np.searchsorted(b, both, "right") / b.size).max())


def _match(unit: UnitPair, low: Array, high: Array, convert: Callable[[Array], Array], span: float) -> _Match | None:
    """Compare the upper group with the converted lower one; None when they differ.

    span : unit in which the centres' distance is judged (1 on the logarithmic scale).
    """
    moved = np.sort(convert(low))
    (here, error_here), (there, error_there) = _centre(high), _centre(moved)
    error, chance = (here - there) / span, math.hypot(error_here, error_there) / span
    allowed = _TOLERANCE * (1.0 if unit.common else 0.5) + 3 * chance
    # Centres may differ within the tolerance; shapes are compared once that is taken out.
    distance = _ks(moved + (here - there), high)
    if abs(error) > allowed or distance > ks_critical(low.size, high.size, 0.001) + _SLACK:
        return None
    return _Match(unit=unit, error=error, allowed=allowed, closeness=abs(error) + chance, distance=distance)


def _log_coincidence(met: UnitPair, closeness: float) -> float:
    """Chance that two honest groups of one shape, about as far apart as the conversion that is met, lie so close to any factor of the list.

    The share of the surroundings that lies so close to a factor; rare units count a third, as they are allowed less. Powers of ten are asked
    before all others, so that only they could have been met; twice, for the two questions. Beyond tenfold the rarity of such honest groups
    counts as well.
    """
    near = [1.0 if unit.common else 0.3 for unit in FACTORS if abs(unit.shift - met.shift) <= _NEARBY]
    covered = min(1.0, 2 * closeness * (2.0 if met.decimal else sum(near)) / (2 * _NEARBY))
    return covered * math.exp(-max(0.0, met.shift - _FAR) / _SEPARATION)


def _affine_coincidence(unit: UnitPair, low: Array, high: Array, closeness: float) -> float:
    """Chance that two honest groups lie as close to the conversion in place and, where it stretches, in width.

    Places are judged relative to the distance of the groups, widths on the logarithmic scale within a factor two
    either way; equal widths are common and count for nothing.
    """
    place = min(1.0, 2 * closeness)
    if unit.factor == 1:
        return place
    ratio = math.log(float(high.std() / low.std()) / unit.factor)
    error = abs(ratio) + math.sqrt(0.5 / low.size + 0.5 / high.size)
    return place * min(1.0, error / math.log(2))


def _by_factor(low: Array, high: Array) -> Iterator[_Match]:
    """Factors that fit two groups on the logarithmic scale."""
    for unit in FACTORS:
        match = _match(unit, low, high, lambda z, s=unit.shift: z + s, 1.0)
        if match is not None:
            yield match


def _closest(matches: list[_Match]) -> _Match | None:
    """The match that uses least of what it was allowed; powers of ten first, then common units among near equals."""
    return min(matches, key=lambda m: (not m.unit.decimal, abs(m.error) / m.allowed + (0.0 if m.unit.common else 0.3)), default=None)


def _groups(values: Array, known: Bools) -> tuple[Array, Array, float, float] | None:
    """Lower and upper group of a scale, sorted: (low, high, cut, p), or None without a valley or with few values."""
    raw = np.sort(values[known])
    if raw.size < _LEAST_ROWS or raw[0] == raw[-1]:
        return None
    ordered = spread_ties(raw)
    split = deepest_valley(ordered)
    if split is None:
        return None
    place = int(np.searchsorted(ordered, split.at))
    low, high = ordered[:place], ordered[place:]
    if min(np.unique(raw[:place]).size, np.unique(raw[place:]).size) < _LEAST_DISTINCT:
        return None
    return low, high, split.at, split.p


def _answer(scale: Array, known: Bools, cut: float, p: float, match: _Match, coincidence: float) -> UnitMixture:
    """Name the smaller side as the rows in the other unit."""
    upper = known & (scale > cut)
    share = float(upper.sum() / known.sum())
    unit = match.unit
    minority_up = share <= 0.5
    return UnitMixture(
        name=unit.name,
        factor=unit.factor if minority_up else 1 / unit.factor,
        offset=unit.offset if minority_up else -unit.offset / unit.factor,
        share=min(share, 1 - share),
        members=upper if minority_up else known & ~upper,
        p=p,
        shift_error=match.error,
        coincidence=coincidence,
        distance=match.distance,
    )


def _factor_mixture(x: Array, expected: Array | None, alpha: float) -> UnitMixture:
    """A multiple of the main unit, on the logarithmic scale (of the ratio to the expected value, if given)."""
    known = np.isfinite(x) & (x > 0)
    base = np.ones_like(x)
    if expected is not None:
        known &= np.isfinite(expected) & (expected > 0)
        base = expected
    scale = np.full(x.size, NAN)
    scale[known] = np.log(x[known]) - np.log(base[known])
    groups = _groups(scale, known)
    if groups is None or groups[3] > alpha:
        return _nothing(x.size)
    low, high, cut, p = groups
    match = _closest(list(_by_factor(low, high)))
    if match is None:
        return _nothing(x.size)
    coincidence = _log_coincidence(match.unit, match.closeness)
    return _answer(scale, known, cut, p, match, coincidence)


def _conversion(unit: UnitPair, low: Array, relative: bool) -> Callable[[Array], Array]:
    """What turns the lower group into the upper; relative to an expectation, one step up and as much wider."""
    if not relative:
        return lambda z: unit.factor * z + unit.offset
    middle = _centre(low)[0]
    return lambda z: unit.factor * (z - middle) + middle + 1.0


def _affine_mixture(x: Array, expected: Array | None, alpha: float) -> UnitMixture:
    """A temperature in another unit, on the plain scale (of the way from one unit to the other, if one is expected)."""
    for unit in AFFINE:
        known = np.isfinite(x)
        scale = x
        if expected is not None:
            known &= np.isfinite(expected)
            way = (unit.factor - 1) * expected + unit.offset
            known &= np.abs(way) > 1e-9
            scale = np.where(known, (x - expected) / np.where(known, way, 1.0), NAN)
        groups = _groups(scale, known)
        if groups is None or groups[3] > alpha:
            continue
        low, high, cut, p = groups
        match = _match(unit, low, high, _conversion(unit, low, expected is not None), _centre(high)[0] - _centre(low)[0])
        if match is not None:
            coincidence = _affine_coincidence(unit, low, high, match.closeness)
            return _answer(scale, known, cut, p, match, coincidence)
    return _nothing(x.size)


def unit_mixture(x: ArrayLike, expected: ArrayLike | None = None, *, alpha: float = 1e-4, max_coincidence: float = 0.25) -> UnitMixture:
    """Rows of a column that hold the same quantity in another unit.

    x : shape (n,), non-finite left out; factors are looked for among positive values, temperatures among all.
    expected : shape (n,), a prediction of x from the other columns (out of fold), in the unit of most rows. With it
    only what the other columns do not explain can form two groups, which is far stronger evidence.
    Three things must hold: two groups with a valley between them (`p`), the centre of one where a known conversion
    puts the other, and the same shape after conversion. Two honest groups can satisfy all three by chance; how
    likely that is, is `coincidence`; above `max_coincidence` nothing is reported. Groups that overlap without a valley
    are not told apart.
    Source: excess mass against unimodality, Hartigan & Hartigan (1985), as an exact binomial bound; false alarms
    and power by simulation in tests/stats/test_mixture.py.
    """
    values = as_floats(x)
    other = None if expected is None else as_floats(expected)
    if other is not None:
        same_length(values, other)
    found = _factor_mixture(values, other, alpha), _affine_mixture(values, other, alpha)
    found = [f for f in found if f.name and f.coincidence <= max_coincidence and _is_plausible(values, f)]
    return min(found, key=lambda f: f.coincidence, default=_nothing(values.size))


def _is_plausible(values: Array, found: UnitMixture) -> bool:
    """Whether a Fahrenheit reading lies where temperatures do: weights in kg and lb look like C and F otherwise."""
    if found.factor == 1 or found.offset == 0:
        return True
    known = np.isfinite(values)
    celsius = known & (found.members if found.offset < 0 else ~found.members)
    low, high = np.quantile(values[celsius], [0.05, 0.95])
    return bool(_WEATHER[0] <= low and high <= _WEATHER[1])
