"""Columns that were made by looking ahead in the rows: shifted back, averaged around the middle, filled from below."""

from __future__ import annotations

from dataclasses import dataclass

from rung.core.marks import fact
from rung.facts.run_history import RunHistory
from rung.facts.run_learning import target_names
from rung.facts.run_scorings import Scoring, Scorings
from rung.inputs.trace import Event


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LookAhead:
    """event : the step that looked ahead.   written : columns it gave, as far as they are known.   how : in words.   scoring : a score of a model with it."""

    event: Event
    written: tuple[str, ...]
    how: str
    scoring: Scoring


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RunTime:
    """Features of the future, one an act."""

    history: RunHistory
    ahead: tuple[LookAhead, ...]


@fact(cost="instant")
def run_time(scorings: Scorings) -> RunTime:
    """Look for such steps behind the features of every score; where they only make the labels, they are what is to be foretold."""
    history = scorings.history
    found: dict[int, LookAhead] = {}
    for scoring in scorings.scorings:
        labels = target_names(history, scoring)
        for event in history.events_behind(scoring.x_fit):
            how = looks_ahead(event)
            written = _written(history, event) if how else ()
            if how and event.id not in found and not (written and set(written) <= labels) and not _only_label(history, event, scoring):
                found[event.id] = LookAhead(event=event, written=written, how=how, scoring=scoring)
    return RunTime(history=history, ahead=tuple(found.values()))


def looks_ahead(event: Event) -> str:
    """In words how a call reads later rows, '' where it does not."""
    name = event.call.rpartition(".")[2]
    periods = event.settings.get("periods", event.settings.get("n", event.settings.get("value")))
    if name in ("shift", "diff", "pct_change") and isinstance(periods, int | float) and periods < 0:
        return f"{name}({periods:g}) takes the value of a later row"
    if ("rolling" in event.call or name == "rolling") and event.settings.get("center") is True:
        return "a rolling window around the middle takes in later rows"
    if name in ("bfill", "backfill") or event.settings.get("method") in ("bfill", "backfill"):
        return "a gap is filled from a later row"
    return ""


def _written(history: RunHistory, event: Event) -> tuple[str, ...]:
    """Columns of tables that hold the result: those of the assignment that read it."""
    made = {use.item for use in event.writes}
    for later in history.trace.events[event.id + 1 :]:
        if (
            later.kind == "assign"
            and later.columns
            and any(
                use.item in made or event.id in {t.event for t in history.behind(use.item)} for use in later.reads if use.role != "self"
            )
        ):
            return later.columns
    return ()


def _only_label(history: RunHistory, event: Event, scoring: Scoring) -> bool:
    """Whether the features do without the columns written."""
    written = set(_written(history, event))
    item = history.item(scoring.x_fit)
    return bool(written and item is not None and item.columns and not written & set(item.columns))
