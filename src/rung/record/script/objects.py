"""Which rows an object of the user's holds: a side table by identity. Nothing of the user's is kept alive or marked."""

from __future__ import annotations

import weakref
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from rung.inputs.trace_parts import Followed, Item, Rows, Source, SourceKind
from rung.record.script import values

EAGER_BYTES = 8 << 20  # results up to this size are digested when they are made, so that copies are known again
FULL_EXCERPTS = 40
SMALL_EXCERPT = 2_000


@dataclass(slots=True)
class Known:
    """An object of the user's that is alive: how to see that it is still the same, and its newest item."""

    ref: weakref.ref[Any]
    item: int


@dataclass(slots=True)
class Objects:
    """All items and sources of a trace while it is recorded."""

    items: list[Item] = field(default_factory=list)
    sources: list[Source] = field(default_factory=list)
    next_row: int = 0
    _known: dict[int, Known] = field(default_factory=dict)
    _by_digest: dict[str, int] = field(default_factory=dict)
    _by_index: dict[int, tuple[object, list[Rows]]] = field(default_factory=dict)
    _excerpts: int = 0

    # -- making -----------------------------------------------------------------------------------------------------------

    def source(self, value: Any, name: str, kind: SourceKind, event: int, *, made_from: tuple[int, ...] = ()) -> int:
        """A new table whose rows nobody knew before. Returns its item."""
        return self.item(value, self.new_rows(values.n_rows(value), name, kind, event, made_from), event, followed="origin")

    def new_rows(self, n: int, name: str, kind: SourceKind, event: int, made_from: tuple[int, ...] = ()) -> Rows:
        """Numbers for n rows of a new source."""
        first = self.next_row
        self.sources.append(Source(id=len(self.sources), name=name, kind=kind, first=first, n_rows=n, event=event, made_from=made_from))
        self.next_row += n
        return np.arange(first, first + n, dtype=np.int64)

    def item(
        self,
        value: Any,
        rows: Rows | None,
        event: int,
        *,
        followed: Followed = "followed",
        joined: tuple[Rows, ...] = (),
        why: str = "",
    ) -> int:
        """A new version of an object. Row numbers that do not fit its length are dropped, with a reason."""
        shape = values.shape_of(value)
        if rows is not None and shape and len(rows) != shape[0]:
            rows, why = None, why or "rows appeared or vanished in a way that was not seen"
        number = len(self.items)
        kind = values.kind_of(value)
        self.items.append(
            Item(
                id=number,
                kind=kind or type(value).__name__,
                shape=shape,
                made_by=event,
                name=str(getattr(value, "name", None) or "") if kind == "series" else "",
                columns=values.columns_of(value)[:2000],
                dtypes=values.dtypes_of(value)[:2000],
                rows=rows,
                joined=joined if rows is not None else (),
                followed=followed if rows is not None else "unknown",
                why_unknown="" if rows is not None else why,
                index_labels=_has_labels(value),
            )
        )
        self._remember(value, number)
        if 0 < getattr(value, "nbytes", EAGER_BYTES + 1) <= EAGER_BYTES or kind == "list":
            self.digest(number, value)
        return number

    def change(self, number: int, **parts: Any) -> None:
        """Complete an item."""
        self.items[number] = replace(self.items[number], **parts)

    def whole_tables(self, n: int) -> list[Rows]:
        """The sources with this many rows, as row numbers, made-up rows and aggregates aside."""
        found = [each for each in self.sources if each.n_rows == n and each.kind not in ("synthetic", "aggregate")]
        return [np.arange(each.first, each.first + n, dtype=np.int64) for each in found]

    def adopt(self, number: int, value: Any, rows: Rows, followed: Followed = "origin") -> None:
        """Give an item of unknown rows the numbers of a new source, or those of the table it belongs to."""
        self.change(number, rows=rows, followed=followed, why_unknown="")
        self._remember(value, number)

    def digest(self, number: int, value: Any) -> str:
        """Digest of the item's values, worked out once."""
        if not self.items[number].digest:
            text = values.digest(value)
            self.change(number, digest=text)
            if text:
                self._by_digest[text] = number
        return self.items[number].digest

    def excerpt(self, number: int, value: Any) -> None:
        """Copy rows of the item, fewer once many items have some."""
        item = self.items[number]
        if item.excerpt is None:
            self._excerpts += 1
            limit = values.EXCERPT_ROWS if self._excerpts <= FULL_EXCERPTS else SMALL_EXCERPT
            self.change(number, excerpt=values.excerpt(value, item.rows, limit))

    # -- finding ----------------------------------------------------------------------------------------------------------

    def known(self, value: Any) -> int | None:
        """The newest item of this very object, None where it was never seen."""
        found = self._known.get(id(value))
        return found.item if found is not None and found.ref() is value else None

    def of(self, value: Any, event: int) -> int:
        """The item of an object, seen before or not; its rows are told by its index, its memory or its contents, else unknown."""
        number = self.known(value)
        number = self._same_list(value) if number is None and isinstance(value, list | tuple) else number
        if number is not None:
            return number
        rows, followed = self._told(value)
        return self.item(value, rows, event, followed=followed)

    def _same_list(self, value: Any) -> int | None:
        """A list is known again by its contents."""
        found = self._by_digest.get(values.digest(value)) if len(value) > 1 else None
        return found if found is not None and self.items[found].kind == "list" else None

    def fresh(self, value: Any, event: int) -> int:
        """As `of`, for arrays that may have been written to since they were last seen: then their rows are told anew."""
        number = self.known(value)
        if number is None:
            number = self.of(value, event)
        elif isinstance(value, np.ndarray) and self.items[number].digest and self.items[number].digest != (now := values.digest(value)):
            number = self._rewritten(value, number, now, event)
        self.digest(number, value)
        return number

    def _rewritten(self, value: Any, number: int, now: str, event: int) -> int:
        """An array was written to unseen: its rows stay, unless its contents show that they were moved."""
        rows, followed = self.items[number].rows, self.items[number].followed
        same = self._by_digest.get(now)
        if same is not None:
            rows, followed = self.items[same].rows, "content"
        return self.item(value, rows, event, followed=followed)

    def _told(self, value: Any) -> tuple[Rows | None, Followed]:
        rows = self._by_labels(value)
        if rows is not None:
            return rows, "followed"
        rows = self._by_buffer(value)
        if rows is not None:
            return rows, "buffer"
        telling = not isinstance(array := values.as_array(value), np.ndarray) or values.tells_rows(array)
        same = self._by_digest.get(values.digest(value)) if values.n_rows(value) > 1 and telling else None
        if same is not None and self.items[same].rows is not None:
            return self.items[same].rows, "content"
        return None, "unknown"

    def _by_labels(self, value: Any) -> Rows | None:
        """Pandas hands the very same index on through work that keeps the rows."""
        token = index_token(value)
        found = self._by_index.get(id(token)) if token is not None else None
        return found[1][0] if found is not None and len(found[1]) == 1 else None

    def _by_buffer(self, value: Any) -> Rows | None:
        base = getattr(value, "base", None) if isinstance(value, np.ndarray) else None
        while isinstance(base, np.ndarray):
            number = self.known(base)
            if number is not None and self.items[number].rows is not None:
                return _rows_of_view(value, base, self.items[number].rows)  # type: ignore[arg-type]
            base = base.base
        return None

    def _remember(self, value: Any, number: int) -> None:
        key = id(value)
        try:
            self._known[key] = Known(weakref.ref(value, lambda _, key=key: self._known.pop(key, None)), number)
        except TypeError:
            return  # lists and tuples cannot be watched; they are known again by their contents
        token, rows = index_token(value), self.items[number].rows
        if token is not None and rows is not None:
            kept = self._by_index.setdefault(id(token), (token, []))[1]
            if not any(each is rows or np.array_equal(each, rows) for each in kept):
                kept.append(rows)

    def alive(self) -> list[tuple[Any, Item]]:
        """Objects that are still there, with their newest items, oldest first."""
        found = [(known.ref(), self.items[known.item]) for known in list(self._known.values())]
        return sorted(((value, item) for value, item in found if value is not None), key=lambda pair: pair[1].id)


def index_token(value: Any) -> object | None:
    """What two pandas objects share whose index is one and the same object."""
    if values.kind_of(value) not in ("frame", "series") or not hasattr(value, "index"):
        return None
    return getattr(value.index, "_id", None)


def _has_labels(value: Any) -> bool:
    index = getattr(value, "index", None)
    if index is None or callable(index):
        return False
    return not (type(index).__name__ == "RangeIndex" and index.start == 0 and index.step == 1)


def _rows_of_view(view: Any, base: Any, rows: Rows) -> Rows | None:
    """Rows of a view by its address in the base, None where the view does not walk along the base's rows."""
    if view.ndim == 0 or base.ndim not in (1, 2) or base.strides[0] == 0 or base.itemsize != view.itemsize:
        return None
    offset = view.__array_interface__["data"][0] - base.__array_interface__["data"][0]
    along, across = base.strides[0], base.strides[1] if base.ndim == 2 else 0
    if across > abs(along):  # stored column by column
        offset %= across
    step, rest = divmod(view.strides[0], along)
    start = offset // along
    places = start + step * np.arange(view.shape[0], dtype=np.int64)
    inside = not places.size or (places.min() >= 0 and places.max() < len(rows))
    return rows[places] if rest == 0 and inside else None
