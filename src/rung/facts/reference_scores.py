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
from rung.facts.reference_columns import sketch_levels, sketch_numbers
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
from rung.stats.divergence import ks_two_sample
from rung.stats.sketch import rounded

BINS = 20
MAX_FIT_ROWS = 9_000
FOLDS = 3
SLOW = 4.0  # seconds of one fit after which the rows scored so far must do
# A model that scores its own rows as it scores rows held out has learned nothing by heart: its own rows will do, and they are more.
SAME_SCORE, SAME_SHAPE = 0.01, 0.05
WINDOWS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferencePredictions:
    """Reference rows with labels and predictions. `origin`, `trusted`: see ScoreSketch. rows of `predicted` are positions in `table`."""

    table: Table
    predicted: Predicted
    origin: str
    trusted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferenceScores:
    """The sketch of them."""

    scores: ScoreSketch


@fact(cost="fits")
def reference_predictions(
    train: Train, schema: Schema, target: Target, goal: Goal, model: Model, test: Test | None, on_test: OnTest | None, on_train: OnTrain,
    contract: Contract, settings: Settings,
) -> ReferencePredictions:  # fmt: skip
    """Test rows where there are any; else training rows as they are when nothing was learned by heart, else out of fold (three fits)."""
    if test is not None and on_test is not None:
        return ReferencePredictions(table=test.table, predicted=on_test.predicted, origin="test rows", trusted=True)
    own = ReferencePredictions(table=train.table, predicted=on_train.predicted, origin="reference rows", trusted=contract.fresh)
    if model.predicts_column is not None:
        return replace(own, origin="prediction column", trusted=True)
    if contract.fresh:
        return own
    try:
        held_out = _out_of_fold(train.table, schema, target, model, settings)
    except Unavailable:
        return own
    direct, folded = (_metric_on(goal.metric, each, held_out.rows) for each in (on_train.predicted, held_out))
    shape = ks_two_sample(_one(on_train.predicted.score), _one(held_out.score)).statistic
    if direct - folded <= SAME_SCORE and shape <= SAME_SHAPE:
        return replace(own, trusted=True)
    return ReferencePredictions(table=train.table, predicted=held_out, origin="out of fold", trusted=True)


def _metric_on(metric: Metric, predicted: Predicted, rows: Rows) -> float:
    both = np.isin(predicted.rows, rows)
    return metric.value(predicted.y[both], predicted.score[both])


def _one(score: Floats) -> Floats:
    """One column of scores: the largest probability where there is one a class."""
    return score.max(axis=1) if score.ndim == 2 else score


def _out_of_fold(table: Table, schema: Schema, target: Target, model: Model, settings: Settings) -> Predicted:
    rows = np.flatnonzero(target.known)
    rows = rows[draw(table.take(rows), MAX_FIT_ROWS, settings.seed + 5)]
    fold = settings.rng("reference folds").permutation(len(rows)) % FOLDS
    features, labels = features_for(model, table, target), fit_labels(model, table, target)
    parts, started = [], time.perf_counter()
    for number in range(FOLDS):
        inside, outside = rows[fold != number], rows[fold == number]
        fresh = refitted(model, table.take(inside), labels[inside], features)
        asked = ask_model(fresh, table.take(outside), target.y[outside], target, settings.seed)
        parts.append(replace(asked, rows=outside[asked.rows]))
        if time.perf_counter() - started > SLOW:
            break
    joined = {name: np.concatenate([getattr(each, name) for each in parts]) for name in ("labels", "score", "y", "rows")}
    return Predicted(has_scores=parts[0].has_scores, **joined)


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
    wobble, windows = _wobble(predicted, metric, order)
    scored = metric.value(predicted.y, predicted.score)
    positive = predicted.y == target.positive if target.task == "binary" else predicted.y
    return ScoreSketch(
        origin=found.origin, trusted=found.trusted, **score_sketches(predicted, target, order, settings),  # pyright: ignore[reportArgumentType]
        metric=metric.name, value=scored if np.isfinite(scored) else None, error=error_of(metric, predicted), wobble=wobble,
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


def _wobble(predicted: Predicted, metric: Metric, order: Rows | None) -> tuple[float, int]:
    """Standard deviation of the score between windows in time beyond what sampling gives, and how many windows."""
    if order is None or len(order) < 50 * WINDOWS:
        return 0.0, 0
    values, errors = [], []
    for rows in np.array_split(order, WINDOWS):
        part = Predicted(
            labels=predicted.labels[rows], score=predicted.score[rows], has_scores=predicted.has_scores, y=predicted.y[rows], rows=rows
        )
        value, error = metric.value(part.y, part.score), error_of(metric, part)
        if np.isfinite(value) and error is not None:
            values.append(value)
            errors.append(error)
    if len(values) < 3:
        return 0.0, 0
    return float(np.sqrt(max(0.0, np.var(values, ddof=1) - np.mean(np.square(errors))))), len(values)
