"""The way of the scored rows to the model beside that of the rows fitted: other fits, other statistics, other columns, other steps."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from rung.core.marks import fact
from rung.facts.run_history import RunHistory
from rung.facts.run_learning import Learned, RunLearning
from rung.facts.run_scorings import Scoring
from rung.inputs.trace import Event

ENCODERS = ("LabelEncoder", "OrdinalEncoder", "OneHotEncoder", "LabelBinarizer")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Skew:
    """One difference between the two ways.

    kind : 'refit' (a step was fitted anew on the scored rows), 'statistic' (worked out anew), 'missing-step', 'order' (columns), 'recoded' (numbers given to
    categories anew), 'categories' (columns of categories that are not those of the fit).   act : where.   names : step or columns.   other : the event on the other way.
    """

    kind: str
    act: Event
    scoring: Scoring
    names: tuple[str, ...]
    other: Event | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RunServing:
    """All differences, in order of the acts."""

    history: RunHistory
    skews: tuple[Skew, ...]


@fact(cost="instant")
def run_serving(learning: RunLearning) -> RunServing:
    """Compare both ways for every score on rows apart from the fit's."""
    history = learning.scorings.history
    found: dict[object, Skew] = {}
    for scoring in learning.scorings.held:
        if scoring.folds or scoring.x is None or scoring.x_fit is None:
            continue
        mine = [each for each in learning.learned if each.scoring is scoring]
        for each in (*_refits(mine, scoring), *_missing(history, scoring), *_columns(history, scoring)):
            found.setdefault((each.kind, each.act.where, each.names[:1]), each)
    return RunServing(history=history, skews=tuple(sorted(found.values(), key=lambda each: each.act.id)))


def _refits(mine: list[Learned], scoring: Scoring) -> Iterator[Skew]:
    """A step or statistic of scored rows alone, where the fitted rows had the same of their own."""
    apart = [each for each in mine if each.kind in ("transform", "names", "statistic") and not each.chosen and not each.target]
    for each in apart:
        only_scored = each.in_scored and not each.in_fit and len(each.seen) and not len(each.of_fit)
        twin = next(
            (other for other in apart if other.name == each.name and other.in_fit and not other.in_scored and not len(other.seen)), None
        )
        if only_scored and twin is not None:
            kind = "statistic" if each.kind == "statistic" else "refit"
            yield Skew(kind=kind, act=each.event, scoring=scoring, names=(each.name, *each.event.columns[:5]), other=twin.event)


def _missing(history: RunHistory, scoring: Scoring) -> Iterator[Skew]:
    """A fitted step behind the rows fitted that the scored rows did not go through."""
    if not _traced(history, scoring.x):
        return
    steps = [_steps(history, item) for item in (scoring.x_fit, scoring.x)]
    for name, event in steps[0].items():
        if name not in steps[1] and scoring.predict is not None and not any(alike in steps[1] for alike in (name,)):
            yield Skew(kind="missing-step", act=scoring.predict, scoring=scoring, names=(name,), other=event)


def _traced(history: RunHistory, item: int | None) -> bool:
    """Whether a history reaches back to where the rows came in."""
    return any(history.trace.events[each.event].kind in ("load", "split") for each in history.behind(item))


def _steps(history: RunHistory, item: int | None) -> dict[str, Event]:
    """Fitted transformers behind an item, by class."""
    found = {}
    for each in history.events_behind(item):
        if (
            each.kind in ("fit-transform", "transform")
            and each.estimator is not None
            and each.estimator.kind in ("transformer", "pipeline")
        ):
            found.setdefault(each.estimator.type_name, each)
    return found


def _columns(history: RunHistory, scoring: Scoring) -> Iterator[Skew]:
    """Other columns, or the same in another order, and dummies made apart."""
    fitted, asked = (_named_columns(history, item) for item in (scoring.x_fit, scoring.x))
    if fitted is None or asked is None or scoring.predict is None:
        return
    (left, _), (right, maker) = fitted, asked
    if left != right and sorted(left) == sorted(right):
        yield Skew(kind="order", act=maker, scoring=scoring, names=right[:8])
    yield from _dummies(history, scoring)
    yield from _recoded(history, scoring)


def _named_columns(history: RunHistory, item: int | None) -> tuple[tuple[str, ...], Event] | None:
    """The last named columns on the way to an array, and the event that chose them; None behind a transformer."""
    for _ in range(6):
        shown = history.item(item)
        if shown is None:
            return None
        maker = history.trace.events[shown.made_by] if 0 <= shown.made_by < len(history.trace.events) else None
        if shown.columns and shown.kind == "frame":
            return (shown.columns, maker) if maker is not None else None
        if maker is None or maker.kind not in ("derive", "select", "split") or not any(use.item == shown.id for use in maker.writes):
            return None
        item = maker.read("self") if maker.read("self") != item else None
    return None


def _dummies(history: RunHistory, scoring: Scoring) -> Iterator[Skew]:
    """get_dummies once for each part: categories that only one of them has become columns that only one has."""
    ends = ("get_dummies", "to_dummies")
    sides = [[each for each in history.events_behind(item) if each.call.endswith(ends)] for item in (scoring.x_fit, scoring.x)]
    for mine in sides[1]:
        if any(mine.id == each.id for each in sides[0]) or not sides[0]:
            continue
        made = [history.item(next((use.item for use in each.writes), None)) for each in (sides[0][0], mine)]
        if made[0] is None or made[1] is None or not made[0].columns:
            continue
        new = tuple(each for each in made[1].columns if each not in set(made[0].columns))
        if new:
            yield Skew(kind="categories", act=mine, scoring=scoring, names=new[:10], other=sides[0][0])


def _recoded(history: RunHistory, scoring: Scoring) -> Iterator[Skew]:
    """Categories of one column numbered once for each part: a category that both have, under two numbers."""
    sides = [
        {each.columns: each for each in history.events_behind(item) if "codes" in each.settings and each.columns}
        for item in (scoring.x_fit, scoring.x)
    ]
    for columns, mine in sides[1].items():
        other = sides[0].get(columns)
        if other is None or other.id == mine.id:
            continue
        codes = [{name: number for number, name in enumerate(str(each.settings["codes"]).splitlines())} for each in (other, mine)]
        if any(codes[0].get(name, number) != number for name, number in codes[1].items()):
            yield Skew(kind="recoded", act=mine, scoring=scoring, names=columns, other=other)
            return


def share_seen(each: Learned) -> float:
    """Share of the scored rows that an act read."""
    return float(np.round(len(each.seen) / max(1, len(each.scoring.held)), 3))
