"""The object that a call works on: its rows before, and what of them the result still holds, by its labels."""

from __future__ import annotations

from typing import Any

import numpy as np

from rung.inputs.trace_parts import Rows
from rung.record.script import values
from rung.record.script.recorder import Draft, Recorder

Given = Any  # the positional arguments, a tuple
Named = dict[str, Any]


def rows_after(before: Any, rows: Rows | None, result: Any) -> Rows | None:
    """Rows of a result by its labels. before : index of the parent, whose rows are known."""
    after = getattr(result, "index", None)
    if rows is None or after is None or callable(after) or not hasattr(after, "get_indexer"):
        return None
    if after is before or after.is_(before):
        return rows
    if len(after) == len(before) == len(rows) and after.equals(before):
        return rows
    if not before.is_unique or len(after) == 0:
        return rows[:0] if len(after) == 0 else None
    places = before.get_indexer(after)
    return np.where(places >= 0, rows[places], -1) if (places >= 0).any() else None


def joined_after(before: Any, joined: tuple[Rows, ...], result: Any) -> tuple[Rows, ...]:
    """The same for the rows that merges brought in."""
    found = [rows_after(before, each, result) for each in joined]
    return tuple(each for each in found if each is not None)


class Parent:
    """The object a method is called on, as it was before the call."""

    def __init__(self, recorder: Recorder, draft: Draft, value: Any, role: str = "self") -> None:
        self.recorder, self.draft = recorder, draft
        if (
            role == "self"
            and draft.call.startswith("pandas.")
            and draft.call.count(".") > 1
            and type(value).__name__ in ("DataFrame", "Series")
        ):
            draft.call = f"pandas.{type(value).__name__}.{draft.call.split('.', 2)[2]}"
        self.number = recorder.read(draft, role, value)
        self.index = getattr(value, "index", None)
        self.n = values.n_rows(value)
        self.columns = values.columns_of(value)
        item = recorder.objects.items[self.number] if self.number is not None else None
        self.rows, self.joined = (item.rows, item.joined) if item is not None else (None, ())

    def made(self, result: Any, role: str = "result", *, same_order: bool = False) -> int | None:
        """Note a result; its rows by its labels, or the parent's own where the call keeps the order whatever the labels."""
        if same_order and values.n_rows(result) == self.n:
            return self.recorder.write(self.draft, role, result, self.rows, joined=self.joined)
        rows = rows_after(self.index, self.rows, result)
        joined = joined_after(self.index, self.joined, result)
        why = "" if rows is not None or self.rows is None else f"{self.draft.call} gave other labels"
        return self.recorder.write(self.draft, role, result, rows, joined=joined, why=why)


def bound(names: tuple[str, ...], args: Given, kwargs: Named) -> Named:
    """Arguments after self by name."""
    return dict(zip(names, args[1:], strict=False)) | kwargs


def note(draft: Draft, given: Named, *names: str) -> None:
    """Keep these arguments in the event's settings."""
    draft.settings |= {name: values.plain(given[name]) for name in names if name in given}


def names_in(value: Any) -> tuple[str, ...]:
    """Column names in an argument that may be one name or many."""
    if isinstance(value, str):
        return (value,)
    if isinstance(value, list | tuple) and all(isinstance(each, str) for each in value):
        return tuple(value)
    return tuple(str(each) for each in value) if values.kind_of(value) == "index" else ()
