"""The user's own model: refitted on honest folds, and asked about the tables as it is."""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from rung.core.errors import BadInput, Unavailable
from rung.core.marks import fact
from rung.facts.folds import Folds
from rung.facts.matrix import Matrix
from rung.facts.sample import draw
from rung.facts.score import FoldScores, Metric, score_folds
from rung.facts.target import Target, TestTarget, label_texts
from rung.inputs.case import Test, Train
from rung.inputs.model import Model
from rung.inputs.settings import Settings
from rung.inputs.table import Rows, Table

Floats = NDArray[np.float64]
MAX_ROWS = 20_000  # predictions of so many rows are enough for every check that reads them
MAX_SECONDS = 20.0  # of refits; beyond it the user's model is left out of the ladder, and says so


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnScores:
    """The user's model, fitted anew on each honest fold."""

    result: FoldScores


@dataclass(frozen=True, slots=True, kw_only=True)
class Predicted:
    """What the fitted model says about some rows.

    labels : predicted class codes, or numbers, NaN for a label that training does not know.
    score : P(positive), one column a class, or the numbers again; the hard labels where the model gives no more.
    has_scores : whether `score` is more than hard labels.   y : true codes or numbers.   rows : positions in the table.
    """

    labels: Floats
    score: Floats
    has_scores: bool
    y: Floats
    rows: Rows


@dataclass(frozen=True, slots=True, kw_only=True)
class OnTrain:
    """The model's predictions for training rows."""

    predicted: Predicted


@dataclass(frozen=True, slots=True, kw_only=True)
class OnTest:
    """The model's predictions for test rows."""

    predicted: Predicted


@fact(cost="pass")
def on_train(train: Train, target: Target, model: Model, settings: Settings) -> OnTrain:
    """Ask the model about at most 20,000 training rows."""
    return OnTrain(predicted=ask_model(model, train.table, target.y, target, settings.seed))


@fact(cost="pass")
def on_test(test: Test, truth: TestTarget, target: Target, model: Model, settings: Settings) -> OnTest:
    """Ask the model about at most 20,000 test rows."""
    return OnTest(predicted=ask_model(model, test.table, truth.y, target, settings.seed))


def ask_model(model: Model, table: Table, y: Floats, target: Target, seed: int) -> Predicted:
    """Predictions for a bounded number of rows with a known target. Unavailable where the model fails on these rows."""
    known = np.flatnonzero(~np.isnan(y))
    if not len(known):
        raise Unavailable(f"no row of '{table.source}' has a known target")
    part = table.take(known)
    chosen = draw(part, MAX_ROWS, seed)
    asked = part.take(chosen)
    labels = coded_predictions(_ask(model.predict, asked), target)
    score, has_scores = _scores(model, asked, labels, target)
    return Predicted(labels=labels, score=score, has_scores=has_scores, y=y[known][chosen], rows=known[chosen])


def _ask(method: object, table: Table) -> NDArray[np.generic]:
    try:
        return np.asarray(method(table))  # type: ignore[operator]
    except BadInput as error:
        raise Unavailable(error.message, hint=error.hint) from error
    except Exception as error:
        raise Unavailable(f"the model fails on '{table.source}': {type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}") from error


def coded_predictions(values: NDArray[np.generic], target: Target) -> Floats:
    """Predictions as class codes or numbers; probabilities of the positive class become codes at one half."""
    if not target.is_classification:
        return pl.Series(values).cast(pl.Float64, strict=False).to_numpy().astype(float)
    if values.ndim == 2:
        return values.argmax(axis=1).astype(float)
    mapping = {label: float(code) for code, label in enumerate(target.classes)}
    codes = label_texts(pl.Series(values.tolist(), strict=False)).replace_strict(mapping, default=None, return_dtype=pl.Float64)
    if codes.null_count() > 0.5 * len(values) and values.dtype.kind == "f" and target.task == "binary":
        positive = np.asarray(values, dtype=float) >= 0.5
        return np.where(positive, target.positive, 1 - target.positive).astype(float)
    return codes.to_numpy().astype(float)


def _scores(model: Model, table: Table, labels: Floats, target: Target) -> tuple[Floats, bool]:
    if not target.is_classification:
        return labels, True
    if model.probabilities is not None:
        table_of = np.asarray(_ask(model.probabilities, table), dtype=float)
        columns = class_columns(model, target)
        if columns is not None and table_of.ndim == 2 and table_of.shape[1] >= len(target.classes):
            return (table_of[:, columns[target.positive]] if target.task == "binary" else table_of[:, columns]), True
    return _hard(labels, target), False


def class_columns(model: Model, target: Target) -> list[int] | None:
    """For each class code, its column in the model's probabilities; None where they cannot be matched."""
    if not model.classes:
        return list(range(len(target.classes)))
    texts = label_texts(pl.Series(list(model.classes), strict=False)).to_list()
    if all(label in texts for label in target.classes):
        return [texts.index(label) for label in target.classes]
    return list(range(len(target.classes))) if len(texts) == len(target.classes) and set(texts) == {str(code) for code in range(len(texts))} else None


def _hard(labels: Floats, target: Target) -> Floats:
    if target.task == "binary":
        return (labels == target.positive).astype(float)
    return (labels[:, None] == np.arange(len(target.classes))).astype(float)


@fact(cost="fits")
def own_scores(model: Model, train: Train, matrix: Matrix, folds: Folds, metric: Metric, target: Target) -> OwnScores:
    """Refit a clone of the user's estimator on each fold. Unavailable for what cannot be refitted, or would take too long."""
    if model.refit is None:
        raise Unavailable("the model cannot be fitted again (no scikit-learn interface)")
    features = model.features or tuple(name for name in train.table.columns if name != target.name)
    table, started = train.table.take(matrix.rows), time.perf_counter()
    labels = train.table.column(target.name).to_numpy() if target.is_classification else target.y
    n_columns = metric.n_classes if metric.task == "multiclass" else 0
    prediction = np.full((len(matrix.y), n_columns) if n_columns else len(matrix.y), np.nan)
    for number, (trained, scored) in enumerate(folds.splits()):
        if number and (time.perf_counter() - started) / number * folds.n_folds > MAX_SECONDS:
            raise Unavailable(f"over budget: {folds.n_folds} fits of the user's model take more than {MAX_SECONDS:g} s")
        if len(trained) and len(scored):
            fresh = _refitted(model, table.take(trained), labels[matrix.rows[trained]], features)
            prediction[scored] = ask_model(fresh, table.take(scored), matrix.y[scored], target, 0).score
    return OwnScores(result=score_folds("your model", metric, matrix.y, prediction, folds.fold, matrix.rows))


def _refitted(model: Model, table: Table, labels: NDArray[np.generic], features: tuple[str, ...]) -> Model:
    assert model.refit is not None  # noqa: S101 - asked above
    try:
        return model.refit(table, labels, features)
    except Exception as error:
        raise Unavailable(f"the model cannot be fitted again: {type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}") from error
