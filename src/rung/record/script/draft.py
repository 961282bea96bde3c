"""An event while it is going on, and what is to be done at a wrapped callable."""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from rung.core.finding import Where
from rung.inputs.trace import Event, EventKind
from rung.inputs.trace_parts import Argument, Estimator, Fold, Metric, Plain, Reduction, Rows, Search, Split, Use

if TYPE_CHECKING:
    from rung.record.script.recorder import Recorder

Work = Generator[None, Any, None]
Handler = Callable[["Recorder", "Draft", tuple[Any, ...], dict[str, Any]], Work]


@dataclass(frozen=True, slots=True)
class Spec:
    """What is to be done at one wrapped callable.

    kind, call : as in `Event`.   handler : a generator; it runs to its `yield` before the call and gets the result after it.
    nested : also inside another observed call, as its child.   anywhere : also where a library, not the user's line, makes the call.
    """

    kind: EventKind
    call: str
    handler: Handler
    nested: bool = False
    anywhere: bool = False
    sink: bool = False


@dataclass(slots=True, eq=False)
class Draft:
    """An event while it is going on. `keep` is cleared by a handler that finds nothing to tell."""

    id: int
    kind: EventKind
    call: str
    where: Where | None
    file: str = ""
    line: int = 0
    function: str = "<module>"
    depth: int = 0
    parent: Draft | None = None
    reads: list[Use] = field(default_factory=list)
    writes: list[Use] = field(default_factory=list)
    uses: set[int] = field(default_factory=set)
    columns: tuple[str, ...] = ()
    settings: dict[str, Plain] = field(default_factory=dict)
    estimator: Estimator | None = None
    reduction: Reduction | None = None
    split: Split | None = None
    metric: Metric | None = None
    search: Search | None = None
    labels: Argument | None = None
    seeded: bool | None = None
    raised: str = ""
    times: int = 1
    keep: bool = True
    children: int = 0
    owner: int = 0  # id of the estimator, to tell its own inner calls
    folds: list[Fold] = field(default_factory=list)
    rows_of: dict[int, Rows] = field(default_factory=dict)  # rows that inner calls work on, by their number

    def event(self, number: int, code: str, numbers: dict[int, int]) -> Event:
        """The finished event under its final number."""
        above = self.parent
        while above is not None and above.id not in numbers:
            above = above.parent
        parent = numbers[above.id] if above is not None else None
        uses = tuple(sorted(numbers[each] for each in self.uses if each in numbers))
        return Event(
            id=number, kind=self.kind, call=self.call, where=self.where, code=code, depth=self.depth, parent=parent, function=self.function,
            reads=tuple(self.reads), writes=tuple(self.writes), uses=uses, columns=self.columns, settings=self.settings,
            estimator=self.estimator, reduction=self.reduction, split=self.split, metric=_numbered(self.metric, numbers), search=self.search, labels=self.labels,
            seeded=self.seeded, raised=self.raised, times=self.times,
        )  # fmt: skip


def _numbered(metric: Metric | None, numbers: dict[int, int]) -> Metric | None:
    """A metric whose arguments name predictions by their final numbers."""
    if metric is None:
        return None
    arguments = [each if each.prediction is None else replace(each, prediction=numbers.get(each.prediction)) for each in metric.arguments]
    return replace(metric, arguments=tuple(arguments))
