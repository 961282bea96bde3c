"""Handlers for Python lists whose entries are rows: texts, records, labels. A list cannot be watched; it is known again by its contents."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import numpy as np

from rung.inputs.trace_parts import Rows
from rung.record.script import values
from rung.record.script.parents import Given, Named, Parent
from rung.record.script.recorder import MIN_ROWS, Draft, Recorder, Spec, Work

NAMED = (str, dict)  # entries that are rows on their own, not numbers that may count anything


def long_enough(value: object) -> bool:
    """Whether it is a list that may hold a table's rows."""
    return values.kind_of(value) == "list" and len(value) >= MIN_ROWS  # type: ignore[arg-type]


def told(recorder: Recorder, draft: Draft, value: Any) -> bool:
    """Whether a list's rows are known; texts and records begin a table of their own where nobody was seen to make them."""
    if not long_enough(value):
        return False
    if isinstance(value[0], NAMED):
        recorder.touch(draft, value)
    return recorder.objects.items[recorder.objects.of(value, draft.id)].rows is not None


def sliced(recorder: Recorder, draft: Draft, args: Given, kwargs: Named) -> Work:
    """`texts[:900]`."""
    value, key = args
    draft.keep = long_enough(value) and not _places(value)
    if not draft.keep:
        yield
        return
    recorder.touch(draft, value)
    parent = Parent(recorder, draft, value)
    result = yield
    rows = parent.rows[key] if parent.rows is not None else None
    draft.kind = "derive" if rows is not None and parent.rows is not None and len(rows) == len(parent.rows) else "select"
    recorder.write(draft, "result", result, rows)


def joined(recorder: Recorder, draft: Draft, args: Given, kwargs: Named) -> Work:
    """`first + second`."""
    sides = [Parent(recorder, draft, each, f"parts[{place}]") for place, each in enumerate(args) if told(recorder, draft, each)]
    result = yield
    draft.keep = len(sides) == len(args)
    if draft.keep:
        recorder.write(draft, "result", result, np.concatenate([each.rows for each in sides if each.rows is not None]))


def built(recorder: Recorder, draft: Draft, args: Given, kwargs: Named) -> Work:
    """A comprehension: one entry a row, the entries that passed a condition, or entries by their places."""
    how, over, taken = args
    source = taken() if taken is not None and _whole_numbers(over) else over
    if source is not over and not _has_rows(source):
        source = over
    recorder.touch(draft, source)
    parent = Parent(recorder, draft, source)
    result = yield
    rows = _rows_of(how, parent.rows, source, over, result) if parent.rows is not None else None
    draft.keep = rows is not None
    if rows is not None:
        draft.kind = "derive" if rows is parent.rows else "select"
        recorder.write(draft, "result", result, rows)


def _rows_of(how: str, rows: Rows, source: Any, over: Any, result: list[Any]) -> Rows | None:
    if source is not over:
        return rows[np.asarray(over)] if len(over) == len(result) else None
    if how == "map":
        return rows if len(result) == len(rows) else None
    places, start = [], 0
    for each in result:  # the condition dropped entries and kept the order
        start = next((place for place in range(start, len(source)) if source[place] is each), -1) + 1
        if not start:
            return None
        places.append(start - 1)
    return rows[np.array(places, dtype=np.int64)]


def _has_rows(value: Any) -> bool:
    return values.kind_of(value) in ("array", "series") or long_enough(value)


def _whole_numbers(value: Any) -> bool:
    if isinstance(value, np.ndarray):
        return value.ndim == 1 and value.dtype.kind in "iu"
    return isinstance(value, list | range) and all(type(each) is int for each in value)


def _places(value: list[Any]) -> bool:
    """Whether a list holds distinct whole numbers: places of rows, not rows."""
    return type(value[0]) is int and len(set(value)) == len(value) and _whole_numbers(value)


def drawn_by(owner: random.Random | np.random.Generator | np.random.RandomState, *, seeded: bool | None) -> Callable[..., Work]:
    """shuffle, sample and choices of a list; the order is found by letting a twin of the generator draw the same."""

    def drawn(recorder: Recorder, draft: Draft, args: Given, kwargs: Named) -> Work:
        value: Any = args[0] if args else kwargs.get("x", kwargs.get("population"))
        name = draft.call.rpartition(".")[2]
        draft.seeded = seeded
        if not long_enough(value) or _places(value):
            yield
            return
        recorder.touch(draft, value)
        parent, twin = Parent(recorder, draft, value), twin_of(owner)
        before, order = list(value), list(range(len(value)))
        if name == "shuffle":
            twin.shuffle(order)
        else:
            order = list(getattr(twin, name)(order, *args[1:], **{key: each for key, each in kwargs.items() if key != "population"}))
        result = yield
        after = value if result is None else result
        right = len(after) == len(order) and all(before[place] is each for place, each in zip(order, after, strict=True))
        rows = parent.rows[np.array(order, dtype=np.int64)] if right and parent.rows is not None else None
        recorder.write(draft, "self" if result is None else "result", after, rows)

    return drawn


def twin_of(owner: Any) -> Any:
    """A generator that will draw what this one will."""
    import copy

    if isinstance(owner, random.Random):
        twin = random.Random()  # noqa: S311 - it repeats the user's draws, it keeps no secret
        twin.setstate(owner.getstate())
        return twin
    return copy.deepcopy(owner)


SLICED = Spec("select", "list.__getitem__", sliced)
JOINED = Spec("concat", "list.__add__", joined)
BUILT = Spec("derive", "list comprehension", built)
