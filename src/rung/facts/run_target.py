"""The target among the features, by history: the column itself, a feature worked out from it, or a feature that it was worked out from."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from rung.core.marks import fact
from rung.facts.run_history import RunHistory
from rung.facts.run_learning import target_names
from rung.facts.run_own_row import own_taken_out, window_with_own_row
from rung.facts.run_scorings import Scoring, Scorings
from rung.inputs.trace import Event

# Earlier rows of the target are known when a row is predicted; statistics of it are target encodings, another fault.
OTHER_ROWS = re.compile(r"shift|reindex|asof|rolling|expanding|ewm|cum|diff|pct_change|groupby|transform\.", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Known:
    """One way in which the features know the target.

    kind : 'itself', 'from-target' (a feature was worked out from it) or 'to-target' (it was worked out from features).   columns : features concerned.
    act : the step that brought it in.
    """

    kind: str
    act: Event
    scoring: Scoring
    columns: tuple[str, ...]
    target: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RunTarget:
    """All ways, plainest first."""

    history: RunHistory
    known: tuple[Known, ...]


@fact(cost="instant")
def run_target(scorings: Scorings) -> RunTarget:
    """For every model that is scored. Names must be known: arrays without a history of named columns say nothing."""
    found: dict[tuple[str, tuple[str, ...]], Known] = {}
    for scoring in scorings.scorings:
        for each in _known(scorings.history, scoring):
            found.setdefault((each.kind, each.columns), each)
    return RunTarget(history=scorings.history, known=tuple(found.values()))


def _known(history: RunHistory, scoring: Scoring) -> Iterator[Known]:
    features, names = _taken(scoring, named_features(history, scoring.x_fit)), target_names(history, scoring)
    if scoring.x_fit is None or not names:
        return
    both = tuple(sorted(name for name in set(features) & names if not _of_other_rows(history, scoring, name)))
    if both:
        act = maker_of(history, scoring.x_fit, both[0])
        if act is not None:
            yield Known(kind="itself", act=act, scoring=scoring, columns=both, target=both[0])
        return
    made = [
        event
        for event in direct(history, scoring.x_fit)
        if event.kind == "assign" and event.columns and not set(event.columns) & names
        if _reads(history, event, names) or window_with_own_row(history, event, names, (scoring.y_fit, scoring.y))
    ]
    if made:
        act = next((each for each in made if set(each.columns) & set(features)), made[0])
        yield Known(kind="from-target", act=act, scoring=scoring, columns=act.columns, target=min(names))
        return
    yield from _to_target(history, scoring, set(features), names)


def _taken(scoring: Scoring, features: tuple[str, ...]) -> tuple[str, ...]:
    """The columns that the model takes of those it is handed."""
    chosen = scoring.fit.estimator.chosen if scoring.fit is not None and scoring.fit.estimator is not None else None
    return features if chosen is None else tuple(each for each in features if each in chosen)


def _of_other_rows(history: RunHistory, scoring: Scoring, name: str) -> bool:
    """Whether a feature under the target's name holds what the target was in other rows, as a lag does: steps that the labels did not go through."""
    table = named_item(history, scoring.x_fit)
    labels = {each.event for number in (scoring.y_fit, scoring.y) for each in history.behind(number)}
    steps = history.behind_column(table, name) if table is not None else []
    return any(OTHER_ROWS.search(each.call) and each.id not in labels for each in steps)


def _reads(history: RunHistory, assign: Event, names: set[str]) -> bool:
    """Whether what is assigned was worked out from a column of these names, in the same row."""
    value = assign.read("value")
    if value is None or own_taken_out(history, value, names):
        return False
    return any(names & _column_read(history, *each) for each in _direct_steps(history, value))


def _column_read(history: RunHistory, event: Event, item: int) -> set[str]:
    """The one column that a step takes out of a table, where that is what it made of it: a pop makes the rest of the table too."""
    made = history.item(item)
    if event.kind not in ("derive", "select") or made is None:
        return set()
    one = {made.name} if made.kind == "series" and made.name else set(made.columns) if len(made.columns) == 1 else set()
    read = history.item(event.read("self"))
    return one if read is not None and read.kind == "frame" and one <= set(read.columns) else set()


def _to_target(history: RunHistory, scoring: Scoring, features: set[str], names: set[str]) -> Iterator[Known]:
    steps = [
        event for event in history.trace.events if event.kind == "assign" and set(event.columns) & names and event.id < scoring.event.id
    ]
    for event in steps[-1:]:
        value = event.read("value")
        if any(OTHER_ROWS.search(each.call) for each in history.events_behind(value)):
            return
        sources = {name for each in _direct_steps(history, value) for name in _column_read(history, *each)} - names
        if sources and sources <= features:
            act = maker_of(history, scoring.x_fit, min(sources)) or event
            yield Known(kind="to-target", act=act, scoring=scoring, columns=tuple(sorted(sources)), target=min(names))


def named_features(history: RunHistory, item: int | None) -> tuple[str, ...]:
    """Names of the columns of a matrix, also where it became a plain array on the way."""
    shown = history.item(named_item(history, item))
    return () if shown is None else shown.columns if shown.kind == "frame" else (shown.name,) if shown.name else ()


def named_item(history: RunHistory, item: int | None) -> int | None:
    """The table, or the one column, that a matrix was before it became a plain array."""
    for _ in range(8):
        shown = history.item(item)
        if shown is None or shown.kind in ("frame", "series"):
            return item
        maker = history.trace.events[shown.made_by] if 0 <= shown.made_by < len(history.trace.events) else None
        if maker is None or not any(use.item == shown.id for use in maker.writes):
            return None
        role = next((use.role for use in maker.writes if use.item == shown.id), "")
        place = role[role.find("[") :] if "[" in role else ""
        wanted = [use.item for use in maker.reads if use.role in ("self", "X") or (place and use.role.endswith(place))]
        item = wanted[0] if wanted and wanted[0] != shown.id else None
    return None


def maker_of(history: RunHistory, item: int | None, column: str) -> Event | None:
    """The step that chose the features, `column` among them: the first table behind them that is not the table of everything."""
    chosen = [
        each
        for each in history.events_behind(item)
        if each.kind in ("derive", "select", "assign") and any(column in history.trace.items[use.item].columns for use in each.writes)
    ]
    cut = [each for each in chosen if _drops(history, each)]
    return (cut or chosen or [None])[0]  # type: ignore[list-item]


def _drops(history: RunHistory, event: Event) -> bool:
    read, made = (history.item(next((use.item for use in side), None)) for side in (event.reads, event.writes))
    return read is not None and made is not None and made.kind == "frame" and len(made.columns) < len(read.columns)


def direct(history: RunHistory, item: int | None) -> list[Event]:
    """Events behind an item by row-for-row work only: statistics, other rows and models are not followed."""
    return list({event.id: event for event, _ in _direct_steps(history, item)}.values())


def _direct_steps(history: RunHistory, item: int | None) -> list[tuple[Event, int]]:
    """The same with what each of them made on the way, in order."""
    if item is None:
        return []
    found: dict[tuple[int, int], Event] = {}
    shown = history.trace.items[item]
    waiting = [(item, frozenset(shown.columns) if shown.kind == "frame" and shown.columns else None)]
    seen = set(waiting)
    while waiting:
        number, live = waiting.pop()
        for event, made, steps in history.steps(number, live):
            mixes = event.kind in ("fit-transform", "transform", "predict", "reduce", "fit") or OTHER_ROWS.search(event.call)
            if mixes and not event.call.endswith(".rank"):  # a row's place among others is still the row's own
                continue
            found[event.id, made] = event
            for step in steps:
                if step not in seen:
                    seen.add(step)
                    waiting.append(step)
    return [(found[each], each[1]) for each in sorted(found)]
