"""What was scored on what: each score of a run with the rows scored, the rows its model was fitted on, and both matrices."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import numpy as np

from rung.core.errors import Unavailable
from rung.core.marks import fact
from rung.facts.run_history import RunHistory
from rung.inputs.trace import Event
from rung.inputs.trace_parts import Rows

LEARNERS = ("classifier", "regressor", "search", "pipeline")
EMPTY = np.empty(0, dtype=np.int64)
MIN_FOLDS = 3
HALF_SUPERVISED = ("SelfTrainingClassifier", "LabelPropagation", "LabelSpreading")
FITS = ("fit", "search", "fit-transform")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Scoring:
    """One score of one model.

    event : the metric, the estimator's score or the cross-validation; where neither was seen, the prediction.   predict : the prediction scored.
    fits : fits in force, the model's own last.   x, y : items scored.   x_fit, y_fit : items fitted on.
    scored : global rows scored (unique, ascending).   fitted : global rows of the fit.   held : rows scored that were not fitted on.
    folds : number of folds where this is a cross-validation (scored and held are all rows, fitted too).   split : event that set the scored rows apart.
    many : folds of that split.   shared : rows that are both fitted on and scored: of the scored set, or in one fold.
    """

    event: Event
    predict: Event | None
    fits: tuple[Event, ...]
    x: int | None
    y: int | None
    x_fit: int | None
    y_fit: int | None
    scored: Rows
    fitted: Rows
    held: Rows
    shared: Rows = field(default_factory=lambda: EMPTY)
    folds: int = 0
    split: Event | None = None
    many: int = 1

    @property
    def fit(self) -> Event | None:
        """The model's own fit."""
        return self.fits[-1] if self.fits else None

    @property
    def honest(self) -> bool:
        """Whether rows were scored that the model was not fitted on."""
        return bool(len(self.held))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Scorings:
    """All scores of a run, in order."""

    history: RunHistory
    scorings: tuple[Scoring, ...]

    @property
    def held(self) -> tuple[Scoring, ...]:
        """Those on rows that the model was not fitted on."""
        return tuple(each for each in self.scorings if each.honest)


@fact(cost="instant")
def scorings(history: RunHistory) -> Scorings:
    """Every metric on a prediction, every estimator's score, every cross-validation and search. Unavailable where the script scores nothing."""
    found = [each for event in history.trace.events for each in _of_event(history, event)]
    found += list(_unscored(history, found))
    found += list(_by_hand(history)) if not found else []
    if not found:
        raise Unavailable("the script scores no model")
    found = _rotated(found)
    return Scorings(
        history=history, scorings=tuple(sorted(found, key=lambda each: (each.event.id, each.predict.id if each.predict else 0)))
    )


def _rotated(found: list[Scoring]) -> list[Scoring]:
    """Folds made by hand: at one line, rows that part by turns from the same whole."""
    turns: dict[object, list[Scoring]] = {}
    for each in found:
        if each.honest and each.many == 1 and not each.folds and not len(each.shared):
            turns.setdefault((each.event.where, len(each.scored) + len(each.fitted)), []).append(each)
    folds = {id(each): len(group) for group in turns.values() if _by_turns(group) for each in group}
    return [replace(each, many=folds.get(id(each), each.many)) for each in found]


def _by_turns(group: list[Scoring]) -> bool:
    whole = np.union1d(group[0].scored, group[0].fitted)
    held = np.concatenate([each.scored for each in group])
    same = all(np.array_equal(np.union1d(each.scored, each.fitted), whole) for each in group[1:])
    return len(group) >= MIN_FOLDS and same and len(np.unique(held)) == len(held)


def _of_event(history: RunHistory, event: Event) -> Iterator[Scoring]:
    if event.depth or event.raised:
        return
    if event.kind == "metric" and event.metric is not None:
        for predict in _predictions(history, event):
            yield from _scoring(history, event, predict, event.read("y_true"))
    elif event.kind == "score":
        yield from _scoring(history, event, event, event.read("y"))
    elif event.kind in ("cross-validation", "search") and event.split is not None:
        yield from _folded(history, event)


def _predictions(history: RunHistory, metric: Event) -> list[Event]:
    """Predictions behind a metric's arguments; where the thread is cut, those on rows that the labels cover."""
    events = history.trace.events
    told = [argument.prediction for argument in metric.metric.arguments if argument.prediction is not None] if metric.metric else []
    found = {history.outer(events[each]).id for each in told if each < metric.id}
    for use in metric.reads:
        found |= {each.event for each in history.behind(use.item) if events[each.event].kind == "predict" and not each.chosen}
    direct = [events[each] for each in sorted(found) if _is_model(events[each])]
    inner = {fed.id for each in direct for fed in _feeding(history, each)}
    if direct:
        return [each for each in direct if each.id not in inner]
    truth = history.rows(metric.read("y_true"))
    if truth is None:
        return []
    covered = np.unique(truth)
    earlier = [each for each in events[: metric.id] if each.kind == "predict" and not each.depth and _is_model(each)]
    return [each for each in earlier if (rows := history.rows(each.read("X"))) is not None and len(rows) and np.isin(rows, covered).all()]


def _feeding(history: RunHistory, predict: Event) -> list[Event]:
    """Predictions that are features of this one (stacking): they are judged as features."""
    return [each for each in history.events_behind(predict.read("X")) if each.kind == "predict"]


def _is_model(event: Event) -> bool:
    return event.estimator is None or event.estimator.kind in (*LEARNERS, "dummy", "other")


def _scoring(history: RunHistory, event: Event, predict: Event, y: int | None) -> Iterator[Scoring]:
    x = predict.read("X")
    scored = history.rows(x)
    if scored is None:
        scored = history.rows(y)
    fits = _fits_of(history, predict)
    if scored is None or not fits:
        return
    x_fit = fits[-1].read("X")
    fitted = history.rows(x_fit)
    if fitted is None:
        return
    split, many = _split_behind(history, x)
    fitted = _labelled(history, fits[-1], fitted)
    scored, fitted = np.unique(scored), np.unique(fitted)
    yield Scoring(
        event=event, predict=predict, fits=tuple(fits), x=x, y=y, x_fit=x_fit, y_fit=fits[-1].read("y"),
        scored=scored, fitted=fitted, held=np.setdiff1d(scored, fitted), shared=np.intersect1d(scored, fitted), split=split, many=many,
    )  # fmt: skip


def _labelled(history: RunHistory, fit: Event, rows: Rows) -> Rows:
    """Rows whose labels a fit was given: half-supervised learners take -1 for none, and such rows are no answers known."""
    name = fit.estimator.type_name if fit.estimator is not None else ""
    labels = history.item(fit.read("y"))
    if name not in HALF_SUPERVISED or labels is None or labels.excerpt is None or len(labels.excerpt.positions) != len(rows):
        return rows
    values = next(iter(labels.excerpt.columns.values())).astype(str)
    return rows[~np.isin(values, ("-1", "-1.0"))]


def _fits_of(history: RunHistory, predict: Event) -> list[Event]:
    """Fits in force, that of the predicting object last."""
    events = history.trace.events
    used = [events[each] for each in predict.uses if events[each].kind in FITS and events[each].read("X") is not None]
    own = [each for each in used if predict.estimator and each.estimator and each.estimator.id == predict.estimator.id]
    if not own and predict.estimator is not None:
        before = [
            each for each in events[: predict.id] if each.kind in FITS and each.estimator and each.estimator.id == predict.estimator.id
        ]
        own = [each for each in before if each.read("X") is not None][-1:]
    return [*(each for each in used if each not in own), *own]


def _split_behind(history: RunHistory, x: int | None) -> tuple[Event | None, int]:
    """The last split that the rows went through, and how many folds it has."""
    splits = [history.trace.events[each.event] for each in history.behind(x) if history.trace.events[each.event].kind == "split"]
    if splits:
        last = max(splits, key=lambda each: each.id)
        return last, max(1, len(last.split.folds) if last.split else 1)
    rows = history.rows(x)
    if rows is None or not len(rows):
        return None, 1
    rows = np.unique(rows)
    for event in reversed(history.trace.events):
        for fold in event.split.folds if event.kind == "split" and event.split else ():
            if fold.test_rows is not None and np.array_equal(np.unique(fold.test_rows), rows):
                return event, max(1, len(event.split.folds) if event.split else 1)
    return None, 1


def _folded(history: RunHistory, event: Event) -> Iterator[Scoring]:
    x = event.read("X")
    rows = history.rows(x)
    if rows is None or event.split is None:
        return
    rows = np.unique(rows)
    folds = len(event.split.folds)
    first = event.split.folds[0] if folds else None
    shared = EMPTY
    if first is not None and first.train_rows is not None and first.test_rows is not None:
        shared = np.intersect1d(first.train_rows, first.test_rows)
    yield Scoring(
        event=event, predict=None, fits=(event,), x=x, y=event.read("y"), x_fit=x, y_fit=event.read("y"),
        scored=rows, fitted=rows, held=rows, shared=shared, folds=max(2, folds), split=event, many=max(2, folds),
    )  # fmt: skip


def _unscored(history: RunHistory, found: list[Scoring]) -> Iterator[Scoring]:
    """Models that predict rows apart from those fitted, where no score of theirs was seen: scores worked out by hand."""
    known = {_object(each.predict) for each in found if each.predict is not None}
    scored_rows = [each.scored for each in found]
    for event in history.trace.events:
        if event.kind != "predict" or event.depth or not _is_model(event) or _object(event) in known:
            continue
        for each in _scoring(history, event, event, None):
            # Rows of another table than the one fitted on have no labels here: rows to hand in, not to score.
            labelled = _same_source(history, each) and not any(np.isin(each.held, rows).any() for rows in scored_rows)
            if each.honest and labelled and not _feeds(history, event):
                yield each


HAND = (
    re.compile(r"(?<![a-z])(train|trn|X_?tr\b)", re.IGNORECASE),
    re.compile(r"(?<![a-z])(test|valid|val|holdout|X_?te\b|X_?va\b)", re.IGNORECASE),
)


def _by_hand(history: RunHistory) -> Iterator[Scoring]:
    """Where no model of a library is in the run: two parts of one table, on lines that name a training and a test part, stand for a fit and its score."""
    parts = [
        each
        for each in history.trace.events
        if each.kind in ("select", "split") and not each.depth and all(word.search(each.code) for word in HAND)
    ]
    places: dict[object, list[Event]] = {}
    for each in parts:
        places.setdefault(each.where, []).append(each)
    yield from itertools.islice(_named_parts(history), 1)
    for group in places.values():
        items = [use.item for each in group for use in each.writes if (rows := history.rows(use.item)) is not None and len(rows) > 1]
        for x_fit, x in itertools.pairwise(items):
            fitted, scored = (np.unique(history.trace.items[item].rows) for item in (x_fit, x))  # type: ignore[arg-type]
            shared = np.intersect1d(fitted, scored)
            # What a splitter parted are two sides, also where copies of one row went to both.
            if len(fitted) > len(scored) and (not shared.size or group[-1].kind == "split"):
                yield Scoring(
                    event=group[-1], predict=None, fits=(), x=x, y=None, x_fit=x_fit, y_fit=None, scored=scored, fitted=fitted,
                    held=np.setdiff1d(scored, fitted), shared=shared, split=group[-1],
                )  # fmt: skip
                break


ALONE = (
    re.compile(r"(?<![a-z])(train|trn|tr|fit)(?![a-z])", re.IGNORECASE),
    re.compile(r"(?<![a-z])(test|te|valid|val|va|holdout)(?![a-z])", re.IGNORECASE),
)


def _named_parts(history: RunHistory) -> Iterator[Scoring]:
    """The same where the parts of one matrix are taken on lines of their own: `X[train] @ w` here, `X[test] @ w` there."""
    taken = [each for each in history.trace.events if each.kind == "select" and not each.depth and _columns_of(history, each) > 1]
    named = [
        [each for each in taken if ALONE[side].search(each.code) and not ALONE[1 - side].search(each.code)] for side in (0, 1)
    ]  # fmt: skip
    for fit, test in itertools.product(named[0][:1], named[1][-1:]):
        x_fit, x = (next((use.item for use in each.writes), None) for each in (fit, test))
        sides = [np.unique(rows) for item in (x_fit, x) if (rows := history.rows(item)) is not None]
        if len(sides) < 2:
            continue
        fitted, scored = sides
        if fit.read("self") == test.read("self") and len(fitted) > len(scored) and not np.intersect1d(fitted, scored).size:
            yield Scoring(
                event=test, predict=None, fits=(), x=x, y=None, x_fit=x_fit, y_fit=None, scored=scored, fitted=fitted, held=scored, split=test,
            )  # fmt: skip


def _columns_of(history: RunHistory, event: Event) -> int:
    item = history.item(event.read("self"))
    return item.shape[1] if item is not None and len(item.shape) == 2 and item.kind in ("array", "frame") else 0


def _feeds(history: RunHistory, event: Event) -> bool:
    """Whether a prediction is a feature of a later model."""
    made = {use.item for use in event.writes}
    fits = (each for each in history.trace.events[event.id :] if each.kind in FITS)
    return any(event.id in {trail.event for trail in history.behind(each.read("X"))} for each in fits) if made else False


def _object(event: Event | None) -> int:
    return event.estimator.id if event is not None and event.estimator is not None else -1


def _same_source(history: RunHistory, scoring: Scoring) -> bool:
    firsts = np.array([source.first for source in history.trace.sources])
    of = [set(np.searchsorted(firsts, rows, side="right").tolist()) for rows in (scoring.held, scoring.fitted)]
    return bool(of[0] & of[1])
