"""Categories that later tables hold and training never saw, beside what chance alone would bring."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from rung.core.errors import Unavailable
from rung.core.marks import fact
from rung.facts.schema import Column, Schema
from rung.facts.time_gap import times_of
from rung.inputs.case import Current, Test, Train
from rung.inputs.model import Model, Step
from rung.inputs.snapshot import ColumnSketch, Reference
from rung.inputs.table import Table
from rung.stats.sketch import hashes, unpacked

SURE = 4.0  # standard errors beyond the Good-Turing estimate; by hand, see fault bench: 4 leaves room for rows that come in batches
LUCK = 1e-3
MANY_LEVELS = 50
HABIT = 3.0  # times what is usual; past stretches are few and bursts have heavy tails: the next record is often somewhat higher (by hand)
WINDOWS = 40  # stretches of the training rows that show what is usual
FEW_ROWS = 10
OF_WEIGHT = 0.05  # share of the rows from which one new level among many known ones is news


@dataclass(frozen=True, slots=True, kw_only=True)
class UnseenColumn:
    """One column of one later table.

    n_unseen of n_known rows hold a level that training lacks; `levels` are the commonest of them with their `counts`.
    expected : rows that would do so by chance, by the Good-Turing estimate; `spread` its standard error, in rows.
    luck : chance that just these rows of both tables all fall into the later one, had the rows been dealt at random.
    usual : most rows with a level new by then in as many training rows on end, where they are ordered by time; 0 where they are not, or are too few.
    encoder, handling : the model's step that learned this column's levels, and its `handle_unknown`; '' where unknown.
    """

    column: str
    where: str
    n_known: int
    n_unseen: int
    levels: tuple[str, ...]
    counts: tuple[int, ...]
    n_levels: int
    rows: tuple[int, ...]
    expected: float
    spread: float
    n_train_levels: int
    luck: float = 0.0
    usual: int = 0
    encoder: str = ""
    handling: str = ""

    @property
    def share(self) -> float:
        """Rows with an unseen level over rows with a value, 0..1."""
        return self.n_unseen / self.n_known if self.n_known else 0.0

    @property
    def surplus(self) -> float:
        """Rows beyond what chance brings, in standard errors."""
        return (self.n_unseen - self.expected) / max(self.spread, 1e-12)

    @property
    def news(self) -> bool:
        """Whether so many rows have a new level neither by chance nor by habit: in time new levels come in bursts, which the estimate by rows does not know.

        Where no level was seen once the estimate is nought; a few rows of a rare level may still all have fallen into the later table.
        """
        return self.surplus > SURE and self.luck < LUCK and self.n_unseen > HABIT * self.usual

    @property
    def open_ended(self) -> bool:
        """Whether new levels keep coming by nature, as players or products do: many, or none of weight, among many known ones."""
        # By hand: a renamed code brings one level or replaces all.
        scattered = self.n_levels >= 10 or max(self.counts, default=0) < max(FEW_ROWS, OF_WEIGHT * self.n_known)
        return self.n_train_levels > MANY_LEVELS and scattered and self.share < 0.95


@dataclass(frozen=True, slots=True, kw_only=True)
class UnseenLevels:
    """All columns with at least one unseen level, the largest share first."""

    found: tuple[UnseenColumn, ...]
    n_columns: int


@fact(cost="pass")
def unseen_levels(
    train: Train | None, schema: Schema | None, reference: Reference | None, test: Test | None, current: Current | None, model: Model | None
) -> UnseenLevels:
    """Compare the levels of every text column. Unavailable without a later table or without a text column."""
    if reference is not None and current is not None:
        return _against_snapshot(reference, current.table, model.steps if model is not None else ())
    if train is None or schema is None:
        raise Unavailable("needs a training table")
    later = [(name, given.table) for name, given in (("test", test), ("current", current)) if given is not None]
    if not later:
        raise Unavailable("needs a test set")
    columns = [each for each in schema.features_of("category") if not train.table.column(each.name).dtype.is_numeric()]
    if not columns:
        raise Unavailable("no column of categories")
    steps = model.steps if model is not None else ()
    when = times_of(train.table, schema) if schema.time is not None else None
    order = np.argsort(when, kind="stable") if when is not None else None
    found = [
        _compare(each, train.table, name, table, steps, order, schema.groups)
        for name, table in later
        for each in columns
        if each.name in table.columns
    ]
    kept = sorted((each for each in found if each is not None), key=lambda each: -each.share)
    return UnseenLevels(found=tuple(kept), n_columns=len(columns))


def _compare(
    column: Column, train: Table, where: str, table: Table, steps: tuple[Step, ...], order: NDArray[np.int64] | None, groups: str | None
) -> UnseenColumn | None:
    known = train.column(column.name).cast(pl.String).drop_nulls()
    later = table.column(column.name).cast(pl.String)
    counts = later.drop_nulls().value_counts(name="n").filter(~pl.col(column.name).is_in(known.unique().implode()))
    if not counts.height or not known.len():
        return None
    counts = counts.sort(["n", column.name], descending=[True, False])
    learned = once_each(train, column.name, groups).value_counts(name="n")["n"]
    size = (int(learned.sum()), int((learned == 1).sum()), int((learned == 2).sum()), learned.len())
    found = _column(column.name, where, later, counts, size, known.len() / max(1, size[0]), steps)
    return found if order is None else replace(found, usual=_usual(train.column(column.name)[order], table.n_rows))


def once_each(table: Table, name: str, groups: str | None) -> pl.Series:
    """A column's known texts; where rows repeat entities, each text of an entity once, since a new entity brings its texts all together."""
    texts = table.column(name).cast(pl.String)
    if groups is None or groups not in table.columns or groups == name:
        return texts.drop_nulls()
    pairs = pl.DataFrame([texts.alias("text"), table.column(groups).cast(pl.String).alias("entity")]).drop_nulls("text")
    return pairs.unique(maintain_order=True).get_column("text")


def _usual(ordered: pl.Series, size: int) -> int:
    """Most rows with a level new by then in `size` rows on end of the later half."""
    half = ordered.len() // 2
    if size > half:
        return 0
    codes = ordered.cast(pl.String).rank("dense").fill_null(0).to_numpy().astype(np.int64)
    first = np.full(int(codes.max()) + 1, ordered.len())
    np.minimum.at(first, codes, np.arange(len(codes)))
    first[0] = -1  # missing is no level
    starts = np.unique(np.linspace(half, ordered.len() - size, WINDOWS).astype(np.int64))
    return max(int((first[codes[start : start + size]] >= start).sum()) for start in starts)


def _column(
    name: str, where: str, later: pl.Series, counts: pl.DataFrame, learned: tuple[int, int, int, int], together: float,
    steps: tuple[Step, ...],
) -> UnseenColumn:  # fmt: skip
    """learned : known rows of training, levels seen once and twice there, levels.   together : rows that an entity brings at a time."""
    size, once, twice, n_levels = learned
    n_later = later.len() - later.null_count()
    fresh = n_later / together
    encoder = next((step for step in steps if name in step.categories), None)
    return UnseenColumn(
        column=name,
        where=where,
        n_known=n_later,
        n_unseen=int(counts["n"].sum()),
        levels=tuple(counts[name].head(10).to_list()),
        counts=tuple(counts["n"].head(10).to_list()),
        n_levels=counts.height,
        rows=tuple(later.is_in(counts[name].implode()).fill_null(value=False).arg_true().head(50).to_list()),
        expected=n_later * once / size,
        # Variance of the Good-Turing share: Robbins (1968), Esty (1983); plus that of the count itself.
        spread=together * (fresh**2 * (once + 2 * twice + 1) / size**2 + fresh * (once + 1) / size) ** 0.5,
        n_train_levels=n_levels,
        luck=(fresh / (fresh + size)) ** (int(counts["n"].sum()) / together),
        encoder=encoder.path if encoder is not None else "",
        handling=str(encoder.settings.get("handle_unknown") or "") if encoder is not None else "",
    )


def _against_snapshot(reference: Reference, table: Table, steps: tuple[Step, ...]) -> UnseenLevels:
    """The same from a sketch: levels by name, or by hash where there are many."""
    columns = [
        each for each in reference.snapshot.columns if each.role == "feature" and each.kind == "category" and each.name in table.columns
    ]
    columns = [each for each in columns if each.known or len(each.levels) == each.n_levels]
    if not columns:
        raise Unavailable("no column of categories")
    found = [_sketched(each, table, steps) for each in columns]
    kept = sorted((each for each in found if each is not None), key=lambda each: -each.share)
    return UnseenLevels(found=tuple(kept), n_columns=len(columns))


def _sketched(sketch: ColumnSketch, table: Table, steps: tuple[Step, ...]) -> UnseenColumn | None:
    later = table.column(sketch.name).cast(pl.String)
    counts = later.drop_nulls().value_counts(name="n").sort(["n", sketch.name], descending=[True, False])
    texts = counts[sketch.name].to_list()
    known = unpacked(sketch.known) if sketch.known else None
    strange = [text not in sketch.levels if known is None else not np.isin(hashes([text]), known).any() for text in texts]
    counts = counts.filter(pl.Series(strange, dtype=pl.Boolean))
    known = sketch.n - sketch.missing
    if not counts.height or not known:
        return None
    size = sketch.seen or known
    return _column(sketch.name, "current", later, counts, (size, sketch.once, sketch.twice, sketch.n_levels), known / size, steps)
