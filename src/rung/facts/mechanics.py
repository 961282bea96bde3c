"""Mechanical changes of a column between two tables: what undoes them restores the training distribution."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from rung.core.marks import fact
from rung.facts.column_shift import CurrentShifts, Shift, Shifts, TestShifts, ks_distance, ks_p
from rung.facts.matrix import as_kind, numbers_of
from rung.facts.recoding import Change, recoded
from rung.facts.sample import draw
from rung.facts.stand_in import Margins
from rung.inputs.case import Current, Test, Train
from rung.inputs.model import Floats
from rung.inputs.settings import Settings
from rung.inputs.table import Table
from rung.stats.multiplicity import holm
from rung.stats.units import AFFINE, FACTORS

MAX_ROWS = 20_000
# Repairs are looked for only where the column moved this far: it keeps the search short and away from chance. Checks set their own limits on top.
WORTH = 0.1
SURE = 1e-3  # all columns together
MAX_SWAPS = 40
EXACT = 2e-6  # six decimals in a file keep a mean of nought and a deviation of one within this


@dataclass(frozen=True, slots=True, kw_only=True)
class TestChanges:
    """Mechanical changes from training to test."""

    __test__ = False
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CurrentChanges:
    """Mechanical changes from training to production rows."""

    changes: tuple[Change, ...]


@fact(cost="pass")
def test_changes(train: Train, test: Test, shifts: TestShifts, settings: Settings) -> TestChanges:
    """Search the columns of the test set."""
    return TestChanges(changes=tuple(_changes(train.table, test.table, shifts.shifts, settings)))


@fact(cost="pass")
def current_changes(margins: Margins, current: Current, shifts: CurrentShifts, settings: Settings) -> CurrentChanges:
    """Search the columns of the production frame; each column is looked at by itself, so that a snapshot's margins will do."""
    return CurrentChanges(changes=tuple(_changes(margins.table, current.table, shifts.shifts, settings)))


def _changes(train: Table, other: Table, shifts: Shifts, settings: Settings) -> Iterator[Change]:
    a, b = (table.take(draw(table, MAX_ROWS, settings.seed)) for table in (train, other))
    # Of many columns of few rows some move as far as a unit would by chance.
    judged = [replace(each, p=float(p)) for each, p in zip(shifts.columns, holm([each.p for each in shifts.columns]), strict=True)]
    moved = [each for each in judged if each.distance > WORTH and each.p < SURE]
    swaps = _swaps(a, b, [each for each in moved if each.kind == "numeric"][:MAX_SWAPS])
    for shift in judged:
        if shift.name not in a.columns:
            continue
        x, y = a.column(shift.name), as_kind(b.column(shift.name), shift.kind)
        if shift.kind == "numeric" and y.dtype.is_numeric():
            found = (
                _refitted(shift, train, other)
                or swaps.get(shift.name)
                or _numeric(shift, numbers_of(x, "numeric"), numbers_of(y, "numeric"))
            )
        else:
            found = recoded(shift, x, y)
        if found is not None:
            yield replace(found, n=shift.n, m=shift.m)


def _refitted(shift: Shift, train: Table, other: Table) -> Change | None:
    """Mean 0 and deviation 1 exactly, or 0 and 1 as the extremes where training goes far beyond: a scaler was fitted on these very rows."""
    values = numbers_of(other.column(shift.name), "numeric")
    known = values[np.isfinite(values)]
    if known.size < 20:
        return None
    standard = abs(known.mean()) < EXACT and min(abs(known.std() - 1), abs(known.std(ddof=1) - 1)) < EXACT
    ranged = known.min() == 0 and abs(known.max() - 1) < 1e-9 and np.unique(known).size > 5 and _goes_beyond(train, shift.name)
    if not (standard or ranged):
        return None
    what = "standardised by its own rows (mean 0 and deviation 1 exactly)" if standard else "scaled to 0..1 by its own rows"
    return Change(name=shift.name, kind="refitted", what=what, undo="", before=max(shift.distance, EXACT), after=0.0, p_after=1.0, n=0, m=0)


def _goes_beyond(train: Table, name: str) -> bool:
    values = numbers_of(train.column(name), "numeric")
    known = values[np.isfinite(values)]
    return bool(known.size and (known.min() < -0.5 or known.max() > 1.5))


def _numeric(shift: Shift, x: Floats, y: Floats) -> Change | None:
    missing = (np.isnan(x), np.isnan(y))
    a, b = np.sort(x[~missing[0]]), np.sort(y[~missing[1]])
    if min(a.size, b.size) < 20:
        return None
    filled = _filled(shift, a, b)
    if filled is not None and filled.after < filled.before / 2:  # a unit too brings values that were not there
        return filled
    rounded = _rounded(shift, a, b)
    if rounded is not None:
        return rounded
    if shift.distance <= WORTH or shift.p >= SURE:
        return None
    found = [_measured(shift, a, *candidate) for candidate in _candidates(shift.name, a, b)]
    # Several inverses may fit within what chance leaves; the commoner one comes first.
    slack = 0.7 * math.sqrt(1 / a.size + 1 / b.size)
    best = min((each.after for each in found), default=1.0)
    return next((each for each in found if each.after <= best + slack), None)


def _measured(shift: Shift, a: Floats, kind: str, what: str, undo: str, repaired: Floats) -> Change:
    after = ks_distance(a, np.sort(repaired))
    p = ks_p(after, a.size, repaired.size)
    return Change(name=shift.name, kind=kind, what=what, undo=undo, before=shift.distance, after=after, p_after=p, n=0, m=0)


def _candidates(name: str, a: Floats, b: Floats) -> Iterator[tuple[str, str, str, Floats]]:
    """Every inverse that could have made the other rows: (kind, what, undo, values as they would have been)."""
    column, mean, sd = f"rows[{name!r}]", float(a.mean()), float(a.std())
    yield from _units(column, a, b)
    if sd > 0 and abs(b.mean()) < 1.0 and 0.2 < b.std() < 5 and (abs(mean) > 1.0 or not 0.2 < sd < 5):
        yield "scaled", "standardised (mean 0, deviation 1)", f"{column} = {column} * {sd:.6g} + {mean:.6g}", b * sd + mean
    low, high = float(a.min()), float(a.max())
    if high > low and b.min() >= -0.5 and b.max() <= 1.5 and (low < -0.5 or high > 1.5):
        yield "scaled", "scaled to 0..1", f"{column} = {column} * {high - low:.6g} + {low:.6g}", b * (high - low) + low
    if sd > 0 and abs(mean) < 0.5 and 0.5 < sd < 2 and b.std() > 0 and not (abs(b.mean()) < 0.5 and 0.5 < b.std() < 2):
        yield (
            "scaled",
            "left unscaled, where training is standardised",
            f"{column} = ({column} - {b.mean():.6g}) / {b.std():.6g}",
            (b - b.mean()) / b.std(),
        )
    if b.max() < 700:
        yield "logged", "the logarithm of what training holds", f"{column} = np.exp({column})", np.exp(b)
        yield "logged", "log(1 + x) of what training holds", f"{column} = np.expm1({column})", np.expm1(b)
    if b.min() > 0:
        yield "logged", "not log-transformed, where training is", f"{column} = np.log({column})", np.log(b)
    if b.min() > -1:
        yield "logged", "not log(1 + x)-transformed, where training is", f"{column} = np.log1p({column})", np.log1p(b)
    yield "negated", "of opposite sign", f"{column} = -{column}", -b


def _units(column: str, a: Floats, b: Floats) -> Iterator[tuple[str, str, str, Floats]]:
    """The known pairs of units whose factor is near the ratio of the medians of the magnitudes."""
    size = [float(np.median(np.abs(each[each != 0]))) if (each != 0).any() else 0.0 for each in (a, b)]
    if min(size) > 0:
        ratio = math.log(size[1] / size[0])
        near = [(sign, pair) for pair in FACTORS for sign in (1, -1) if abs(ratio - sign * pair.shift) < max(0.35, 0.15 * pair.shift)]
        for sign, pair in sorted(near, key=lambda each: not each[1].common):
            factor = pair.factor**sign
            text = f"{factor:.6g} times the training values ({pair.name})"
            yield "unit", text, f"{column} = {column} / {factor:.6g}", b / factor
    for pair in AFFINE:
        yield (
            "unit",
            f"in the other unit of {pair.name}",
            f"{column} = ({column} - {pair.offset:g}) / {pair.factor:g}",
            (b - pair.offset) / pair.factor,
        )
        yield (
            "unit",
            f"in the other unit of {pair.name}",
            f"{column} = {column} * {pair.factor:g} + {pair.offset:g}",
            b * pair.factor + pair.offset,
        )


def _filled(shift: Shift, a: Floats, b: Floats) -> Change | None:
    """Missing values of training appear as one constant: its share in excess of training makes up for what is no longer missing."""
    values, counts = np.unique(b, return_counts=True)
    held = (np.searchsorted(a, values, "right") - np.searchsorted(a, values, "left")) / a.size
    shares = counts / b.size
    excess = shares - held
    top = int(np.argmax(excess))
    gone = shift.missing_train - shift.missing_other
    error = 4 * math.sqrt(0.25 / b.size + held[top] * (1 - held[top]) / a.size)
    refill = shift.missing_train < 0.005 and held.size and _was_filled(a, b)
    if gone > 0.02 and shift.missing_p < 1e-4 and excess[top] > 0.5 * gone / max(1 - shift.missing_other, 0.01):
        rest = (
            b[b != values[top]] if held[top] == 0 else np.sort(np.delete(b, np.flatnonzero(b == values[top])[: int(excess[top] * b.size)]))
        )
        after = ks_distance(a, rest) if rest.size >= 20 else 1.0
        what = f"{values[top]:.6g} where training has a missing value"
        undo = f"rows[{shift.name!r}] = rows[{shift.name!r}].replace({values[top]:.6g}, np.nan)"
        p = ks_p(after, a.size, rest.size)
        return Change(
            name=shift.name, kind="filled", what=what, undo=undo, before=max(gone, shift.distance), after=after, p_after=p, n=0, m=0
        )
    if refill and excess[top] > max(0.03, error):
        old = refill[0]
        what = f"filled with {values[top]:.6g}, where training was filled with {old:.6g}"
        repaired = np.sort(np.where(b == values[top], old, b))
        undo = f"rows[{shift.name!r}] = rows[{shift.name!r}].replace({values[top]:.6g}, {old:.6g})"
        return _measured(shift, a, "filled", what, undo, repaired)
    return None


def _was_filled(a: Floats, b: Floats) -> tuple[float] | None:
    """The constant that training holds far more often than the other rows do, as one fill value replaced by another leaves it."""
    values, counts = np.unique(a, return_counts=True)
    held = (np.searchsorted(b, values, "right") - np.searchsorted(b, values, "left")) / b.size
    gaps = counts / a.size - held
    top = int(np.argmax(gaps))
    error = 4 * math.sqrt(0.25 / b.size)
    return (float(values[top]),) if gaps[top] > max(0.03, error) and counts[top] / a.size > 5 * held[top] else None


def _rounded(shift: Shift, a: Floats, b: Floats) -> Change | None:
    """Every value of the other rows is a multiple of a unit that most training values are not."""
    for decimals in (-2, -1, 0, 1, 2, 3):
        unit = 10.0**-decimals
        fine = float((np.abs(a / unit - np.round(a / unit)) > 1e-6).mean())
        if np.unique(b).size < 3 or not (np.abs(b / unit - np.round(b / unit)) <= 1e-6).all():
            continue
        # Half of the training values or more are finer: n of them all falling on the coarse grid has probability (1 - fine) ** n.
        if fine < 0.3 or b.size * math.log(max(1 - fine, 1e-12)) > -20:
            return None
        after = ks_distance(np.sort(np.round(a / unit) * unit), np.round(b / unit) * unit)
        what = f"rounded to {unit:g}" if after < 0.1 else ""  # otherwise it moved as well: another unit makes round numbers too
        p = ks_p(after, a.size, b.size)
        change = Change(name=shift.name, kind="rounded", what=what, undo="", before=shift.distance, after=after, p_after=p, n=0, m=0)
        return change if what else None
    return None


def _swaps(a: Table, b: Table, moved: list[Shift]) -> dict[str, Change]:
    """Pairs of columns that hold each other's values."""
    sides = [{each.name: _sorted(table, each.name) for each in moved} for table in (a, b)]
    found: dict[str, Change] = {}
    for place, first in enumerate(moved):
        for second in moved[place + 1 :]:
            x, y = first.name, second.name
            crossed = [
                ks_distance(sides[0][p], sides[1][q]) if min(sides[0][p].size, sides[1][q].size) >= 20 else 1.0 for p, q in ((x, y), (y, x))
            ]
            if max(crossed) < 0.5 * min(first.distance, second.distance) and max(crossed) < 0.15:
                p = min(ks_p(each, sides[0][x].size, sides[1][y].size) for each in crossed)
                for one, two, shift in ((x, y, first), (y, x, second)):
                    undo = f"rows[[{x!r}, {y!r}]] = rows[[{y!r}, {x!r}]].to_numpy()"
                    found[one] = Change(
                        name=one, kind="swapped", what=f"the values of '{two}'", undo=undo, before=shift.distance, after=max(crossed),
                        p_after=p, n=0, m=0, other=two,
                    )  # fmt: skip
    return found


def _sorted(table: Table, name: str) -> Floats:
    values = numbers_of(table.column(name), "numeric")
    return np.sort(values[np.isfinite(values)])
