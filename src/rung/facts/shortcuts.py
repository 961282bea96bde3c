"""Columns that the model leans on although their relation to the target does not hold where it is scored: shown by taking them away."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from rung.core.errors import Unavailable
from rung.core.experiment import Estimate
from rung.core.marks import fact
from rung.facts.matrix import Matrix
from rung.facts.own_model import ask_model
from rung.facts.sample import row_keys
from rung.facts.schema import Schema
from rung.facts.score import Metric
from rung.facts.scored import Scored, ScoredFeatures
from rung.facts.single import ColumnScores, small_tree
from rung.facts.skill import losses
from rung.inputs.case import Train
from rung.inputs.settings import Settings
from rung.stats.intervals import mean_interval

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
STRONG = 8  # columns, strongest alone in training, whose relation is followed
TRIED = 3  # of them are taken away from the model, the ones whose relation fell most
DRAWS = 5  # of other rows' values that stand in for the column
MAX_ROWS = 4_000
WORTH_ASKING = 0.05  # fall of a column's own score below which the model is not asked again: half of what the rule calls a fall
PLACES = 12  # entities, the largest of the judged rows, also those that training does not hold
FEWEST = 60  # rows of a place where the relation is looked at


@dataclass(frozen=True, slots=True, kw_only=True)
class Shortcut:
    """One column in one place ('the test set', 'the last third in time', 'site = B').

    alone, there : score of the column by itself, out of fold in training and in that place; fall : the difference with its interval. Numbers: there the
    best straight line through what the column says is scored, for a level that has moved breaks no relation.
    gain : loss of the model there minus its loss with the column's values drawn from training at random, paired: above 0 the column harms.
    before, after : the model's score there with and without the column.   n : rows there.   loss : the model's mean loss there.
    """

    column: str
    place: str
    alone: float
    there: float
    fall: Estimate
    gain: Estimate
    before: float
    after: float
    loss: float
    n: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Shortcuts:
    """tried : columns taken away, most harmful first.   followed : columns whose relation was followed.   places : where."""

    tried: tuple[Shortcut, ...]
    followed: int
    places: tuple[str, ...]


@fact(cost="fits")
def shortcuts(
    scored: Scored,
    features: ScoredFeatures,
    matrix: Matrix,
    columns: ColumnScores,
    metric: Metric,
    schema: Schema,
    train: Train,
    settings: Settings,
) -> Shortcuts:
    """Follow the strongest columns from training to each place; take away those that fall most. Unavailable for a column of predictions."""
    if scored.model.predicts_column is not None or scored.where != "test":
        raise Unavailable("a column of predictions cannot be asked again with one column changed")
    wanted = [place for place in np.argsort(-columns.scores, kind="stable")[:STRONG].tolist() if columns.scores[place] > metric.chance]
    places = _places(scored, features, schema)
    fallen = sorted(
        (
            (drop, error, name, place, score)
            for name, prediction in ((matrix.names[place], _alone(matrix, features, metric, place)) for place in wanted)
            for place, rows in places.items()
            for drop, error, score in [_fall(scored, metric, prediction, columns.of(name), rows)]
            if np.isfinite(drop) and drop > max(error, WORTH_ASKING)
        ),
        key=lambda each: -each[0] / max(each[1], 1e-9),
    )
    chosen: dict[str, tuple[float, float, str, str, float]] = {}
    for each in fallen:
        chosen.setdefault(each[2], each)
    tried = [
        _taken_away(scored, metric, train, settings, each, places[each[3]], columns.of(each[2])) for each in list(chosen.values())[:TRIED]
    ]
    return Shortcuts(tried=tuple(sorted(tried, key=lambda each: -each.gain.low)), followed=len(wanted), places=tuple(places))


def _places(scored: Scored, features: ScoredFeatures, schema: Schema) -> dict[str, Bools]:
    """The whole test set, its last third in time, and the groups of the entity where there are few."""
    found = {"the test set": np.ones(scored.n, dtype=bool)}
    if schema.time in features.names:
        when = features.x[:, features.names.index(schema.time)]
        found["the last third in time"] = when > np.nanquantile(when, 2 / 3)
    if schema.groups is not None and schema.groups in scored.table.columns:
        entity = scored.table.column(schema.groups)[scored.rows].cast(pl.String)
        for level in entity.drop_nulls().value_counts(sort=True)[schema.groups].to_list()[:PLACES]:
            found[f"{schema.groups} = {level}"] = (entity == level).fill_null(value=False).to_numpy()
    return {name: rows for name, rows in found.items() if rows.sum() >= FEWEST}


def _alone(matrix: Matrix, features: ScoredFeatures, metric: Metric, place: int) -> Floats:
    """What a small tree on this column alone, fitted on training, says of the scored rows."""
    return small_tree(metric)(matrix.x[:, [place]], matrix.y)(features.x[:, [features.names.index(matrix.names[place])]])


def _fall(scored: Scored, metric: Metric, prediction: Floats, alone: float, rows: Bools) -> tuple[float, float, float]:
    """Fall of the column's own score, its standard error, and the score in that place."""
    y, said = scored.y[rows], prediction[rows]
    if metric.task == "regression":
        said = _on_line(y, said)
    score = metric.value(y, said)
    error = metric.error_of_difference(y, np.full_like(said, float(y.mean()) if metric.task == "regression" else 0.0), said)
    return alone - score, error, score


def _on_line(y: Floats, said: Floats) -> Floats:
    """The straight line of y on the prediction, never a falling one: a relation turned round has broken."""
    away = said - said.mean()
    slope = float((away * y).sum() / max(float((away**2).sum()), 1e-300))
    return np.asarray(y.mean() + max(slope, 0.0) * away)


def _taken_away(
    scored: Scored,
    metric: Metric,
    train: Train,
    settings: Settings,
    fallen: tuple[float, float, str, str, float],
    rows: Bools,
    alone: float,
) -> Shortcut:
    drop, error, name, place, there = fallen
    chosen = np.flatnonzero(rows)
    chosen = np.sort(chosen[np.argsort(row_keys(scored.rows[chosen], 91), kind="stable")[:MAX_ROWS]])
    table = scored.table.take(scored.rows[chosen])
    rng = settings.rng(f"shortcuts {name} {place}")
    known = train.table.column(name)
    said = []
    for _ in range(DRAWS):
        drawn = known.gather(rng.integers(known.len(), size=len(chosen)))
        asked = table.with_column(name, _as(drawn, table.column(name)))
        answer = ask_model(scored.model, asked, scored.y[chosen], scored.target, settings.seed)
        if len(answer.y) != len(chosen):
            raise Unavailable("the model does not answer for every row")
        said.append(answer.score)
    without = np.mean(said, axis=0)
    before, after = _losses(metric, scored.y[chosen], scored.score[chosen]), _losses(metric, scored.y[chosen], without)
    gain = mean_interval(before - after)
    return Shortcut(
        column=name,
        place=place,
        alone=alone,
        there=there,
        fall=Estimate(value=drop, low=drop - 1.96 * error, high=drop + 1.96 * error, n=int(rows.sum())),
        gain=Estimate(value=gain.value, low=gain.low, high=gain.high, n=len(chosen)),
        before=metric.value(scored.y[chosen], scored.score[chosen]),
        after=metric.value(scored.y[chosen], without),
        loss=float(before.mean()),
        n=len(chosen),
    )


def _as(drawn: pl.Series, like: pl.Series) -> pl.Series:
    return drawn.cast(like.dtype, strict=False) if drawn.dtype != like.dtype else drawn


def _losses(metric: Metric, y: Floats, score: Floats) -> Floats:
    if metric.task == "regression":
        return np.asarray((y - score) ** 2)
    inside = score if score.min() >= 0 and score.max() <= 1 else (score > 0).astype(float)
    return losses(metric, y.astype(np.int64), inside)
