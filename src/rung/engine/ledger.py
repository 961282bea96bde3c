"""The ledger: works facts out once, when first asked, and knows which inputs each of them read.

Two verbs. `ask(Type)` finds an input or computes a fact, remembering the value or the reason why there is none.
`vary(*inputs)` is the same case with inputs replaced; every fact whose reads were not touched is kept.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from typing import TypeVar, cast

import numpy as np

from rung.core.errors import PluginError, Unavailable
from rung.core.marks import FactMark, Need
from rung.inputs.case import Case

Wanted = TypeVar("Wanted")
Providers = Mapping[type, tuple[Callable[..., object], FactMark]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One remembered answer: the value, or the error that says why there is none, and the inputs read for it."""

    value: object
    error: Unavailable | None
    reads: frozenset[type]
    seconds: float


class Ledger:
    """The facts of one case."""

    def __init__(self, case: Case, providers: Providers, entries: dict[type, Entry] | None = None) -> None:
        self.case = case
        self.providers = providers
        self.entries: dict[type, Entry] = dict(entries or {})
        self._lacks: dict[type, type | None] = {}
        self._asking: list[type] = []
        self._reads: list[set[type]] = [set()]

    def ask(self, wanted: type[Wanted]) -> Wanted:
        """The input or fact of this type.

        Raises Unavailable where an input was not given or a fact cannot exist here, PluginError for an unknown or circular type.
        """
        if wanted in self.case.inputs:
            self._reads[-1].add(wanted)
            return cast("Wanted", self.case.inputs[wanted])
        if wanted not in self.providers:
            # An input that was not given is read too: giving it later changes the answer.
            self._reads[-1].add(wanted)
            raise Unavailable(f"needs {_spoken(wanted)}")
        entry = self.entries.get(wanted) or self._work_out(wanted)
        self._reads[-1] |= entry.reads
        if entry.error is not None:
            raise entry.error.with_traceback(None)
        return cast("Wanted", entry.value)

    def has(self, wanted: type) -> bool:
        """Whether an input of this type was given."""
        return wanted in self.case.inputs

    def vary(self, *inputs: object) -> Ledger:
        """The same case with these inputs in place of those of their types."""
        changed = {type(each) for each in inputs}
        case = Case(*{**self.case.inputs, **{type(each): each for each in inputs}}.values())
        kept = {wanted: entry for wanted, entry in self.entries.items() if not entry.reads & changed}
        return Ledger(case, self.providers, kept)

    def _work_out(self, wanted: type) -> Entry:
        if wanted in self._asking:
            chain = " -> ".join(each.__name__ for each in [*self._asking, wanted])
            raise PluginError(f"Facts ask for each other in a circle: {chain}.")
        function, mark = self.providers[wanted]
        self._asking.append(wanted)
        self._reads.append(set())
        started = time.perf_counter()
        try:
            value, error = self._call(function, mark)
        finally:
            reads = frozenset(self._reads.pop())
            self._asking.pop()
        entry = Entry(value=value, error=error, reads=reads, seconds=time.perf_counter() - started)
        self.entries[wanted] = entry
        return entry

    def _call(self, function: Callable[..., object], mark: FactMark) -> tuple[object, Unavailable | None]:
        try:
            value = function(*self.answers(mark.needs))
        except Unavailable as reason:
            return None, reason
        freeze(value)
        return value, None

    def answers(self, needs: Sequence[Need]) -> list[object]:
        """The arguments for a fact or rule, None for an optional need that cannot be met.

        Inputs are asked for first, through all mandatory facts: nothing is worked out for somebody who then lacks a table.
        """
        for need in needs:
            lacking = None if need.optional else self._lacking(need.type, ())
            if lacking is not None:
                self.ask(lacking)
        return [self.ask_or_none(need.type) if need.optional else self.ask(need.type) for need in needs]

    def _lacking(self, wanted: type, above: tuple[type, ...]) -> type | None:
        """An input that `wanted` cannot do without and that was not given."""
        if wanted in self.case.inputs or wanted in self.entries or wanted in above:
            return None
        if wanted not in self.providers:
            return wanted
        if wanted not in self._lacks:
            below = (self._lacking(each.type, (*above, wanted)) for each in self.providers[wanted][1].needs if not each.optional)
            self._lacks[wanted] = next((each for each in below if each is not None), None)
        return self._lacks[wanted]

    def ask_or_none(self, wanted: type[Wanted]) -> Wanted | None:
        """Like `ask`, None where there is no answer."""
        try:
            return self.ask(wanted)
        except Unavailable:
            return None


def freeze(value: object) -> None:
    """Make the arrays of a fact read-only, so that nobody changes what others read."""
    if isinstance(value, np.ndarray):
        value.flags.writeable = False
    elif is_dataclass(value) and not isinstance(value, type) and not type(value).__module__.startswith("rung.inputs"):
        # Inputs hold the user's own objects: those are not ours to lock.
        for each in fields(value):
            freeze(getattr(value, each.name))
    elif isinstance(value, tuple | list):
        for each in value[:1_000]:  # long tuples hold plain numbers, not arrays
            freeze(each)
    elif isinstance(value, dict):
        for each in value.values():
            freeze(each)


SPOKEN = {
    "Train": "a training table",
    "Test": "a test set",
    "Valid": "a validation set",
    "Current": "a production frame (--current)",
    "Model": "a model (--model)",
    "History": "a recorded training run",
    "Rerun": "a live training run (rung.watch or rung run)",
    "Trace": "a recorded script run",
    "Reading": "a script's source",
    "TestLooks": "a ledger of looks at the test set (--test-ledger)",
    "Reference": "a reference",
    "Contract": "a contract",
}


def _spoken(wanted: type) -> str:
    return SPOKEN.get(wanted.__name__, f"'{wanted.__name__}'")
