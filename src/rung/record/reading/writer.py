"""Builds the trace while a script is read: items, events, sources, with symbolic rows."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from rung.core.finding import Where
from rung.inputs.trace import Event, EventKind, Script, Trace
from rung.inputs.trace_parts import Argument, Estimator, Item, Plain, Rows, Source, SourceKind, Use
from rung.record.reading import known
from rung.record.reading.values import Data, Est

MAX_EVENTS = 4000  # a script that would give more is read no further


class TooMuch(Exception):
    """The script unrolls to more events than are read."""


class Writer:
    """Events and items so far. `place` is the node being read, `file` its file, `function` its function."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.items: list[Item] = []
        self.sources: list[Source] = []
        self.scripts: dict[str, Script] = {}
        self.place: list[ast.AST] = []
        self.file: list[str] = []
        self.function: list[str] = ["<module>"]
        self.seeded = False
        self._next = 0

    def where(self) -> Where | None:
        """The line being read."""
        node = next((each for each in reversed(self.place) if hasattr(each, "lineno")), None)
        if node is None:
            return None
        line, path = int(node.lineno), self.file[-1]  # type: ignore[attr-defined]
        cells = self.scripts[path].cells
        if not cells:
            return Where(file=path, line=line)
        cell = int(np.searchsorted(np.array(cells), line, side="right"))
        return Where(file=path, line=line - cells[cell - 1] + 1, cell=cell)

    def new_rows(self, n: int, name: str, kind: SourceKind, made_from: tuple[int, ...] = ()) -> Rows:
        """Numbers for the rows of a new source."""
        first = self._next
        source = Source(id=len(self.sources), name=name, kind=kind, first=first, n_rows=n, event=len(self.events), made_from=made_from)
        self.sources.append(source)
        self._next += n
        return np.arange(first, first + n, dtype=np.int64)

    def data(self, rows: Rows | None, columns: Sequence[str] = (), kind: str = "frame", name: str = "", **rest: Any) -> Data:
        """A new item, made by the event that is written next."""
        n = 0 if rows is None else len(rows)
        self.items.append(
            Item(
                id=len(self.items), kind=kind, shape=(n, max(1, len(columns))), made_by=len(self.events), name=name, columns=tuple(columns),
                rows=rows, followed="followed" if rows is not None else "unknown",
            )
        )  # fmt: skip
        return Data(item=len(self.items) - 1, rows=rows, columns=tuple(columns), kind=kind, name=name, **rest)

    def event(
        self, kind: EventKind, call: str, reads: Iterable[tuple[str, Any]] = (), writes: Iterable[tuple[str, Data | None]] = (), **rest: Any
    ) -> Event:
        """Write one event; the items it writes must have been made just before."""
        if len(self.events) >= MAX_EVENTS:
            raise TooMuch
        where = self.where()
        script = self.scripts[self.file[-1]]
        line = getattr(next((each for each in reversed(self.place) if hasattr(each, "lineno")), None), "lineno", 0)
        lines = script.text.splitlines()
        made = Event(
            id=len(self.events), kind=kind, call=call, where=where, code=lines[line - 1].strip() if 0 < line <= len(lines) else "",
            function=self.function[-1],
            reads=tuple(Use(role=role, item=each.item) for role, each in reads if isinstance(each, Data)),
            writes=tuple(Use(role=role, item=each.item) for role, each in writes if each is not None),
            **rest,
        )  # fmt: skip
        self.events.append(made)
        return made

    def estimator(self, est: Est) -> Estimator:
        """An estimator object as the trace holds it."""
        plain: dict[str, Plain] = {
            name: value for name, value in est.parameters.items() if isinstance(value, str | int | float | bool | None)
        }
        last = est.parts[-1] if est.parts else None
        kind = known.estimator_kind(est.dotted) or "other"
        if kind == "pipeline" and last is not None and known.estimator_kind(last.dotted) == "transformer":
            kind = "transformer"
        return Estimator(
            id=est.id, type_name=est.name, library=known.library_of(est.dotted), kind=kind, parameters=plain,
            steps=tuple((part.name.lower(), part.name) for part in est.parts), classes=est.classes,
            random_state=str(est.parameters.get("random_state")) if known.RANDOM.search(est.name) else "",
        )  # fmt: skip

    def argument(self, role: str, data: Data | None, value: Any) -> Argument:
        """A metric's argument in brief, as far as it can be told from the source."""
        if data is None:
            return Argument(role=role, n=0)
        return Argument(
            role=role, n=0 if data.rows is None else len(data.rows), hard=data.hard, prediction=data.prediction, column=data.column,
            rounded=data.rounded, n_distinct=2 if data.hard else 0,
        )  # fmt: skip

    def trace(self, notes: tuple[str, ...]) -> Trace:
        """What was read, as a trace."""
        return Trace(
            scripts=tuple(self.scripts.values()), events=tuple(self.events), items=tuple(self.items), sources=tuple(self.sources),
            notes=notes, counted=False,
        )  # fmt: skip
