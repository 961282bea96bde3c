"""How the rows of X and of y lie to each other at every fit and score, and where tables were joined by labels that are not the rows'."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from rung.core.marks import fact
from rung.facts.run_history import RunHistory
from rung.inputs.trace import Event
from rung.inputs.trace_parts import Item, Rows

KINDS = ("fit", "fit-transform", "search", "score", "cross-validation", "resample")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Parted:
    """X and y of one call whose rows are not the same.

    event : the call.   n : rows.   wrong : share of places at which they differ.   first : first such place.   act : where their orders parted.
    """

    event: Event
    n: int
    wrong: float
    first: int
    act: Event | None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class JoinedByLabel:
    """A table written into, or set beside, another by index labels that are not those of its rows.

    event : the assignment or concatenation.   act : where the labels were lost.   wrong : share of places at which the rows differ.
    """

    event: Event
    act: Event | None
    wrong: float
    column: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RunPairs:
    """Both kinds."""

    history: RunHistory
    parted: tuple[Parted, ...]
    by_label: tuple[JoinedByLabel, ...]


@fact(cost="instant")
def run_pairs(history: RunHistory) -> RunPairs:
    """Compare the row numbers of X and y wherever a model reads them."""
    events = [each for each in history.trace.events if not each.depth and not each.raised]
    parted = [found for each in events if each.kind in KINDS for found in _parted(history, each)]
    joined = [found for each in events if each.kind in ("assign", "concat", "derive") for found in _by_label(history, each)]
    return RunPairs(history=history, parted=tuple(parted), by_label=tuple(joined))


def _parted(history: RunHistory, event: Event) -> Iterator[Parted]:
    X, y = event.read("X"), event.read("y")
    left, right = history.rows(X), history.rows(y)
    if left is None or right is None or len(left) != len(right) or len(left) < 10:
        return
    differ = left != right
    # One step aside throughout is a forecast: the target of a row is that of a later one, on purpose.
    if not differ.any() or len(np.unique(right - left)) == 1 or not np.isin(right, left).mean() > 0.5:
        return
    yield Parted(event=event, n=len(left), wrong=float(differ.mean()), first=int(np.argmax(differ)), act=_where_parted(history, X, y))


def _where_parted(history: RunHistory, X: int | None, y: int | None) -> Event | None:
    """The first step on one side only that moved or left out rows."""
    sides = [{each.event for each in history.behind(item)} for item in (X, y)]
    events = [history.trace.events[each] for each in sorted(sides[0] ^ sides[1])]
    moved = [each for each in events if moves_rows(history, each)]
    return moved[0] if moved else None


def moves_rows(history: RunHistory, event: Event) -> bool:
    """Whether what it made is not row for row what it read."""
    if event.kind not in ("select", "sample", "merge", "concat", "split", "derive"):
        return False
    made = history.rows(next((use.item for use in event.writes), None))
    before = history.rows(next((use.item for use in event.reads), None))
    return made is not None and before is not None and not np.array_equal(made, before)


def _by_label(history: RunHistory, event: Event) -> Iterator[JoinedByLabel]:
    items = [history.trace.items[use.item] for use in event.reads]
    tables = [each for each in items if each.kind in ("frame", "series") and history.rows(each.id) is not None]
    if len(tables) < 2 or (event.kind == "concat" and event.settings.get("axis") not in (1, "columns")):
        return
    first = tables[0]
    for other in tables[1:]:
        wrong = _wrong(history, first, other)
        if wrong:
            yield JoinedByLabel(
                event=event, act=_unlabelled(history, first, other), wrong=wrong, column=other.name or next(iter(event.columns), "")
            )


def _wrong(history: RunHistory, first: Item, other: Item) -> float:
    """Share of places at which labels 0..n-1 of one table meet rows of the other that are not the same."""
    left, right = history.rows(first.id), history.rows(other.id)
    if left is None or right is None or first.index_labels == other.index_labels or not len(right):
        return 0.0
    if not np.isin(right, left).mean() > 0.5 or (
        np.array_equal(left, right[: len(left)]) and not first.index_labels and not other.index_labels
    ):
        return 0.0
    plain, labelled = (first, other) if other.index_labels else (other, first)
    return 0.0 if _labelled_by(history, plain, labelled) else _misplaced(left, right)


def _labelled_by(history: RunHistory, plain: Item, labelled: Item) -> bool:
    """Whether rows were taken from the table after its labels had become 0..n-1: their labels are its places."""
    rows = history.rows(plain.id)
    if rows is None:
        return False
    met = [history.trace.items[use.item] for each in history.events_behind(labelled.id) for use in (*each.reads, *each.writes)]
    same = [
        each
        for each in met
        if each.kind in ("frame", "series")
        and not each.index_labels
        and (known := history.rows(each.id)) is not None
        and np.array_equal(known, rows)
    ]
    return bool(same)


def _misplaced(left: Rows, right: Rows) -> float:
    n = min(len(left), len(right))
    labelled_alike = np.array_equal(left[:n], right[:n]) and np.array_equal(left[:n], np.arange(left[0], left[0] + n))
    return 0.0 if labelled_alike else 1.0


def _unlabelled(history: RunHistory, first: Item, other: Item) -> Event | None:
    """The step that gave one of the tables labels 0..n-1."""
    plain = other if not other.index_labels else first
    behind = history.events_behind(plain.id)
    for event in reversed(behind):
        made = next((history.trace.items[use.item] for use in event.writes), None)
        read = next((history.trace.items[use.item] for use in event.reads), None)
        if made is not None and read is not None and not made.index_labels and (read.index_labels or read.kind == "array"):
            return event
    return behind[-1] if behind else None
