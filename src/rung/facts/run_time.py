"""Columns that were made by looking ahead in the rows: shifted back, averaged around the middle, filled from below."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, replace

from rung.core.finding import Where
from rung.core.marks import fact
from rung.facts.run_code import script_of
from rung.facts.run_edits_tree import Tree
from rung.facts.run_history import RunHistory
from rung.facts.run_learning import target_names
from rung.facts.run_scorings import Scoring, Scorings
from rung.facts.run_target import named_features
from rung.inputs.trace import Event, Trace


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LookAhead:
    """event : the step that looked ahead.   written : columns it gave, as far as they are known.   how : in words.   scoring : a score of a model with it.
    where : the line that looks ahead.
    """

    event: Event
    written: tuple[str, ...]
    how: str
    scoring: Scoring
    where: Where | None = None


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
            for how, written in _looks(history, event):
                if event.id not in found and not (written and set(written) <= labels) and not _only_label(history, written, scoring):
                    where = _line_of(history.trace, event, how)
                    found[event.id] = LookAhead(event=event, written=written, how=how, scoring=scoring, where=where)
    return RunTime(history=history, ahead=tuple(found.values()))


def _looks(history: RunHistory, event: Event) -> list[tuple[str, tuple[str, ...]]]:
    """In words how a call reads later rows, with the columns it gave; one entry an expression of polars."""
    told = [each.split("\t") for each in str(event.settings.get("ahead", "")).splitlines()]
    if told:
        return [(how, (name,)) for name, how in told]
    how = looks_ahead(event)
    return [(how, _written(history, event))] if how else []


def _line_of(trace: Trace, event: Event, how: str) -> Where | None:
    """The line within a long call on which the look ahead is written."""
    script, where = script_of(trace, event.where), event.where
    if script is None or where is None or "ahead" not in event.settings:
        return where
    above = script.cells[where.cell - 1] - 1 if where.cell is not None and script.cells else 0
    first = where.line + above
    words = re.compile(r"\.(shift|diff|pct_change)\(\s*(n=)?-" if "later row" in how and "(" in how else r"center\s*=\s*True|backward")
    ends = [each.end_lineno for each in ast.walk(Tree(script.text).root) if isinstance(each, ast.Call) and each.lineno == first]
    lines = script.text.splitlines()
    last = max([each or 0 for each in ends], default=first)
    found = [number for number in range(first, last + 1) if words.search(lines[number - 1])]
    return replace(where, line=found[0] - above) if found else where


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


def _only_label(history: RunHistory, columns: tuple[str, ...], scoring: Scoring) -> bool:
    """Whether the features do without the columns written."""
    written, names = set(columns), named_features(history, scoring.x_fit)
    return bool(written and names and not written & set(names))
