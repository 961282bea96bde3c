"""How far each production column lies from the reference, beside what chance, and what time by itself, would put between them."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import polars as pl

from rung.core.errors import Unavailable
from rung.core.marks import fact
from rung.facts.column_shift import CurrentShifts, Shift, Shifts, counts_p, ks_p
from rung.facts.how_split import WHEN, Split, says_when
from rung.facts.matrix import as_kind, numbers_of
from rung.facts.reference_columns import ReferenceColumns
from rung.facts.sample import draw, take
from rung.inputs.case import Current
from rung.inputs.model import Floats
from rung.inputs.settings import Settings
from rung.inputs.snapshot import ColumnSketch
from rung.inputs.table import Table
from rung.stats.divergence import psi, psi_p
from rung.stats.multiplicity import holm
from rung.stats.natural import MEAN_SQUARE, excess_at, most_at, natural_p
from rung.stats.sketch import bin_shares, coarse_cuts, dealt, hashes, mass_distance, shares_at, step_distance, unpacked

MAX_ROWS = 100_000
MIN_ROWS = 20
RARER = "(rarer ones"  # label of what has no cell of its own


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """One column: its shift, and what judges it.

    step, mass : Kolmogorov-Smirnov distance (0 for categories) and total variation beyond chance, 0..1.   p : of the values, both distances
    together, against sampling and, where it applies, against the reference's own windows.   p_sampling : against sampling alone.
    natural : typical distance of windows of this size inside the reference, NaN where it is not known.
    psi : population stability index over ten bins, psi_p its p-value under no change.   ks_p : uncorrected p-value of the familiar test.
    """

    shift: Shift
    step: float
    mass: float
    p: float
    p_sampling: float
    natural: float
    psi: float
    psi_p: float
    ks_p: float

    @property
    def name(self) -> str:
        """The column."""
        return self.shift.name

    @property
    def size(self) -> float:
        """The larger of the two distances, 0..1."""
        return max(self.step, self.mass)

    @property
    def gap(self) -> float:
        """Difference of the missing shares, 0..1."""
        return abs(self.shift.missing_train - self.shift.missing_other)


@dataclass(frozen=True, slots=True, kw_only=True)
class CurrentDrifts:
    """Every column that can be compared.

    split : how production rows lie to the reference.   n, m : rows.   left_out : columns that move with time.   windows : of the reference
    that tell its natural variation, 0 where none do.
    """

    columns: tuple[Drift, ...]
    split: Split
    n: int
    m: int
    left_out: tuple[str, ...]
    windows: int

    def of(self, name: str) -> Drift | None:
        """One column, None where it was not compared."""
        return next((each for each in self.columns if each.name == name), None)


@fact(cost="pass")
def current_drifts(reference: ReferenceColumns, current: Current, settings: Settings) -> CurrentDrifts:
    """Compare at most 100,000 production rows with the sketch. Unavailable below 20 rows in either."""
    if min(reference.rows, current.table.n_rows) < MIN_ROWS:
        raise Unavailable(f"needs {MIN_ROWS} rows in the reference and in production")
    table = take(current.table, draw(current.table, MAX_ROWS, settings.seed))
    split = split_of(reference, table)
    comparable = [
        each for each in reference.columns if each.role == "feature" and each.name in table.columns and each.kind not in ("empty", "text")
    ]
    timed = {each.name for each in comparable if each.clock or (split == "forward" and _says_when(each))}
    share = share_of(reference, table)
    in_time = split == "forward" or (reference.time is not None and reference.time not in table.columns)
    kept = [each for each in comparable if each.name not in timed]
    columns = tuple(drift_of(each, table.column(each.name), share, in_time=in_time) for each in kept)
    windows = max((part.windows for each in kept for part in each.variation), default=0) if in_time else 0
    return CurrentDrifts(
        columns=columns, split=split, n=reference.rows, m=current.table.n_rows, left_out=tuple(sorted(timed)), windows=windows
    )


@fact(cost="instant")
def current_shifts(drifts: CurrentDrifts) -> CurrentShifts:
    """The same, as plain shifts."""
    shifts = tuple(each.shift for each in drifts.columns)
    return CurrentShifts(shifts=Shifts(columns=shifts, split=drifts.split, n=drifts.n, m=drifts.m, left_out=drifts.left_out))


def split_of(reference: ReferenceColumns, table: Table) -> Split:
    """Forward where production lies after the reference, grouped where it holds none of its entities, random otherwise."""
    clock = reference.of(reference.time)
    known = clock is not None and clock.name in table.columns
    for each in (clock,) if known and clock is not None else reference.columns:
        clocked = each.role == "time" or each.kind == "datetime" or (each.kind == "numeric" and WHEN.search(each.name))
        if clocked and each.name in table.columns and _is_later(each, table):
            return "forward"
    group = reference.of(reference.groups)
    if group is not None and group.name in table.columns and _all_new(group, table.column(group.name)):
        return "grouped"
    return "random"


def _is_later(sketch: ColumnSketch, table: Table) -> bool:
    series = table.column(sketch.name)
    if series.dtype.is_numeric() != (sketch.kind == "numeric"):
        return False  # dates on one side, numbers on the other
    when = numbers_of(series, "numeric" if series.dtype.is_numeric() else "datetime", sketch.date_format)
    when = when[np.isfinite(when)]
    edges, upto = np.array(sketch.edges), np.array(sketch.upto)
    if not when.size or not edges.size:
        return False
    middle, late = (float(edges[min(int(np.searchsorted(upto, share)), edges.size - 1)]) for share in (0.5, 0.99))
    first = float(np.quantile(when, 0.01))
    return late <= first and middle < first


def _all_new(group: ColumnSketch, series: pl.Series) -> bool:
    texts = series.cast(pl.String).drop_nulls().unique().to_list()
    if not texts or not (group.known or len(group.levels) == group.n_levels):
        return False
    known = unpacked(group.known) if group.known else hashes(list(group.levels))
    return not np.isin(hashes(texts), known).any()


def _says_when(sketch: ColumnSketch) -> bool:
    return (
        says_when(sketch.name, sketch.edges[0], sketch.edges[-1])
        if sketch.kind == "numeric" and sketch.edges
        else bool(WHEN.search(sketch.name))
    )


def share_of(reference: ReferenceColumns, table: Table) -> float:
    """Production rows that count as independent, as a share."""
    if reference.groups is None or reference.groups not in table.columns:
        return reference.share
    return min(reference.share, table.column(reference.groups).n_unique() / max(table.n_rows, 1))


def drift_of(sketch: ColumnSketch, series: pl.Series, share: float, *, in_time: bool) -> Drift:
    """One column against its sketch."""
    series = as_kind(series, sketch.kind)
    n, m, null = sketch.n, series.len(), series.null_count()
    numeric = sketch.kind == "numeric" and (series.dtype.is_numeric() or series.dtype == pl.Boolean)
    values = numbers_of(series, "numeric") if numeric else None
    null = int(np.isnan(values).sum()) if values is not None else null
    gone = np.array([sketch.missing, n - sketch.missing], dtype=float), np.array([null, m - null], dtype=float)
    base = {
        "name": sketch.name, "kind": sketch.kind, "n": n, "m": m, "missing_train": sketch.missing_share, "missing_other": null / max(m, 1),
        "missing_p": _missing_p(sketch, gone, share, in_time=in_time),
    }  # fmt: skip
    if min(n - sketch.missing, m - null) < 10:
        return _still(base)
    if values is not None and sketch.edges:
        return _numbers(sketch, values, base, share, in_time=in_time)
    return _levels(sketch, series, base, share, in_time=in_time) if sketch.levels else _still(base)


def _missing_p(sketch: ColumnSketch, counts: tuple[Floats, Floats], share: float, *, in_time: bool) -> float:
    """Of the missing shares, against sampling and, where it applies, against the reference's own windows."""
    p = counts_p(*counts, share)
    if not in_time or not sketch.variation:
        return p
    (a, n), (b, m) = ((float(each[0]), float(each.sum())) for each in counts)
    pooled = (a + b) / (n + m)
    wander, windows = excess_at([(each.rows, each.windows, each.gone) for each in sketch.variation], m)
    return max(p, natural_p(abs(a / n - b / m), pooled * (1 - pooled) * (1 / n + 1 / m) / share, wander, windows, _most(sketch, 2, m)))


def _still(base: dict[str, object]) -> Drift:
    shift = Shift(distance=0.0, p=1.0, **base)  # pyright: ignore[reportArgumentType]
    return Drift(shift=shift, step=0.0, mass=0.0, p=1.0, p_sampling=1.0, natural=math.nan, psi=math.nan, psi_p=1.0, ks_p=1.0)


def _numbers(sketch: ColumnSketch, values: Floats, base: dict[str, object], share: float, *, in_time: bool) -> Drift:
    known = values[np.isfinite(values)]
    edges, below, upto = np.array(sketch.edges), np.array(sketch.below), np.array(sketch.upto)
    other = shares_at(known, edges)
    n, m = (sketch.n - sketch.missing) * share, known.size * share
    step = step_distance(below, upto, *other)
    places = coarse_cuts(upto)
    p, q = bin_shares(upto, places), bin_shares(other[1], places)
    ends = (min(float(edges[0]), float(known.min())), max(float(edges[-1]), float(known.max())))
    cuts = np.unique([ends[0], *edges[places], ends[1]])
    cuts = cuts if cuts.size == p.size + 1 else np.arange(p.size + 1.0)
    shift = Shift(
        distance=step, p=ks_p(step, n, m), edges=tuple(cuts.tolist()), train_shares=tuple(p.tolist()), other_shares=tuple(q.tolist()),
        median_train=float(sketch.middle or 0.0), median_other=float(np.median(known)), **base,  # pyright: ignore[reportArgumentType]
    )  # fmt: skip
    return _judged(sketch, shift, step, p, q, (n, m), in_time=in_time)


def _levels(sketch: ColumnSketch, series: pl.Series, base: dict[str, object], share: float, *, in_time: bool) -> Drift:
    table = series.cast(pl.String).drop_nulls().value_counts(name="n").rename({series.name: "level"})
    counts = dict(zip(table["level"].to_list(), table["n"].to_list(), strict=True))
    total = sum(counts.values())
    known = sketch.n - sketch.missing
    levels, others, rest = _cells(sketch, counts, known)
    named = np.array([counts.get(level, 0) for level in levels], dtype=float)
    p = np.append(sketch.counts[: len(levels)], others) / known
    q = np.append(named, rest) / total
    n, m = known * share, total * share
    shown = slice(0, 12)
    labels = (*levels, *(f"{RARER}, part {part + 1})" for part in range(len(others)))) if len(others) > 1 else (*levels, "(all others)")
    order = np.argsort(-np.abs(p - q), kind="stable")[shown]
    shift = Shift(
        distance=max(0.0, _excess(p, q, n, m)), p=counts_p(p * n, q * m, 1.0), labels=tuple(labels[each] for each in order),
        train_shares=tuple(p[order].tolist()), other_shares=tuple(q[order].tolist()), **base,  # pyright: ignore[reportArgumentType]
    )  # fmt: skip
    return _judged(sketch, shift, 0.0, p, q, (n, m), in_time=in_time)


def _cells(sketch: ColumnSketch, counts: dict[str, int], known: int) -> tuple[tuple[str, ...], Floats, Floats]:
    """Levels with a cell of their own, and the rows of all others in the reference and now."""
    if not sketch.rest:
        named = sum(counts.get(level, 0) for level in sketch.levels)
        gone = np.array([max(0.0, known - sum(sketch.counts))])
        return sketch.levels, gone, np.array([float(sum(counts.values()) - named)])
    levels = sketch.levels[: sketch.settled]
    own = set(levels)
    others = {level: n for level, n in counts.items() if level not in own}
    places = dealt(list(others), len(sketch.rest))
    rows = np.fromiter(others.values(), dtype=float, count=len(others))
    return levels, np.array(sketch.rest, dtype=float), np.bincount(places, rows, len(sketch.rest)).astype(float)


def _excess(p: Floats, q: Floats, n: float, m: float) -> float:
    raw, chance = mass_distance(p, q, n, m)
    return raw - chance


def _judged(sketch: ColumnSketch, shift: Shift, step: float, p: Floats, q: Floats, rows: tuple[float, float], *, in_time: bool) -> Drift:
    n, m = rows
    raw, chance = mass_distance(p, q, n, m)
    sampling = (shift.p if step else 1.0, counts_p(p * n, q * m, 1.0))
    natural, typical = (0.0, 0.0), math.nan
    if in_time and sketch.variation:
        wander = [excess_at([(each.rows, each.windows, square) for each, square in pair], m) for pair in _squares(sketch)]
        law = (MEAN_SQUARE * (1 / n + 1 / m), chance**2)
        natural = tuple(
            natural_p(d, s, e, k, _most(sketch, which, m))
            for which, (d, s, (e, k)) in enumerate(zip((step, raw), law, wander, strict=True))
        )
        place = 0 if step >= raw - chance else 1
        typical = math.sqrt(law[place] + wander[place][0])
    tried = 2 if step else 1
    both = [max(a, b) for a, b in zip(sampling, natural, strict=True)]
    return Drift(
        shift=shift, step=step, mass=max(0.0, raw - chance), p=min(1.0, tried * min(both)), p_sampling=min(1.0, tried * min(sampling)),
        natural=typical, psi=psi(p * n, q * m), psi_p=psi_p(psi(p * n, q * m), n, m, p.size), ks_p=shift.p,
    )  # fmt: skip


def _squares(sketch: ColumnSketch) -> tuple[list, list]:
    return [(each, each.step) for each in sketch.variation], [(each, each.mass) for each in sketch.variation]


def _most(sketch: ColumnSketch, which: int, size: float) -> float:
    """Largest distance of one window of the reference: of values (0, 1) or of missing shares (2)."""
    return most_at([(each.rows, each.most[which]) for each in sketch.variation], size)


def over_all_columns(drifts: CurrentDrifts) -> dict[str, tuple[float, float]]:
    """Of each column, the p-values of its values and of its missing share, corrected for all columns (Holm)."""
    p = holm(np.array([p for each in drifts.columns for p in (each.p, each.shift.missing_p)]))
    return {each.name: (float(p[2 * place]), float(p[2 * place + 1])) for place, each in enumerate(drifts.columns)}
