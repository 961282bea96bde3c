"""What became of the reference's columns in production: gone, new, renamed, of another type, in another order."""

from __future__ import annotations

import difflib
import math
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import polars as pl

from rung.core.marks import fact
from rung.facts.current_drift import drift_of
from rung.facts.reference_columns import ReferenceColumns
from rung.facts.sample import draw, take
from rung.facts.schema import look
from rung.inputs.case import Current
from rung.inputs.contract import Contract
from rung.inputs.model import Model
from rung.inputs.settings import Settings
from rung.inputs.snapshot import ColumnSketch
from rung.inputs.table import Table
from rung.stats.divergence import ks_critical

ChangeKind = Literal["dropped", "added", "renamed", "retyped", "emptied", "reordered"]
MAX_ROWS = 20_000
MAX_PAIRS = 2_000
# A new column is a lost one under another name when its values are those (distance up to CLOSE, and closer than to any other column by MARGIN), or when the
# name is nearly the same and the values are not far off. Chosen by hand, see fault bench.
CLOSE, MARGIN, NEAR, ALIKE = 0.1, 0.1, 0.4, 0.6


@dataclass(frozen=True, slots=True, kw_only=True)
class TableChange:
    """One change.

    name : the column, under the reference's name (of an added one, its own).   other : its new name.   what : in words.
    likeness : of a renamed one, 1 minus the distance of its values; sure : whether no other column fits as well.
    bad, examples : of a retyped one, values that cannot be read as before.   needed : whether the model takes the column.
    as_read : of a retyped one, whether it may lie in how a file without types was read.
    """

    kind: ChangeKind
    name: str
    other: str = ""
    what: str = ""
    likeness: float = math.nan
    sure: bool = True
    bad: int = 0
    examples: tuple[str, ...] = ()
    needed: bool = False
    as_read: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TableChanges:
    """All of them.   by_name : whether the model asks for its columns by name; None without a model."""

    changes: tuple[TableChange, ...]
    by_name: bool | None
    n_columns: int

    def of(self, kind: ChangeKind) -> tuple[TableChange, ...]:
        """Those of one kind."""
        return tuple(each for each in self.changes if each.kind == kind)


@fact(cost="pass")
def table_changes(
    reference: ReferenceColumns, current: Current, model: Model | None, contract: Contract, settings: Settings
) -> TableChanges:
    """Compare names, types and order; look for lost columns among the new ones by their values."""
    table = take(current.table, draw(current.table, MAX_ROWS, settings.seed))
    outside = {reference.target, contract.label_time, contract.prediction}
    expected = [each for each in reference.columns if each.name not in outside and each.role != "prediction"]
    lost = [each for each in expected if each.name not in table.columns]
    known = {each.name for each in reference.columns}
    new = [name for name in table.columns if name not in known and name not in outside]
    needed = set(model.features) if model is not None and model.features else set()
    renamed = _renamed(lost, new, table)
    paired = {each.name for each in renamed}, {each.other for each in renamed}
    changes = [*renamed]
    changes += [TableChange(kind="dropped", name=each.name, what=each.kind) for each in lost if each.name not in paired[0]]
    changes += [TableChange(kind="added", name=name, what=str(table.column(name).dtype)) for name in new if name not in paired[1]]
    changes += [
        change
        for each in expected
        if each.name in table.columns
        for change in _retyped(each, table.column(each.name), typed=reference.typed)
    ]
    changes += _reordered([each.name for each in expected], table)
    return TableChanges(
        changes=tuple(replace(each, needed=each.name in needed) for each in changes),
        by_name=bool(model.features) if model is not None else None, n_columns=len(expected),
    )  # fmt: skip


def _renamed(lost: list[ColumnSketch], new: list[str], table: Table) -> list[TableChange]:
    """The surest pairs first, each column once."""
    if not lost or not new or len(lost) * len(new) > MAX_PAIRS or table.n_rows < 1:
        return []
    distance = np.array([[_distance(each, table.column(name)) for name in new] for each in lost])
    name = np.array([[_name_likeness(each.name, other) for other in new] for each in lost])
    # Equal distributions of so few rows lie farther apart than CLOSE once in a thousand.
    chance = ks_critical(max(1, lost[0].n), max(1, table.n_rows), 0.001)
    found = []
    order = np.dstack(np.unravel_index(np.argsort(distance - name, axis=None, kind="stable"), distance.shape))[0]
    free = set(range(len(lost))), set(range(len(new)))
    for row, column in order.tolist():
        if row not in free[0] or column not in free[1]:
            continue
        rivals = [distance[row, each] for each in free[1] if each != column] + [distance[each, column] for each in free[0] if each != row]
        own, alike = float(distance[row, column]), float(name[row, column])
        alone = min(rivals, default=1.0) - own > MARGIN
        by_value = own <= max(CLOSE, chance) and (alone or alike >= NEAR)
        by_name = alike >= ALIKE and own <= NEAR
        same_name = alike > 0.999 and own < 1
        if by_value or by_name or same_name:
            free[0].discard(row)
            free[1].discard(column)
            found.append(TableChange(
                kind="renamed", name=lost[row].name, other=new[column], likeness=1 - own, sure=(by_value and (alone or alike >= ALIKE)) or same_name,
                what=f"values {1 - own:.0%} alike, name {alike:.0%}",
            ))  # fmt: skip
    return found


def _distance(sketch: ColumnSketch, series: pl.Series) -> float:
    """Of the values, 0..1; 1 where the kinds differ."""
    kind = look(series).kind
    if kind != sketch.kind or kind == "empty":
        return 1.0
    if kind in ("text", "datetime"):
        return 0.2 if kind == "datetime" else 0.3  # only the name can tell then
    drift = drift_of(sketch, series, 1.0, in_time=False)
    same_grain = not sketch.integer or look(series).integer
    return min(1.0, max(drift.size, drift.gap) + (0.0 if same_grain else 0.3))


def _name_likeness(a: str, b: str) -> float:
    one, two = ("".join(letter for letter in each.lower() if letter.isalnum()) for each in (a, b))
    if not one or not two:
        return 0.0
    return difflib.SequenceMatcher(None, one, two).ratio() if one != two else 1.0


def _retyped(sketch: ColumnSketch, series: pl.Series, *, typed: bool) -> list[TableChange]:
    if not series.len() or sketch.kind in ("empty", "text"):
        return []
    if series.null_count() == series.len():
        return (
            [TableChange(kind="emptied", name=sketch.name, what=sketch.kind)] if sketch.missing_share < 0.9 and series.len() >= 10 else []
        )
    now = look(series)
    if (
        sketch.kind == "datetime"
        and now.kind == "datetime"
        and sketch.date_format != now.date_format
        and sketch.date_format
        and now.date_format
    ):
        return [TableChange(kind="retyped", name=sketch.name, what=f"dates written as {now.date_format}, before as {sketch.date_format}")]
    pair = {sketch.kind, now.kind}
    if (
        sketch.kind == now.kind
        or (pair <= {"boolean", "numeric", "category"} and _same_values(sketch, series))
        or pair == {"category", "text"}
    ):
        return []
    bad, examples = _unreadable(sketch, series)
    what = f"{_spoken(now.kind)} ({now.dtype}), before {_spoken(sketch.kind)} ({sketch.dtype})"
    as_read = not typed and pair <= {"numeric", "category", "text"} and not bad
    return [TableChange(kind="retyped", name=sketch.name, what=what, bad=bad, examples=examples, as_read=as_read)]


def _spoken(kind: str) -> str:
    return {"numeric": "numbers", "category": "texts", "text": "texts", "boolean": "true/false", "datetime": "dates", "empty": "nothing"}[
        kind
    ]


def _same_values(sketch: ColumnSketch, series: pl.Series) -> bool:
    """Whether a change between true/false, 0/1 and their texts leaves the values what they were: only the looks differ."""
    if series.dtype == pl.Boolean or series.dtype.is_numeric():
        return sketch.kind in ("boolean", "numeric")
    return False


def _unreadable(sketch: ColumnSketch, series: pl.Series) -> tuple[int, tuple[str, ...]]:
    """Values that do not read as numbers where there were numbers."""
    if sketch.kind != "numeric" or series.dtype.is_numeric():
        return 0, ()
    texts = series.cast(pl.String).drop_nulls()
    bad = texts.filter(texts.str.strip_chars().cast(pl.Float64, strict=False).is_null())
    return bad.len(), tuple(bad.unique().sort().head(5).to_list())


def _reordered(expected: list[str], table: Table) -> list[TableChange]:
    shared = [name for name in expected if name in table.columns]
    now = [name for name in table.columns if name in set(shared)]
    if shared == now:
        return []
    first = next(place for place, (a, b) in enumerate(zip(shared, now, strict=True)) if a != b)
    moved = sum(a != b for a, b in zip(shared, now, strict=True))
    return [TableChange(kind="reordered", name=shared[first], other=now[first], what=f"{moved} of {len(shared)} columns stand elsewhere")]
