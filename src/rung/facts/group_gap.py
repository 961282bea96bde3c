"""Entities behind the rows, and what a model gains when rows of one entity are on both sides of a split."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from rung.core.errors import Unavailable
from rung.core.experiment import Estimate
from rung.core.marks import fact
from rung.facts.folds import Folds
from rung.facts.identifiers import CODED, HEX, ID_NAME
from rung.facts.matrix import Encoder, Matrix, encode
from rung.facts.memoriser import memoriser
from rung.facts.out_of_fold import out_of_fold
from rung.facts.sample import row_keys
from rung.facts.schema import TIME_NAMES, Column, Schema
from rung.facts.score import FoldScores, Metric, compare
from rung.facts.target import Target
from rung.inputs.case import Test, Train
from rung.inputs.settings import Settings
from rung.inputs.table import Rows
from rung.stats.association import correlation_ratio

Ints = NDArray[np.int64]
MAX_ROWS = 2_000  # of whole entities; ten forests on them take about a second
N_FOLDS = 5
KNOWN, ONE_LABEL = 0.5, 0.9  # test rows of known entities, and variance of the target between entities; chosen by hand
ENTITY_NAME = re.compile(
    r"(^|_|\b)(patient|subject|customer|client|user|person|household|member|account|device|machine|sensor|speaker|student|school|hospital|provider|"
    r"store|shop|driver|vehicle|session|family|animal|site|author|company|player|employee|prof|entity|group)s?(_|\b|$)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class EntityGap:
    """One column of entities, and a remembering forest's scores when it is split at random and by entity.

    shared_share : share of test rows whose entity is in training too, NaN without a test set that has the column.
    alike : share of the target's variance between entities (0..1, bias-corrected).   placebo : the same with entities drawn at random.
    gap : random minus grouped, paired on the same rows.
    """

    column: str
    declared: bool
    n_entities: int
    rows_per_entity: float
    shared_share: float
    alike: float
    random: FoldScores
    grouped: FoldScores
    placebo: FoldScores
    gap: Estimate

    def proven(self, best: float, min_gap: float) -> bool:
        """Whether knowing the entity, and not just a coarser split, is worth a score. best : score that cannot be passed."""
        return beyond_placebo((self.random, self.grouped, self.placebo), self.gap, best, min_gap)

    @property
    def recalled(self) -> bool:
        """Whether the name stands among the features, tells the label nearly without fail, and most test rows bear a name that is known."""
        return not self.declared and self.shared_share >= KNOWN and self.alike >= ONE_LABEL


@dataclass(frozen=True, slots=True, kw_only=True)
class EntityGaps:
    """The declared entity, or the two columns most like one."""

    gaps: tuple[EntityGap, ...]


@fact(cost="fits")
def entity_gaps(
    train: Train, test: Test | None, schema: Schema, matrix: Matrix, target: Target, metric: Metric, settings: Settings
) -> EntityGaps:
    """Fifteen forests a column. Unavailable where no column names entities that come back."""
    columns = list(_candidates(schema, train))[:2]
    if not columns:
        raise Unavailable("no column names entities that have several rows")
    return EntityGaps(gaps=tuple(_gap(each, train, test, schema, matrix, target, metric, settings) for each in columns))


def _candidates(schema: Schema, train: Train) -> Iterator[Column]:
    if schema.groups is not None:
        yield schema.column(schema.groups)
        return
    found = [each for each in schema.features if each.name != schema.time and _like_an_entity(each, train)]
    yield from sorted(found, key=lambda each: (not ID_NAME.search(each.name), -each.n_distinct))


def _like_an_entity(column: Column, train: Train) -> bool:
    """Many values that come back a few times each, under a name or in a form that people give to keys; never a date or a measure."""
    whole = column.kind == "numeric" and column.integer
    rows_each = (column.n_sampled - column.n_missing * column.n_sampled / max(1, column.n_rows)) / max(1, column.n_distinct)
    if column.n_distinct < 20 or not 1.5 <= rows_each <= 100 or not (whole or column.kind in ("category", "text")):
        return False
    if TIME_NAMES.search(column.name) or re.search(r"year|month|week|hour|zip|postal", column.name, re.IGNORECASE):
        return False
    if ID_NAME.search(column.name) or (
        ENTITY_NAME.search(column.name) and not re.search(r"age|size|count|num|income|rate", column.name, re.IGNORECASE)
    ):
        return True
    if whole or train.table.column(column.name).dtype != pl.String:
        return False
    texts = train.table.column(column.name).drop_nulls().head(2_000)
    return bool((texts.str.contains(HEX) | texts.str.contains(CODED)).mean() > 0.9) and column.number_share < 0.5  # type: ignore[operator]


def _gap(
    column: Column, train: Train, test: Test | None, schema: Schema, matrix: Matrix, target: Target, metric: Metric, settings: Settings
) -> EntityGap:
    names = _texts(train.table.column(column.name))
    known = names.is_not_null().to_numpy() & target.known
    rows, entity = _whole_entities(names, known, settings.seed)
    encoders = tuple(each for each in matrix.encoders if each.column != column.name)
    if len(rows) < 50 or len(np.unique(entity)) < 2 * N_FOLDS or not encoders:
        raise Unavailable(f"too few entities in '{column.name}'")
    random, grouped, placebo, gap = split_both_ways(column.name, rows, entity, encoders, train, target, metric, settings)
    y = target.y[rows]
    first = y if metric.task == "regression" else (y == np.bincount(y.astype(np.int64)).argmax()).astype(float)
    return EntityGap(
        column=column.name,
        declared=schema.groups == column.name,
        n_entities=column.n_distinct,
        rows_per_entity=len(rows) / len(np.unique(entity)),
        shared_share=_shared(column.name, names, test),
        alike=float(np.clip(np.nan_to_num(correlation_ratio(entity, first)), 0, 1)),
        random=random,
        grouped=grouped,
        placebo=placebo,
        gap=gap,
    )


def beyond_placebo(scores: tuple[FoldScores, FoldScores, FoldScores], gap: Estimate, best: float, min_gap: float) -> bool:
    """Whether the gap between folds at random and grouped ones (the first two) is sure, matters, and is twice that of random groups (the third)."""
    random, grouped, placebo = (each.mean for each in scores)
    # Near a perfect score little is left to gain: there, closing half of what was missing counts as much.
    floor = min(min_gap, max(0.005, 0.5 * (best - grouped)))
    return gap.low > 0 and gap.value >= max(floor, 2 * (random - placebo))


def split_both_ways(
    name: str, rows: Rows, entity: Ints, encoders: tuple[Encoder, ...], train: Train, target: Target, metric: Metric, settings: Settings
) -> tuple[FoldScores, FoldScores, FoldScores, Estimate]:
    """A remembering forest on folds at random, by entity, and by entities drawn at random; and the first minus the second, paired.

    rows, entity : shape (n,), positions in the training table and numbers from 0.
    """
    x, y = encode(train.table.take(rows), encoders), target.y[rows]
    cut = Matrix(
        x=x,
        y=y,
        names=tuple(each.column for each in encoders),
        categorical=np.array([each.labels is not None for each in encoders]),
        rows=rows,
        encoders=encoders,
    )
    rng = settings.rng(f"entities {name}")
    fold = {
        "random": rng.permutation(np.arange(len(rows)) % N_FOLDS),
        "grouped": (rng.permutation(int(entity.max()) + 1) % N_FOLDS)[entity],
        "placebo": (rng.permutation(int(entity.max()) + 1) % N_FOLDS)[rng.permutation(entity)],
    }
    learner = memoriser(metric.task, metric.n_classes, metric.positive)
    scores = {
        kind: out_of_fold(kind, learner, cut, Folds(fold=fold[kind], n_folds=N_FOLDS, scheme="random"), metric)
        for kind in ("random", "grouped")
    }
    gap = compare(metric, scores["grouped"], scores["random"])
    # Entities drawn at random answer "is it the entity?": a question only where there is a gap to explain.
    drawn = Folds(fold=fold["placebo"], n_folds=N_FOLDS, scheme="random")
    placebo = out_of_fold("placebo", learner, cut, drawn, metric) if gap.low > 0 else scores["random"]
    return scores["random"], scores["grouped"], placebo, gap


def _texts(series: pl.Series) -> pl.Series:
    return series.cast(pl.Int64, strict=False).cast(pl.String) if series.dtype.is_float() else series.cast(pl.String)


def _whole_entities(names: pl.Series, known: NDArray[np.bool_], seed: int) -> tuple[Rows, Ints]:
    """Rows of entities drawn whole, and the entity number of each."""
    rows = np.flatnonzero(known)
    code = names[rows].rank("dense").to_numpy().astype(np.int64) - 1
    if not len(code):
        return rows, code
    order = np.argsort(row_keys(np.arange(int(code.max()) + 1), seed + 11))
    sizes = np.bincount(code)[order]
    # An entity of a thousand rows is cut: no single one may fill the sample.
    taken = order[: max(2 * N_FOLDS, int(np.searchsorted(np.cumsum(np.minimum(sizes, 200)), MAX_ROWS)))]
    inside = np.flatnonzero(np.isin(code, taken))[: 3 * MAX_ROWS]
    entity = np.unique(code[inside], return_inverse=True)[1].astype(np.int64)
    return rows[inside], entity


def _shared(name: str, names: pl.Series, test: Test | None) -> float:
    if test is None or name not in test.table.columns:
        return float("nan")
    asked = _texts(test.table.column(name)).drop_nulls()
    return float(asked.is_in(names.drop_nulls().unique().implode()).mean() or 0.0) if asked.len() else float("nan")  # type: ignore[arg-type]
