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
from rung.facts.sample import draw_from, take
from rung.facts.score import FoldScores, Metric, score_folds
from rung.facts.target import Target, TestTarget, label_texts
from rung.inputs.case import Test, Train
from rung.inputs.model import Model
from rung.inputs.settings import Settings
from rung.inputs.table import Rows, Table

Floats = NDArray[np.float64]
MAX_ROWS = 20_000  # predictions of so many rows are enough for every check that reads them
MAX_SECONDS = 20.0  # of refits; beyond it the user's model is left out of the ladder, and says so
MIN_FOLDS = 3  # of a slow model; fewer give no usable interval (t of 2 degrees of freedom is 4.3, of one 12.7)
SLOW_SECONDS = (
    8.0  # after which three folds must suffice; far from what usual models take, so that a run repeats itself on a busy machine too
)


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
    rows = known[draw_from(table.positions[known], MAX_ROWS, seed)]
    asked = _without_target(take(table, rows), model, target)
    raw = _ask(model.predict, asked)
    if raw.shape[:1] != (len(rows),):
        raise Unavailable(f"the model returns {raw.shape} values for {len(rows)} rows of '{table.source}'")
    labels = coded_predictions(raw, target, of_positive=model.predicts_column is not None)
    score, has_scores = _scores(model, asked, raw, labels, target)
    return Predicted(labels=labels, score=score, has_scores=has_scores, y=y[rows], rows=rows)


def _without_target(table: Table, model: Model, target: Target) -> Table:
    """A model that does not name its columns is asked with the features alone; it was never shown the target."""
    wants_it = model.predicts_column is not None or target.name in model.features
    return table if model.features or wants_it else table.drop([target.name])


def _ask(method: object, table: Table) -> NDArray[np.generic]:
    try:
        return np.asarray(method(table))  # type: ignore[operator]
    except BadInput as error:
        raise Unavailable(error.message, hint=error.hint) from error
    except Exception as error:
        raise Unavailable(
            f"the model fails on '{table.source}': {type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}"
        ) from error


def coded_predictions(values: NDArray[np.generic], target: Target, *, of_positive: bool = False) -> Floats:
    """Predictions as class codes or numbers; probabilities become codes at one half.

    of_positive : 0..1 speaks of the declared positive class (a column of predictions), else of the larger label (what predict() returns).
    """
    if values.ndim == 2 and values.shape[1] == 1:
        values = values[:, 0]
    if not target.is_classification:
        numbers = pl.Series(values.tolist(), strict=False) if values.ndim == 1 else pl.Series(values[:, 0].tolist())
        return numbers.cast(pl.Float64, strict=False).to_numpy().astype(float)
    if values.ndim == 2:
        return np.asarray(values, dtype=float).argmax(axis=1).astype(float)
    mapping = {label: float(code) for code, label in enumerate(target.classes)}
    texts = label_texts(pl.Series(values.tolist(), strict=False))
    codes = texts.replace_strict(mapping, default=None, return_dtype=pl.Float64)
    if codes.null_count() == codes.len() and set(texts.drop_nulls().unique().to_list()) <= {
        str(code) for code in range(len(target.classes))
    }:
        if of_positive and target.task == "binary":
            return np.where(texts.cast(pl.Float64).to_numpy() == 1, float(target.positive), float(1 - target.positive))
        codes = texts.cast(pl.Float64)  # the labels were coded 0..k-1 in their order before fitting, as boosting libraries ask for
    if codes.null_count() > 0.5 * len(values) and values.dtype.kind == "f":
        return _graded_codes(np.asarray(values, dtype=float), target, codes, of_positive=of_positive)
    return codes.to_numpy().astype(float)


def _graded_codes(values: Floats, target: Target, codes: pl.Series, *, of_positive: bool = False) -> Floats:
    """Numbers that are no labels: P(class 1) is called at one half, a regressor's number is the nearest label's."""
    numbers = [each for each in (pl.Series(target.classes).cast(pl.Float64, strict=False).to_list()) if each is not None]
    told = values[np.isfinite(values)]
    share = bool(np.all((told >= 0) & (told <= 1)))
    if of_positive and target.task == "binary" and not share:
        return _called_by_rank(values, told, target)
    if target.task == "binary" and (share or len(numbers) < 2):
        called = (values >= 0.5).astype(float)
        return called if not of_positive or target.positive == 1 else 1 - called
    if len(numbers) < len(target.classes):
        return codes.to_numpy().astype(float)
    nearest = np.abs(values[:, None] - np.array(numbers)[None, :]).argmin(axis=1).astype(float)
    return np.where(np.isfinite(values), nearest, np.nan)


def _called_by_rank(values: Floats, told: Floats, target: Target) -> Floats:
    """Scores on a scale of their own know no one half: of both signs they are called from nought, else as many are called as are positive."""
    share = float((target.y[target.known] == target.positive).mean())
    cut = 0.0 if told.min() < 0 < told.max() else float(np.quantile(told, 1 - share))
    called = np.where(values > cut, float(target.positive), float(1 - target.positive))
    return np.where(np.isfinite(values), called, np.nan)


def _scores(model: Model, table: Table, raw: NDArray[np.generic], labels: Floats, target: Target) -> tuple[Floats, bool]:
    if not target.is_classification:
        return labels, True
    if model.predicts_column is not None and target.task == "binary":
        return _column_scores(raw, labels, target)
    if model.probabilities is not None:
        table_of = np.asarray(_ask(model.probabilities, table), dtype=float)
        columns = class_columns(model, target)
        if columns is not None and table_of.ndim == 2 and table_of.shape[1] >= len(target.classes):
            return (table_of[:, columns[target.positive]] if target.task == "binary" else table_of[:, columns]), True
    return _raw_scores(raw, labels, target)


def _column_scores(raw: NDArray[np.generic], labels: Floats, target: Target) -> tuple[Floats, bool]:
    """A column of predictions for two classes: numbers speak of the positive class, labels of themselves."""
    numbers = pl.Series(raw.tolist(), strict=False).cast(pl.Float64, strict=False).to_numpy().astype(float)
    told = numbers[np.isfinite(numbers)]
    if not told.size or bool(np.isin(told, (0.0, 1.0)).all()) or len(np.unique(told)) <= 2:
        return _hard(labels, target), False
    return numbers, True


def _raw_scores(raw: NDArray[np.generic], labels: Floats, target: Target) -> tuple[Floats, bool]:
    """What `predict` alone gives: probabilities of a native booster or a callable, numbers that rank, or hard labels."""
    if raw.dtype.kind not in "fiub":
        return _hard(labels, target), False
    values = np.asarray(raw, dtype=float)
    if values.ndim == 2 and values.shape[1] == len(target.classes):
        return (values[:, target.positive] if target.task == "binary" else values), True
    flat = values[:, 0] if values.ndim == 2 and values.shape[1] == 1 else values
    graded = flat.ndim == 1 and target.task == "binary" and len(np.unique(flat[np.isfinite(flat)])) > 2
    if graded:
        # The larger label in value order is what a number of predict() speaks of: P(class 1).
        return (flat if target.positive == 1 else -flat if (flat.min() < 0 or flat.max() > 1) else 1 - flat), True
    return _hard(labels, target), False


def class_columns(model: Model, target: Target) -> list[int] | None:
    """For each class code, its column in the model's probabilities; None where they cannot be matched."""
    if not model.classes:
        return list(range(len(target.classes)))
    texts = label_texts(pl.Series(list(model.classes), strict=False)).to_list()
    if all(label in texts for label in target.classes):
        return [texts.index(label) for label in target.classes]
    return (
        list(range(len(target.classes)))
        if len(texts) == len(target.classes) and set(texts) == {str(code) for code in range(len(texts))}
        else None
    )


def _hard(labels: Floats, target: Target) -> Floats:
    if target.task == "binary":
        return (labels == target.positive).astype(float)
    return (labels[:, None] == np.arange(len(target.classes))).astype(float)


@fact(cost="fits")
def own_scores(model: Model, train: Train, matrix: Matrix, folds: Folds, metric: Metric, target: Target) -> OwnScores:
    """Refit a clone of the user's estimator on each fold. Unavailable for what cannot be refitted, or would take too long.

    A slow estimator is fitted on three folds only: each fit is as honest as before, the interval is wider.
    """
    result = refit_on_folds("your model", model, train, matrix, folds, metric, target)
    if not np.isfinite(result.scores).any():
        raise Unavailable("no fold has a score of the user's model")
    return OwnScores(result=result)


def refit_on_folds(
    name: str, model: Model, train: Train, matrix: Matrix, folds: Folds, metric: Metric, target: Target, **parameters: object
) -> FoldScores:
    """Out-of-fold scores of clones of the user's estimator, with these parameters changed."""
    if model.refit is None:
        raise Unavailable("the model cannot be fitted again (no scikit-learn interface)")
    features = features_for(model, train.table, target)
    table, labels = train.table.take(matrix.rows), fit_labels(model, train.table, target)[matrix.rows]
    n_columns = metric.n_classes if metric.task == "multiclass" else 0
    prediction = np.full((len(matrix.y), n_columns) if n_columns else len(matrix.y), np.nan)
    started, done = time.perf_counter(), 0
    for trained, scored in folds.splits():
        if not len(trained) or not len(scored) or _enough(done, time.perf_counter() - started):
            continue
        fresh = refitted(model, table.take(trained), labels[trained], features, **parameters)
        prediction[scored] = ask_model(fresh, table.take(scored), matrix.y[scored], target, 0).score
        done += 1
    return score_folds(name, metric, matrix.y, prediction, folds.fold, matrix.rows, folds.n_folds)


def _enough(done: int, seconds: float) -> bool:
    """Whether the folds done must suffice. Raises Unavailable where even three would take too long."""
    if done and seconds / done * MIN_FOLDS > MAX_SECONDS:
        raise Unavailable(f"over budget: {MIN_FOLDS} fits of the user's model take more than {MAX_SECONDS:g} s")
    return done >= MIN_FOLDS and seconds > SLOW_SECONDS


def features_for(model: Model, table: Table, target: Target) -> tuple[str, ...]:
    """The columns that the user's estimator is fitted on."""
    return model.features or tuple(name for name in table.columns if name != target.name)


def fit_labels(model: Model, table: Table, target: Target) -> NDArray[np.generic]:
    """The target as the estimator was given it, shape (n_rows,): its own labels, or codes where it was fitted on codes."""
    if not target.is_classification:
        return target.y
    if model.kind == "regressor":  # few whole numbers are read as classes and fitted as what they are
        numeric = table.column(target.name).dtype.is_numeric()
        return table.column(target.name).cast(pl.Float64).to_numpy() if numeric else target.y
    texts = set(label_texts(pl.Series(list(model.classes), strict=False)).to_list()) if model.classes else set()
    codes = {str(code) for code in range(len(target.classes))}
    if texts and texts <= codes and not texts <= set(target.classes):
        return np.where(np.isnan(target.y), 0, target.y).astype(np.int64)
    return table.column(target.name).to_numpy()


def refitted(model: Model, table: Table, labels: NDArray[np.generic], features: tuple[str, ...], **parameters: object) -> Model:
    """A clone fitted on these rows. Unavailable with the reason where the fit fails."""
    if model.refit is None:
        raise Unavailable("the model cannot be fitted again (no scikit-learn interface)")
    try:
        return model.refit(table, labels, features, **parameters)
    except Exception as error:
        raise Unavailable(
            f"the model cannot be fitted again: {type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}"
        ) from error
