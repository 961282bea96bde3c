"""Windows over the target that end with the row itself: a running mean, or a sum so far, that nobody moved one row on."""

from __future__ import annotations

import re

from rung.facts.run_code import statement_at
from rung.facts.run_history import RunHistory
from rung.inputs.trace import Event

GROWING = re.compile(r"\b(rolling|expanding|ewm|cumsum|cumprod|cummax|cummin|cummean|diff|pct_change)\b")
PAST = re.compile(r"\bshift\b|closed\s*=")


def window_with_own_row(history: RunHistory, assign: Event, names: set[str], labels: tuple[int | None, ...]) -> bool:
    """Whether what is assigned is such a window over a column of these names. Labels that were moved themselves lie elsewhere in time: silent."""
    value = assign.read("value")
    if value is None or any(_moved(history, event) for item in labels for event in history.events_behind(item)):
        return False
    behind = history.events_behind(value)
    windows = [each for each in behind if GROWING.search(_words(history, each)) and _over(history, each, names)]
    return bool(windows) and not any(_moved(history, each) for each in [*behind, assign]) and not own_taken_out(history, value, names)


def own_taken_out(history: RunHistory, value: int, names: set[str]) -> bool:
    """Whether the row's own value is taken off a sum that holds it: `total - y`."""
    for event in history.events_behind(value):
        left, right = history.item(event.read("self")), history.item(event.read("other"))
        if (
            event.call.endswith(("__sub__", ".sub", "subtract"))
            and left is not None
            and right is not None
            and {right.name, *right.columns} & names
        ):
            made = history.trace.events[left.made_by]
            if re.search(r"cumsum|transform|sum", made.call):
                return True
    return False


def _over(history: RunHistory, event: Event, names: set[str]) -> bool:
    """Whether an event reads a column of these names, and no other."""
    if event.reduction is not None:
        return bool(names & set(event.reduction.columns)) and len(event.reduction.columns) == 1
    read = history.item(event.read("self"))
    return read is not None and read.kind == "series" and read.name in names


def _moved(history: RunHistory, event: Event) -> bool:
    """Whether a step takes other rows' values in the place of the row's own."""
    if event.settings.get("closed") in ("left", "neither") or event.call.endswith(".shift"):
        return True
    return event.kind == "reduce" and bool(PAST.search(_words(history, event)))


def _words(history: RunHistory, event: Event) -> str:
    """What a call does: by its name, or by its statement where a function is handed to it."""
    name = event.call.rpartition(".")[2]
    return statement_at(history.trace, event.where) if name in ("transform", "apply", "agg", "aggregate") else event.call
