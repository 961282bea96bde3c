"""What the model says about reference rows that it has not seen, and how right it is there: what production is measured against."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from rung.core.errors import Unavailable
from rung.core.marks import fact
from rung.facts.goal import Goal
from rung.facts.matrix import Floats, numbers_of
from rung.facts.own_model import OnTest, OnTrain, Predicted, ask_model, features_for, fit_labels, refitted
from rung.facts.reference_columns import sketch_levels, sketch_numbers, time_order
from rung.facts.sample import draw
from rung.facts.schema import Schema
from rung.facts.score import Metric
from rung.facts.target import Target
from rung.inputs.case import Test, Train
from rung.inputs.contract import Contract
from rung.inputs.model import Model
from rung.inputs.settings import Settings
from rung.inputs.snapshot import ColumnSketch, Reference, ScoreSketch
from rung.inputs.table import Rows, Table
from rung.stats.divergence import ks_critical, ks_two_sample
from rung.stats.sketch import rounded

BINS = 20
MAX_FIT_ROWS = 9_000
FOLDS = 3
SLOW = 4.0  # seconds of one fit after which the rows scored so far must do
# A model that scores its own rows as it scores rows held out has learned nothing by heart: its own rows will do, and they are more.
SAME_SCORE, SAME_SHAPE = 0.01, 0.05
WINDOWS = 10
MIN_WINDOW = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferencePredictions:
    """Reference rows with labels and predictions. `origin`, `trusted`: see ScoreSketch. rows of `predicted` are positions in `table`.

    own : what the model itself says about rows that it was fitted on, where the predictions are those of clones.
    """

    table: Table
    predicted: Predicted
    origin: str
    trusted: bool
    own: Predicted | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferenceScores:
    """The sketch of them."""

    scores: ScoreSketch


@fact(cost="fits")
def reference_predictions(
    train: Train, schema: Schema, target: Target, goal: Goal, model: Model, test: Test | None, on_test: OnTest | None, on_train: OnTrain,
    contract: Contract, settings: Settings,
) -> ReferencePredictions:  # fmt: skip
    """Test rows where there are any; else training rows as they are when nothing was learned by heart, else rows held out from three fits.

    Rows in order of time are held out forward, each scored by a fit on earlier ones: so does production stand to its model.
    """
    if test is not None and on_test is not None:
        return ReferencePredictions(table=test.table, predicted=on_test.predicted, origin="test rows", trusted=True)
    own = ReferencePredictions(table=train.table, predicted=on_train.predicted, origin="reference rows", trusted=contract.fresh)
    if model.predicts_column is not None:
        return replace(own, origin="prediction column", trusted=True)
    if contract.fresh:
        return own
    try:
        held_out, seen, forward = _held_out(train.table, schema, target, model, settings)
    except Unavailable:
        return own
    # The same clones on the rows that they were fitted on: what they say more surely there was learned by heart.
    gain = goal.metric.value(seen.y, seen.score) - goal.metric.value(held_out.y, held_out.score)
    shape = ks_two_sample(_one(seen.score), _one(held_out.score)).statistic
    if gain <= SAME_SCORE and shape <= max(SAME_SHAPE, ks_critical(len(seen.y), len(held_out.y), 0.05)):
        return replace(own, trusted=True)
    return ReferencePredictions(
        table=train.table,
        predicted=held_out,
        origin="later rows than those fitted on" if forward else "out of fold",
        trusted=True,
        own=on_train.predicted,
    )


def _one(score: Floats) -> Floats:
    """One column of scores: the largest probability where there is one a class."""
    return score.max(axis=1) if score.ndim == 2 else score


def _held_out(table: Table, schema: Schema, target: Target, model: Model, settings: Settings) -> tuple[Predicted, Predicted, bool]:
    """Predictions of clones for rows that they were not fitted on, the same for as many rows that they were, and whether the former are later rows."""
    rows = np.flatnonzero(target.known)
    rows = rows[draw(table.take(rows), MAX_FIT_ROWS, settings.seed + 5)]
    order = time_order(table.take(rows), schema.time, schema)
    splits = _forward(rows[order]) if order is not None else _at_random(rows, settings)
    features, labels = features_for(model, table, target), fit_labels(model, table, target)
    parts: list[tuple[Predicted, Predicted]] = []
    started = time.perf_counter()
    for inside, outside in splits:
        fresh = refitted(model, table.take(inside), labels[inside], features)
        some = inside[draw(table.take(inside), len(outside), settings.seed + 6)]
        parts.append((_asked(fresh, table, outside, target, settings), _asked(fresh, table, some, target, settings)))
        if time.perf_counter() - started > SLOW:
            break
    return _joined([each for each, _ in parts]), _joined([each for _, each in parts]), order is not None


def _asked(model: Model, table: Table, rows: Rows, target: Target, settings: Settings) -> Predicted:
    asked = ask_model(model, table.take(rows), target.y[rows], target, settings.seed)
    return replace(asked, rows=rows[asked.rows])


def _joined(parts: list[Predicted]) -> Predicted:
    both = {name: np.concatenate([getattr(each, name) for each in parts]) for name in ("labels", "score", "y", "rows")}
    return Predicted(has_scores=parts[0].has_scores, **both)


def _at_random(rows: Rows, settings: Settings) -> list[tuple[Rows, Rows]]:
    fold = settings.rng("reference folds").permutation(len(rows)) % FOLDS
    return [(rows[fold != number], rows[fold == number]) for number in range(FOLDS)]


def _forward(rows: Rows) -> list[tuple[Rows, Rows]]:
    """The last stretch first, so that a slow model is scored with most rows behind it."""
    parts = np.array_split(rows, FOLDS + 2)
    return [(np.sort(np.concatenate(parts[:number])), np.sort(parts[number])) for number in range(FOLDS + 1, 1, -1)]


@fact(cost="fits")
def reference_scores(
    reference: Reference | None, found: ReferencePredictions | None, goal: Goal | None, schema: Schema | None, settings: Settings
) -> ReferenceScores:
    """The snapshot's, else a sketch of the reference predictions."""
    if reference is not None:
        if reference.snapshot.scores is None:
            raise Unavailable("the snapshot holds no predictions (make it with --model)")
        return ReferenceScores(scores=reference.snapshot.scores)
    if found is None or goal is None or schema is None:
        raise Unavailable("needs a model (--model) and reference rows with labels")
    return ReferenceScores(scores=_sketched(found, goal, _order(found, schema), settings))


def _order(found: ReferencePredictions, schema: Schema) -> Rows | None:
    """The scored rows by time."""
    if schema.time is None or schema.time not in found.table.columns:
        return None
    column = schema.column(schema.time)
    when = numbers_of(found.table.column(schema.time), "datetime" if column.kind == "datetime" else "numeric", column.date_format)
    when = when[found.predicted.rows]
    return np.argsort(when, kind="stable") if np.isfinite(when).all() else None


def _sketched(found: ReferencePredictions, goal: Goal, order: Rows | None, settings: Settings) -> ScoreSketch:
    predicted, target, metric = found.predicted, goal.target, goal.metric
    bins = binned(predicted, target)
    wobble, off_wobble, windows = _wobble(predicted, goal, order)
    scored = metric.value(predicted.y, predicted.score)
    positive = predicted.y == target.positive if target.task == "binary" else predicted.y
    return ScoreSketch(
        origin=found.origin, trusted=found.trusted, own=score_sketches(found.own, target, None, settings)["score"] if found.own is not None else None, **score_sketches(predicted, target, order, settings),  # pyright: ignore[reportArgumentType]
        metric=metric.name, value=scored if np.isfinite(scored) else None, error=error_of(metric, predicted), wobble=wobble, off_wobble=off_wobble,
        wobble_windows=windows, base=float(np.mean(positive)) if target.task != "multiclass" else None,
        n_labels=len(predicted.y), n_positive=int(positive.sum()) if target.task == "binary" else 0, **bins,  # pyright: ignore[reportArgumentType]
    )  # fmt: skip


def score_sketches(predicted: Predicted, target: Target, order: Rows | None, settings: Settings) -> dict[str, ColumnSketch | None]:
    """The distribution of the score, and for classes that of the answers."""
    rng = settings.rng("score windows")
    base = ColumnSketch(name="score", kind="numeric", dtype="Float64", n=len(predicted.y), missing=0)
    score = sketch_numbers(base, _one(predicted.score), order, rng)
    if target.task == "regression":
        return {"score": score, "shares": None}
    answers = answered(predicted, target)
    return {"score": score, "shares": sketch_levels(replace(base, name="answer", kind="category", dtype="String"), answers, order, rng)}


def answered(predicted: Predicted, target: Target) -> pl.Series:
    """The predicted labels as text."""
    names = dict(enumerate(target.classes))
    return pl.Series("answer", [names.get(int(each)) if np.isfinite(each) else None for each in predicted.labels], dtype=pl.String)


def binned(predicted: Predicted, target: Target) -> dict[str, tuple[float, ...]]:
    """Mean prediction, mean outcome, mean squared error and rows in bins of the prediction; of several classes, the top one's chance and whether it was right."""
    p, outcome = prediction_and_outcome(predicted, target)
    if not len(p):
        return {"predicted": (), "observed": (), "squared": (), "counts": ()}
    edges = np.unique(np.quantile(p, np.linspace(0, 1, BINS + 1)[1:-1]))
    where = np.searchsorted(edges, p, "right")
    counts = np.bincount(where)
    kept = counts > 0
    sums = [np.bincount(where, each) for each in (p, outcome, (outcome - p) ** 2)]
    means = [tuple(rounded(float(each)) for each in total[kept] / counts[kept]) for total in sums]
    return {"predicted": means[0], "observed": means[1], "squared": means[2], "counts": tuple(int(each) for each in counts[kept])}


def prediction_and_outcome(predicted: Predicted, target: Target) -> tuple[Floats, Floats]:
    """(P(positive), 0/1), (largest probability, right or not), or (number, number); rows without a prediction are left out."""
    p = _one(predicted.score)
    if target.task == "binary":
        outcome = (predicted.y == target.positive).astype(float)
    elif target.task == "multiclass":
        outcome = (predicted.labels == predicted.y).astype(float)
    else:
        outcome = predicted.y
    known = np.isfinite(p)
    return p[known], outcome[known]


def error_of(metric: Metric, predicted: Predicted) -> float | None:
    """Standard error of the score, None where it has none."""
    blank = np.full_like(predicted.score, float(np.mean(predicted.y)) if metric.task == "regression" and len(predicted.y) else 0.0)
    error = metric.error_of_difference(predicted.y, blank, predicted.score)
    return float(error) if np.isfinite(error) else None


def _wobble(predicted: Predicted, goal: Goal, order: Rows | None) -> tuple[float, float, int]:
    """Standard deviations between windows in time beyond sampling, of the score and of mean outcome minus mean prediction; and how many windows."""
    if order is None or len(order) < MIN_WINDOW * WINDOWS:
        return 0.0, 0.0, 0
    found = []
    for rows in np.array_split(order, WINDOWS):
        part = replace(
            predicted, labels=predicted.labels[rows], score=predicted.score[rows], y=predicted.y[rows], rows=predicted.rows[rows]
        )
        value, error = goal.metric.value(part.y, part.score), error_of(goal.metric, part)
        p, outcome = prediction_and_outcome(part, goal.target)
        if np.isfinite(value) and error is not None and len(p) > 1:
            found.append((value, error, float((outcome - p).mean()), float((outcome - p).std(ddof=1)) / len(p) ** 0.5))
    if len(found) < 3:
        return 0.0, 0.0, 0
    value, error, off, off_error = np.array(found).T
    return _beyond(value, error), _beyond(off, off_error), len(found)


def _beyond(values: Floats, errors: Floats) -> float:
    return float(np.sqrt(max(0.0, np.var(values, ddof=1) - np.mean(np.square(errors)))))
