"""One measurement of the score: fit without what is taken out, score the untouched rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from rung.core.errors import Unavailable
from rung.core.marks import fact
from rung.facts.folds import Folds
from rung.facts.learners import nonlinear
from rung.facts.matrix import Matrix, TestMatrix, numbers_of
from rung.facts.own_model import ask_model, features_for, fit_labels, refitted
from rung.facts.sample import draw, row_keys
from rung.facts.schema import Schema
from rung.facts.score import FoldScores, Metric, score_folds
from rung.facts.target import Target, TestTarget
from rung.inputs.case import Test, Train
from rung.inputs.judging import Judging
from rung.inputs.model import Model
from rung.inputs.settings import Settings
from rung.inputs.table import Rows, Table
from rung.stats.influence import auc_influence, r2_influence

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
MAX_FITTED = 50_000  # rows that the user's estimator is fitted on: beyond it another row hardly moves a score
MAX_SCORED = 20_000
MIN_FITTED = 20
N_BATCHES = 5
PAST_SHARE = 0.4  # of the training rows; a batch with less past than that says nothing of a model trained on all of it
REFERENCE = "rung's non-linear model"

# (positions to fit on, positions to score) -> scores of the scored ones; positions in the judge's own rows
Predict = Callable[[Rows, Rows], Floats]


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """The score under one way of judging.

    judge : whose it is.   where : 'test' or 'folds'.   scores : by batch.   influence : shape (n,), of each scored row on the mean of the
    batches' scores.   n_fitted : rows fitted on, the least over the batches.
    """

    judge: str
    where: str
    scores: FoldScores
    influence: Floats
    n_fitted: int


@dataclass(frozen=True, slots=True)
class _Bench:
    """Rows to fit on and rows to score. `same`: the scored rows are the fitted rows, judged in folds.

    fit_rows, rows : positions in the tables as given.   fit_table, table : where their entities and times stand.
    """

    name: str
    same: bool
    y: Floats
    rows: Rows
    fit_rows: Rows
    table: Table
    fit_table: Table
    predict: Predict


@fact(cost="fits")
def judged(
    train: Train, test: Test | None, truth: TestTarget | None, model: Model | None, judging: Judging | None, schema: Schema, target: Target,
    matrix: Matrix, test_matrix: TestMatrix | None, folds: Folds, metric: Metric, settings: Settings,
) -> Judged:  # fmt: skip
    """Fit once a batch. Unavailable where too few rows are left to fit on, or the user's model cannot be fitted again."""
    how = judging or Judging()
    on_test = test is not None and truth is not None and test_matrix is not None and not how.in_folds
    if model is not None and model.refit is not None and not how.reference:
        bench = _own(model, train, test if on_test else None, truth, target, matrix, how, settings)
    else:
        bench = _reference(train, test if on_test else None, matrix, test_matrix, metric, how, settings)
    batch = _batches(bench, how, schema, folds, settings)
    return _measured(bench, batch, how, schema, metric)


def _own(
    model: Model,
    train: Train,
    test: Test | None,
    truth: TestTarget | None,
    target: Target,
    matrix: Matrix,
    how: Judging,
    settings: Settings,
) -> _Bench:
    known = matrix.rows if test is None else np.flatnonzero(target.known)
    fitted = known[draw(train.table.take(known), MAX_FITTED, settings.seed)] if len(known) > MAX_FITTED else known
    features = features_for(model, train.table, target)
    labels, y = fit_labels(model, train.table, target), target.y if test is None or truth is None else truth.y
    scored = matrix.rows if test is None else _known_test(test.table, y, settings)
    fit_table = blanked(train.table, how.without_columns & set(features))
    table = fit_table if test is None else blanked(test.table, how.without_columns & set(features))

    def predict(fit: Rows, asked: Rows) -> Floats:
        fresh = refitted(model, fit_table.take(fitted[fit]), labels[fitted[fit]], features)
        return ask_model(fresh, table.take(scored[asked]), y[scored[asked]], target, settings.seed).score

    return _Bench("your model", test is None, y[scored], scored, fitted, test.table if test else train.table, train.table, predict)


def _known_test(table: Table, y: Floats, settings: Settings) -> Rows:
    known = np.flatnonzero(~np.isnan(y))
    return known[draw(table.take(known), MAX_SCORED, settings.seed)]


def blanked(table: Table, names: frozenset[str]) -> Table:
    """Columns that say nothing: a pipeline that asks for them by name still runs, and a constant teaches it nothing."""
    for name in sorted(names & set(table.columns)):
        series = table.column(name)
        usual = series.drop_nulls().mode().sort().head(1)
        value = usual.item() if usual.len() else None
        table = table.with_column(name, pl.repeat(value, table.n_rows, dtype=series.dtype, eager=True))
    return table


def _reference(
    train: Train, test: Test | None, matrix: Matrix, test_matrix: TestMatrix | None, metric: Metric, how: Judging, settings: Settings
) -> _Bench:
    used = np.array([place for place, name in enumerate(matrix.names) if name not in how.without_columns], dtype=np.int64)
    if not len(used):
        raise Unavailable("no feature is left")
    learner = nonlinear(metric.task, metric.n_classes, metric.positive, matrix.categorical[used], settings.seed)
    x = matrix.x if test is None or test_matrix is None else test_matrix.x
    y, rows = (matrix.y, matrix.rows) if test is None or test_matrix is None else (test_matrix.y, test_matrix.rows)

    def predict(fit: Rows, asked: Rows) -> Floats:
        return learner(matrix.x[fit][:, used], matrix.y[fit])(x[asked][:, used])

    return _Bench(REFERENCE, test is None, y, rows, matrix.rows, test.table if test else train.table, train.table, predict)


def _batches(bench: _Bench, how: Judging, schema: Schema, folds: Folds, settings: Settings) -> NDArray[np.int64]:
    """Batch of each scored row, -1 for rows that are not scored. On a test set the same whatever is taken out."""
    if bench.same and (how.by_time or how.by_entity) and not (how.past_only or how.entities_apart):
        return (row_keys(bench.table.positions[bench.rows], settings.seed + 19) * N_BATCHES).astype(np.int64)
    if how.by_time is not None and (how.past_only or not bench.same):
        when = _times(bench.table, how.by_time, schema)[bench.rows]
        edges = np.quantile(when, np.linspace(0, 1, N_BATCHES + 1)[1:-1])
        return np.searchsorted(edges, when, side="right").astype(np.int64)
    if how.by_entity is not None and (how.entities_apart or not bench.same):
        codes = _entities(bench.table, how.by_entity)[bench.rows].rank("dense").to_numpy().astype(np.int64) - 1
        order = np.argsort(np.argsort(row_keys(np.arange(int(codes.max(initial=0)) + 1), settings.seed + 17)))
        return (order % N_BATCHES)[codes]
    return folds.fold if bench.same else np.zeros(len(bench.rows), dtype=np.int64)


def _entities(table: Table, name: str) -> pl.Series:
    if name not in table.columns:
        raise Unavailable(f"'{name}' is not in '{table.source}'")
    series = table.column(name)
    return (series.cast(pl.Int64, strict=False).cast(pl.String) if series.dtype.is_float() else series.cast(pl.String)).fill_null("")


def _times(table: Table, name: str, schema: Schema) -> Floats:
    if name not in table.columns:
        raise Unavailable(f"'{name}' is not in '{table.source}'")
    series = table.column(name)
    when = numbers_of(series, "numeric" if series.dtype.is_numeric() else "datetime", schema.column(name).date_format)
    if not np.isfinite(when).any():
        raise Unavailable(f"'{name}' holds no time in '{table.source}'")
    return np.where(np.isfinite(when), when, np.nanmin(when))


def _measured(bench: _Bench, batch: NDArray[np.int64], how: Judging, schema: Schema, metric: Metric) -> Judged:
    kept = (
        ~np.isin(bench.fit_table.positions[bench.fit_rows], list(how.without_rows))
        if how.without_rows
        else np.ones(len(bench.fit_rows), bool)
    )
    if bench.same:
        batch = np.where(kept, batch, -1)
    elif how.without_scored:
        batch = np.where(np.isin(bench.table.positions[bench.rows], list(how.without_scored)), -1, batch)
    n_columns = metric.n_classes if metric.task == "multiclass" else 0
    prediction = np.full((len(bench.y), n_columns) if n_columns else len(bench.y), np.nan)
    sizes = []
    for fit, scored in _rounds(bench, batch, kept, how, schema):
        sizes.append(len(fit))
        prediction[scored] = bench.predict(fit, scored)
    if not sizes:
        raise Unavailable("too few rows are left to fit on")
    told = np.isfinite(prediction).all(axis=1) if prediction.ndim == 2 else np.isfinite(prediction)
    fold = np.unique(np.where(told, batch, -1), return_inverse=True)[1] - int((~told).any())
    scores = score_folds(bench.name, metric, bench.y, prediction, np.where(told, fold, -1), bench.rows)
    return Judged(
        judge=bench.name,
        where="folds" if bench.same else "test",
        scores=scores,
        influence=_influence(metric, scores),
        n_fitted=min(sizes),
    )


def _rounds(bench: _Bench, batch: NDArray[np.int64], kept: Bools, how: Judging, schema: Schema) -> Iterator[tuple[Rows, Rows]]:
    """(positions to fit on, positions to score), a pair a fit. Batches that need no fit of their own share one."""
    if not (bench.same or how.entities_apart or how.by_time is not None):
        fit, scored = np.flatnonzero(kept), np.flatnonzero(batch >= 0)
        if len(fit) >= MIN_FITTED and len(scored):
            yield fit, scored
        return
    earlier, shared = _time_bar(bench, how, schema), _entity_bar(bench, how)
    for number in np.unique(batch[batch >= 0]):
        scored, allowed = np.flatnonzero(batch == number), kept.copy()
        if bench.same:
            allowed &= batch != number
        allowed &= ~shared(scored)
        if how.by_time is not None:
            allowed = _past(allowed, earlier(scored), how.past_only, int(number), forward=how.past_only or not bench.same)
        if allowed.sum() >= MIN_FITTED:
            yield np.flatnonzero(allowed), scored


def _entity_bar(bench: _Bench, how: Judging) -> Callable[[Rows], Bools]:
    """Which rows to fit on belong to an entity of the scored rows."""
    if how.by_entity is None or not how.entities_apart:
        return lambda _scored: np.zeros(len(bench.fit_rows), dtype=bool)
    own = _entities(bench.fit_table, how.by_entity)[bench.fit_rows]
    theirs = _entities(bench.table, how.by_entity)[bench.rows]
    return lambda scored: own.is_in(theirs[scored].unique().implode()).to_numpy()


def _time_bar(bench: _Bench, how: Judging, schema: Schema) -> Callable[[Rows], Bools]:
    """Which rows to fit on are earlier than all scored rows."""
    if how.by_time is None:
        return lambda _scored: np.ones(len(bench.fit_rows), dtype=bool)
    fitted = _times(bench.fit_table, how.by_time, schema)[bench.fit_rows]
    when = _times(bench.table, how.by_time, schema)[bench.rows]
    return lambda scored: fitted < when[scored].min()


def _past(allowed: Bools, past: Bools, past_only: bool, number: int, *, forward: bool) -> Bools:
    """Rows before the batch, or as many at random: what is compared is when the rows are, not how many."""
    count = int((allowed & past).sum()) if forward else int(0.5 * (1 + PAST_SHARE) * allowed.sum())
    if count < PAST_SHARE * allowed.sum():
        return np.zeros_like(allowed)
    if past_only:
        return allowed & past
    drawn = np.random.default_rng(number).permutation(np.flatnonzero(allowed))[:count]
    found = np.zeros_like(allowed)
    found[drawn] = True
    return found


def _influence(metric: Metric, scores: FoldScores) -> Floats:
    """Of each row on the mean of the batches' scores, scaled so that its variance over n is the mean's variance."""
    found, n = np.zeros(len(scores.y)), max(1, int((scores.fold >= 0).sum()))
    known = [number for number, value in enumerate(scores.scores) if np.isfinite(value)]
    for number in known:
        part = np.flatnonzero(scores.fold == number)
        own = part_influence(metric, scores.y[part], scores.prediction[part])
        found[part] = own * n / (len(part) * len(known))
    return found


def part_influence(metric: Metric, y: Floats, prediction: Floats) -> Floats:
    """Influence of each row on the score of these rows, shape (n,)."""
    if metric.task == "regression":
        return r2_influence(y, prediction)
    if metric.task == "binary":
        return auc_influence(y == metric.positive, prediction)
    return np.mean([auc_influence(y == code, prediction[:, code]) for code in np.unique(y.astype(int))], axis=0)
