"""The user's model fitted again on changed columns: standardised ones, and skewed ones made even."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from rung.core.errors import Unavailable
from rung.core.marks import fact
from rung.facts.folds import Folds
from rung.facts.learners import linear
from rung.facts.matrix import Floats, Matrix
from rung.facts.out_of_fold import LinearScores, out_of_fold
from rung.facts.own_model import OwnScores, refit_on_folds
from rung.facts.score import FoldScores, Metric
from rung.facts.target import Target
from rung.inputs.case import Train
from rung.inputs.model import Model
from rung.stats.shape import skewness, yeo_johnson, yeo_johnson_lambda

# Classes that bring every column to one scale, or that do not look at distances and sizes.
SCALERS = ("Scaler", "Normalizer", "PowerTransformer", "QuantileTransformer", "PCA", "KBinsDiscretizer", "SplineTransformer")
LINEAR = ("Linear", "Logistic", "Ridge", "Lasso", "ElasticNet", "SGD", "Perceptron", "Lars", "Huber", "BayesianRidge", "ARDRegression")
SKEWED = 2.0  # the exponential distribution's: beyond it a linear model sees little but the tail
MAX_LAMBDA_ROWS = 5_000


@dataclass(frozen=True, slots=True, kw_only=True)
class RawScales:
    """The columns that a scale-sensitive model is given without a scaler: name -> standard deviation, largest first; none where a step scales them."""

    deviations: tuple[tuple[str, float], ...]
    estimator: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ScaledOwnScores:
    """The user's model on the same folds, its numeric columns standardised."""

    result: FoldScores


@dataclass(frozen=True, slots=True, kw_only=True)
class EvenedScores:
    """Scores before and after every skewed column was made even; `linear` where it is rung's own linear model and not the user's.

    columns : name, skewness, lambda of the Yeo-Johnson transform, and skewness after it; most skewed first.
    """

    columns: tuple[tuple[str, float, float, float], ...]
    before: FoldScores
    after: FoldScores
    own: bool


@fact(cost="pass")
def raw_scales(model: Model, matrix: Matrix, train: Train) -> RawScales:
    """Unavailable for models that do not care about scale."""
    if not model.scale_sensitive:
        raise Unavailable("the model does not care about scale")
    if any(word in step.type_name for step in model.steps for word in SCALERS):
        return RawScales(deviations=(), estimator=model.name)
    numbers = [(name, float(np.nanstd(matrix.x[:, place]))) for place, name in enumerate(matrix.names) if _is_number(train, name)]
    if len(numbers) < 2:
        raise Unavailable("needs two numeric columns")
    return RawScales(deviations=tuple(sorted(numbers, key=lambda each: -each[1])), estimator=model.name)


def _is_number(train: Train, name: str) -> bool:
    return train.table.column(name).dtype.is_numeric()


@fact(cost="fits")
def scaled_own_scores(
    raw: RawScales, model: Model, train: Train, matrix: Matrix, folds: Folds, metric: Metric, target: Target
) -> ScaledOwnScores:
    """Five more fits of the user's estimator; the scale is that of all training rows, which tells nothing of the labels. Unavailable where a step scales."""
    if not raw.deviations:
        raise Unavailable("the pipeline scales its columns")
    columns = {name: _standardised(train.table.column(name)) for name, sd in raw.deviations if sd > 0}
    result = refit_on_folds("your model, columns standardised", model, _changed(train, columns), matrix, folds, metric, target)
    return ScaledOwnScores(result=result)


def _standardised(series: pl.Series) -> pl.Series:
    numbers = series.cast(pl.Float64)
    return (numbers - numbers.mean()) / (numbers.std() or 1.0)


def _changed(train: Train, columns: dict[str, pl.Series]) -> Train:
    table = train.table
    for name, values in columns.items():
        table = table.with_column(name, values)
    return replace(train, table=table)


@fact(cost="fits")
def evened_scores(
    matrix: Matrix,
    folds: Folds,
    metric: Metric,
    target: Target,
    train: Train,
    model: Model | None,
    own: OwnScores | None,
    plain: LinearScores,
) -> EvenedScores:
    """Transform every column of skewness above 2 and fit again. Unavailable where none is skewed, or the model is no linear one."""
    linear_own = model is not None and (bool(model.scale_sensitive) or any(word in model.name for word in LINEAR))
    if model is not None and not linear_own:
        raise Unavailable("the model does not care about the shape of a column")
    if any(
        word in step.type_name for step in (model.steps if model is not None else ()) for word in ("Power", "Quantile", "KBins", "Spline")
    ):
        raise Unavailable("the pipeline already shapes its columns")
    columns = _skewed(matrix)
    if not columns:
        raise Unavailable("no column is skewed")
    if model is not None and own is not None:
        fixed = {name: _even(train.table.column(name), lmbda) for name, _, lmbda, _ in columns}
        after = refit_on_folds("your model, skewed columns made even", model, _changed(train, fixed), matrix, folds, metric, target)
        return EvenedScores(columns=columns, before=own.result, after=after, own=True)
    learner = linear(metric.task, metric.n_classes, metric.positive, matrix.categorical)
    x = matrix.x.copy()
    for name, _, lmbda, _ in columns:
        place = matrix.names.index(name)
        x[:, place] = _transform(x[:, place], lmbda)
    after = out_of_fold("linear, skewed columns made even", learner, replace(matrix, x=x), folds, metric)
    return EvenedScores(columns=columns, before=plain.result, after=after, own=False)


def _skewed(matrix: Matrix) -> tuple[tuple[str, float, float, float], ...]:
    found = []
    for place, name in enumerate(matrix.names):
        x = matrix.x[:, place]
        known = x[np.isfinite(x)]
        if matrix.categorical[place] or known.size < 30 or np.unique(known[:1_000]).size < 10:
            continue
        before = float(skewness(known))
        if math.isfinite(before) and abs(before) > SKEWED:
            lmbda = float(yeo_johnson_lambda(known[:: max(1, known.size // MAX_LAMBDA_ROWS)] / _scale(known)))
            after = float(skewness(_transform(known, lmbda)))
            found.append((name, before, lmbda, after))
    return tuple(sorted((each for each in found if abs(each[3]) < 0.5 * abs(each[1])), key=lambda each: -abs(each[1])))


def _scale(known: Floats) -> float:
    """The median size: the transform bends near 1, so that is where the middle of the column must be."""
    size = np.abs(known[known != 0])
    return float(np.median(size)) if size.size else 1.0


def _transform(x: Floats, lmbda: float) -> Floats:
    known = np.isfinite(x)
    even = np.full(len(x), np.nan)
    if known.any():
        shaped = np.asarray(yeo_johnson(x[known] / _scale(x[known]), lmbda), dtype=float)
        even[known] = (shaped - shaped.mean()) / (shaped.std() or 1.0)
    return even


def _even(series: pl.Series, lmbda: float) -> pl.Series:
    values = series.cast(pl.Float64).to_numpy().astype(float)
    return pl.Series(series.name, _transform(values, lmbda)).fill_nan(None)


def steady(before: FoldScores, after: FoldScores) -> float:
    """The middle fold's gain where every fold of at least three gains, else nought."""
    gains = np.array([b - a for a, b in zip(before.scores, after.scores, strict=False) if math.isfinite(a) and math.isfinite(b)])
    return float(np.median(gains)) if gains.size >= 3 and (gains > 0).all() else 0.0
