"""How the scored rows were used: models compared on the same rows, thresholds tried on them, fits that stopped by them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from rung.core.marks import fact
from rung.facts.run_choices import RunChoices, line_in_text
from rung.facts.run_history import RunHistory
from rung.facts.run_rounds import RunRounds, is_stage
from rung.facts.run_scorings import Scoring, Scorings
from rung.inputs.trace import Event
from rung.inputs.trace_parts import Rows

SEEDS = re.compile(r"random_state|seed|n_jobs|verbose|thread", re.IGNORECASE)


MIN_ROUNDS = 3
MIN_SWEEP = 6  # calls in one order of their shares: by chance once in 360


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TestUse:
    """One set of held-out rows.

    rows : which.   scorings : scores on them, in order.   models : different models scored on them (settings apart from seeds; dummies left out).
    one_kind : whether those are one class with different settings or features.   stopped : fits that ended by their score on these rows.
    rounds : scores of one model at several rounds, and fits that kept a record of these rows, where a round was picked from such a curve.
    grid : scores of one prediction on them cut at different thresholds, or of several mixed in different shares, at one line, and curves of whose thresholds one was picked.   later : scores on other rows, made afterwards.
    """

    __test__ = False

    rows: Rows
    scorings: tuple[Scoring, ...]
    models: int
    one_kind: bool
    stopped: tuple[Event, ...]
    rounds: tuple[Event, ...]
    grid: tuple[Event, ...]
    later: tuple[Scoring, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RunTests:
    """Every held-out set apart from folds."""

    scorings: Scorings
    uses: tuple[TestUse, ...]


@fact(cost="instant")
def run_tests(scorings: Scorings, choices: RunChoices, rounds: RunRounds) -> RunTests:
    """Group the scores by the rows they are on."""
    sets: dict[bytes, list[Scoring]] = {}
    for each in scorings.held:
        if not each.folds and each.many == 1:
            sets.setdefault(each.scored.tobytes(), []).append(each)
    return RunTests(scorings=scorings, uses=tuple(_use(scorings, choices, rounds, group) for group in sets.values()))


def _use(scorings: Scorings, choices: RunChoices, picked: RunRounds, group: list[Scoring]) -> TestUse:
    rows = group[0].scored
    names = _models(group)
    others = [
        each
        for each in scorings.scorings
        if each.honest and each.event.id > group[-1].event.id and not np.intersect1d(each.scored, rows).size
    ]
    return TestUse(
        rows=rows, scorings=tuple(group), models=len(names), one_kind=len({name[0] for name in names if name}) == 1,
        stopped=tuple(each for each in _watched(scorings.history, rows) if _could_stop(each)),
        rounds=tuple(_by_round(scorings.history, group)) if picked.lines else (), grid=(*_grid(scorings.history, rows), *_mixtures(scorings.history, choices, group), *_cut(scorings.history, choices, rows)), later=tuple(others),
    )  # fmt: skip


def _models(group: list[Scoring]) -> set[tuple[str, ...]]:
    """The different models scored; several that one score is of, a blend, are one."""
    events: dict[int, list[tuple[str, ...]]] = {}
    for each in group:
        identity = _identity(each)
        if identity is not None:
            events.setdefault(each.event.id, []).append(identity)
    return {parts[0] if len(parts) == 1 else ("blend", *(word for part in sorted(parts) for word in part)) for parts in events.values()}


def _identity(each: Scoring) -> tuple[str, ...] | None:
    """What makes a model another model: class, settings apart from seeds, the columns it was given."""
    estimator = each.fit.estimator if each.fit is not None else None
    if estimator is None or estimator.kind == "dummy":
        return None
    settings = [f"{name}={value}" for name, value in sorted(estimator.parameters.items()) if not SEEDS.search(name)]
    steps = [f"{path}:{kind}" for path, kind in estimator.steps]
    return (
        estimator.type_name + "".join(kind for _, kind in estimator.steps),
        *settings,
        *steps,
        *estimator.features[:50],
        str(each.fit.id) if each.predict and each.fit else "",
    )


def _by_round(history: RunHistory, group: list[Scoring]) -> Iterator[Event]:
    stages = [each.event for each in group if is_stage(each.predict)]
    yield from stages if len(stages) >= MIN_ROUNDS else ()
    rows = group[0].scored
    yield from (each for each in _watched(history, rows) if not _could_stop(each) and not _others_watched(history, each, rows))


def _others_watched(history: RunHistory, fit: Event, rows: Rows) -> bool:
    """Whether a fit watched a part of its own beside these rows: then the round may have been picked by that."""
    fitted = history.rows(fit.read("X"))
    watched = [found for use in fit.reads if use.role.endswith("].X") and (found := history.rows(use.item)) is not None]
    return any(not np.isin(each, rows).any() and not np.isin(each, fitted).all() for each in watched) if fitted is not None else False


def _watched(history: RunHistory, rows: Rows) -> Iterator[Event]:
    """Fits that watched these rows."""
    for event in history.trace.events:
        watched = [use.item for use in event.reads if use.role.startswith("eval_set") and use.role.endswith("X")]
        seen = [found for item in watched if (found := history.rows(item)) is not None]
        if event.kind in ("fit", "search") and any(np.intersect1d(each, rows).size > 0.5 * len(rows) for each in seen):
            yield event


def _could_stop(event: Event) -> bool:
    estimator = event.estimator
    if estimator is not None and estimator.type_name.startswith("CatBoost"):  # cut back to the best of the watched rows unless told not to
        kept = event.settings.get("use_best_model", estimator.parameters.get("use_best_model"))
        return kept in (None, "None", True)
    named = {**(dict(estimator.parameters) if estimator else {}), **dict(event.settings)}
    if any("EarlyStopping" in str(value) or "early_stopping" in str(value) for value in named.values()):
        return True
    if any("early_stopping" in name and value not in (None, False, 0, "None") for name, value in named.items()):
        return True
    fitted = estimator.fitted if estimator else {}
    best, last = fitted.get("best_iteration", -1.0), fitted.get("n_iter_", fitted.get("n_estimators", np.inf))
    return 0 <= best < last - 1 if best is not None else False


def _cut(history: RunHistory, choices: RunChoices, rows: Rows) -> Iterator[Event]:
    """Curves over these rows of whose thresholds one was picked, which then cut the same prediction for a score on the same rows."""
    on_rows = [
        each
        for each in history.trace.events
        if each.kind == "metric" and each.metric is not None and not each.depth and _truth_is(history, each, rows)
    ]
    curves = [each for each in on_rows if line_in_text(history.trace, each.where) in choices.cuts]
    for curve in curves:
        asked = {each.prediction for each in curve.metric.arguments} - {None} if curve.metric is not None else set()
        later = [each for each in on_rows if each.id > curve.id and each.metric is not None]
        if any(argument.rounded and argument.prediction in asked for each in later for argument in each.metric.arguments):  # type: ignore[union-attr]
            yield curve


def _truth_is(history: RunHistory, event: Event, rows: Rows) -> bool:
    truth = history.rows(event.read("y_true"))
    return truth is not None and len(truth) == len(rows) and np.array_equal(np.unique(truth), rows)


def _grid(history: RunHistory, rows: Rows) -> Iterator[Event]:
    """Scores of one prediction cut at several thresholds."""
    by_place: dict[tuple[object, object], list[Event]] = {}
    for event in history.trace.events:
        if event.kind != "metric" or event.metric is None or event.depth:
            continue
        rounded: list[object] = [each.prediction for each in event.metric.arguments if each.rounded and each.prediction is not None]
        rounded = rounded or _cut_unseen(history, event)
        if rounded and _truth_is(history, event, rows):
            by_place.setdefault((event.where, rounded[0]), []).append(event)
    for (_, made), group in by_place.items():
        if isinstance(made, str) and not _sweeps(history, group):
            continue
        if len(group) >= 4 or sum(each.times for each in group) >= 4:
            yield from group


def _mixtures(history: RunHistory, choices: RunChoices, group: list[Scoring]) -> Iterator[Event]:
    """Scores of the same predictions mixed anew each time, at one line, of which the source picks the best."""
    places: dict[tuple[object, ...], dict[str, Event]] = {}
    for event in {each.event.id: each.event for each in group}.values():
        parts = tuple(sorted(each.predict.id for each in group if each.event is event and each.predict is not None))
        guess = history.item(next((use.item for use in event.reads if use.role not in ("y_true", "y", "X")), None))
        if len(parts) > 1 and guess is not None and guess.digest and event.metric is not None:
            places.setdefault((event.where, event.metric.name, parts), {})[guess.digest] = event
    for mixed in places.values():
        yield from mixed.values() if len(mixed) >= MIN_SWEEP and choices else ()


def _cut_unseen(history: RunHistory, event: Event) -> list[object]:
    """'cut' for hard calls whose making was not followed: a blend of predictions that was cut at a threshold, perhaps."""
    arguments = event.metric.arguments if event.metric is not None else ()
    hard = len(arguments) > 1 and arguments[1].hard and arguments[1].prediction is None and len(arguments[1].values) <= 2
    return ["cut"] if hard and not any(each.kind == "predict" for each in history.events_behind(event.read("y_pred"))) else []


def _sweeps(history: RunHistory, group: list[Event]) -> bool:
    """Whether calls at one line rise or fall throughout in their share, with nothing fitted or predicted between them: a threshold moved over one vector."""
    shares = [dict(each.metric.arguments[1].values) for each in group if each.metric is not None]
    labels = {label for each in shares for label in each}
    between = history.trace.events[group[0].id : group[-1].id]
    if len(labels) != 2 or len(group) < MIN_SWEEP or any(each.kind in ("fit", "predict", "search") for each in between):
        return False
    steps = np.diff([each.get(max(labels), 0.0) for each in shares])
    return bool((steps != 0).sum() >= MIN_SWEEP - 1 and ((steps >= 0).all() or (steps <= 0).all()))
