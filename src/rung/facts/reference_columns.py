"""The reference, column by column, as a sketch without rows: worked out from the training table, or read from a snapshot."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from rung.core.errors import Unavailable
from rung.core.marks import fact
from rung.facts.column_shift import effective_share, names_rows
from rung.facts.matrix import numbers_of
from rung.facts.sample import draw, take
from rung.facts.schema import Column, Schema
from rung.facts.unseen import once_each
from rung.inputs.case import Train
from rung.inputs.model import Floats
from rung.inputs.settings import Settings
from rung.inputs.snapshot import ColumnSketch, Reach, Reference, Variation
from rung.inputs.table import Table
from rung.stats.natural import Excess, forward_excess
from rung.stats.reach import limits
from rung.stats.sketch import coarse_cuts, cut_points, dealt, hashes, packed, rounded

MAX_ROWS = 100_000
MAX_LEVELS = 40  # kept by name; the rest share one cell
MAX_KNOWN = 4_000  # kept as hashes
SETTLED = 3.0  # standard errors of a count by which a level must be commoner than those that are not kept by name
FEWEST_PARTS = 10  # that the others are dealt into


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferenceColumns:
    """Every column of the reference.

    rows : of the reference.   time, groups, target : column names.   features : what the model takes, in order; empty where it does not say.
    share : rows that count as independent over all rows.   lasting : whether it comes from a snapshot.
    typed : whether it came from where types are kept: a file of texts does not tell a number from a text of digits.
    """

    columns: tuple[ColumnSketch, ...]
    rows: int
    source: str
    target: str | None
    time: str | None
    groups: str | None
    features: tuple[str, ...]
    share: float
    lasting: bool
    typed: bool = True

    def of(self, name: str | None) -> ColumnSketch | None:
        """One column, None where the reference has none of that name."""
        return next((each for each in self.columns if each.name == name), None)


@fact(cost="pass")
def reference_columns(reference: Reference | None, train: Train | None, schema: Schema | None, settings: Settings) -> ReferenceColumns:
    """The snapshot's columns, else a sketch of at most 100,000 training rows."""
    if reference is not None:
        kept = reference.snapshot
        return ReferenceColumns(
            columns=kept.columns, rows=kept.rows, source=reference.source, target=kept.target, time=kept.time, groups=kept.groups,
            features=kept.features, share=kept.share, lasting=True, typed=_keeps_types(kept.source),
        )  # fmt: skip
    if train is None or schema is None:
        raise Unavailable("needs a reference (a training table or a snapshot)")
    table = take(train.table, draw(train.table, MAX_ROWS, settings.seed))
    order = time_order(table, schema.time, schema)
    share = effective_share(table, schema)
    rng = settings.rng("reference windows")
    columns = tuple(_of_column(each, table, order, rng) for each in schema.columns)
    columns = tuple(_by_entity(each, table, schema.groups) for each in columns)
    return ReferenceColumns(
        columns=columns, rows=train.table.n_rows, source=train.table.source, target=schema.target, time=schema.time, groups=schema.groups,
        features=tuple(each.name for each in schema.features), share=share, lasting=False, typed=_keeps_types(train.table.source),
    )  # fmt: skip


def _keeps_types(source: str) -> bool:
    return not source.lower().removesuffix(".gz").endswith((".csv", ".tsv", ".txt"))


def time_order(table: Table, name: str | None, schema: Schema) -> NDArray[np.int64] | None:
    """Rows by time, None without a time column of two moments or more."""
    if name is None or name not in table.columns:
        return None
    column = schema.column(name)
    when = numbers_of(table.column(name), "datetime" if column.kind == "datetime" else "numeric", column.date_format)
    known = np.isfinite(when)
    if known.sum() < 2 or len(np.unique(when[known])) < 2:
        return None
    rows = np.flatnonzero(known)
    return rows[np.argsort(when[rows], kind="stable")]


def _of_column(column: Column, table: Table, order: NDArray[np.int64] | None, rng: np.random.Generator) -> ColumnSketch:
    series = table.column(column.name)
    # What moves with time stays: windows of the reference tell how far.
    clock = names_rows(column, table)
    ordered = order if not clock and column.role == "feature" else None
    base = ColumnSketch(
        name=column.name, kind=column.kind, dtype=str(series.dtype), role=column.role, clock=clock, integer=column.integer,
        date_format=column.date_format, n=series.len(), missing=0,
    )  # fmt: skip
    if column.kind in ("numeric", "datetime"):
        return sketch_numbers(base, numbers_of(series, column.kind, column.date_format), ordered, rng)
    if column.kind == "text":
        return replace(base, missing=series.null_count(), n_levels=int(series.n_unique()))
    return sketch_levels(base, series, ordered, rng)


def sketch_numbers(base: ColumnSketch, values: Floats, order: NDArray[np.int64] | None, rng: np.random.Generator) -> ColumnSketch:
    """Cut points, middle, spread, reach, and, where rows are in order of time, the variation between windows."""
    edges, below, upto = cut_points(values)
    known = values[np.isfinite(values)]
    low, high = limits(known) if base.kind == "numeric" else ((), ())
    with np.errstate(over="ignore", invalid="ignore"):
        spread = float(known.std()) if known.size else math.nan
    codes = np.where(np.isfinite(values), np.minimum(np.searchsorted(edges, values, "left"), max(edges.size - 1, 0)), -1)
    return replace(
        base, n=values.size, missing=int(values.size - known.size), edges=tuple(edges.tolist()), below=_short(below), upto=_short(upto),
        middle=rounded(float(np.median(known))) if known.size else None, spread=rounded(spread) if math.isfinite(spread) else None,
        reach=Reach(low=_short(low), high=_short(high)),
        variation=_variation(codes, edges.size, coarse_of(upto), order, rng),
    )  # fmt: skip


def coarse_of(upto: Floats) -> NDArray[np.int64]:
    """For each cut point, the coarse bin that it ends or lies in."""
    return np.searchsorted(coarse_cuts(upto), np.arange(upto.size), "left")


def sketch_levels(base: ColumnSketch, series: pl.Series, order: NDArray[np.int64] | None, rng: np.random.Generator) -> ColumnSketch:
    """The commonest levels by name, all others by hash."""
    texts = series.cast(pl.String)
    table = texts.drop_nulls().value_counts(name="n").rename({series.name: "level"}).sort(["n", "level"], descending=[True, False])
    names, counts = table["level"].to_list(), table["n"].to_numpy()
    shown = min(MAX_LEVELS, len(names))
    settled = shown if shown == len(names) else _settled(counts, shown)
    parts = max(FEWEST_PARTS, MAX_LEVELS - settled)
    places = np.concatenate([np.arange(settled), settled + dealt(names[settled:], parts)])
    cells = settled + parts if shown < len(names) else shown
    codes = texts.replace_strict(dict(zip(names, places.tolist(), strict=True)), default=-1, return_dtype=pl.Int64)
    codes = codes.to_numpy().copy()
    codes[texts.is_null().to_numpy()] = -1
    return replace(
        base, n=series.len(), missing=series.null_count(), levels=tuple(names[:shown]), counts=tuple(int(each) for each in counts[:shown]),
        n_levels=len(names), once=int((counts == 1).sum()), twice=int((counts == 2).sum()),
        known=packed(hashes(names)) if shown < len(names) <= MAX_KNOWN else "", settled=settled,
        rest=tuple(np.bincount(places[settled:] - settled, counts[settled:], parts).astype(int).tolist()) if shown < len(names) else (),
        variation=_variation(codes, cells, np.arange(cells), order, rng),
    )  # fmt: skip


def _by_entity(sketch: ColumnSketch, table: Table, groups: str | None) -> ColumnSketch:
    """Levels seen once and twice, counted over entities where rows repeat them."""
    if groups is None or not sketch.levels:
        return sketch
    counts = once_each(table, sketch.name, groups).value_counts(name="n")["n"]
    return replace(sketch, seen=int(counts.sum()), once=int((counts == 1).sum()), twice=int((counts == 2).sum()))


def _settled(counts: NDArray[np.int64], shown: int) -> int:
    """How many of the levels kept by name are common beyond doubt: the commonest of many alike were so by chance, and fall back in any other rows."""
    cut = counts[shown]
    return int((counts[:shown] > cut + SETTLED * math.sqrt(cut)).sum())


def _variation(
    codes: NDArray[np.int64], n_codes: int, coarse: NDArray[np.int64], order: NDArray[np.int64] | None, rng: np.random.Generator
) -> tuple[Variation, ...]:
    if order is None:
        return ()
    values = forward_excess(codes[order], n_codes, coarse, rng) if n_codes > 1 else []
    absent = (codes[order] < 0).astype(np.int64)
    gone = forward_excess(absent, 2, np.arange(2), rng) if 0 < absent.sum() < absent.size else []
    absent_at = {each.rows: (each.step, each.most_step) for each in gone}
    last = next(iter(absent_at.values()), (0.0, 0.0))
    return tuple(_kept(each, absent_at.get(each.rows, last)) for each in values or gone)


def _kept(each: Excess, absent: tuple[float, float]) -> Variation:
    most = (rounded(each.most_step, 3), rounded(each.most_mass, 3), rounded(absent[1], 3))
    return Variation(
        rows=each.rows, windows=each.windows, step=rounded(each.step, 3), mass=rounded(each.mass, 3), gone=rounded(absent[0], 3), most=most
    )


def _short(values: Floats | tuple[float, ...]) -> tuple[float, ...]:
    """Plain numbers of six digits."""
    return tuple(rounded(float(each)) for each in values if math.isfinite(each))
