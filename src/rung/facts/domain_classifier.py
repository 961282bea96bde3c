"""Whether a model can tell training rows from the rows of another table, by columns that do not give it away one by one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from rung.core.errors import Unavailable
from rung.core.marks import fact
from rung.facts.column_shift import CurrentShifts, Shifts, TestShifts
from rung.facts.learners import Predictor, nonlinear
from rung.facts.matrix import Encoder, Floats, encodable, encode, encoder_of
from rung.facts.sample import draw
from rung.facts.schema import Column, Schema
from rung.inputs.case import Current, Test, Train
from rung.inputs.settings import Settings
from rung.inputs.table import Table
from rung.stats import delong
from rung.stats.intervals import Interval

MAX_ROWS = 5_000  # of each table
MAX_COLUMNS = 100
# A column that moved this surely or this far by itself is the business of feature-drift; what is left must be joint.
ALONE_P, ALONE_DISTANCE = 1e-3, 0.1
LEVEL = 0.999
WORTH_ASKING = 0.53  # lower end of the AUC below which nobody speaks of a difference


@dataclass(frozen=True, slots=True, kw_only=True)
class Separation:
    """How well the two tables are told apart, out of sample.

    auc, low, high : 0.5 is not at all; interval at 99.9 %.   jointly : lower end of what the AUC loses when every column of either table is put into
    another order by itself, so that only single columns can tell the tables apart; 0 where that was not worth asking.   columns : those used.   drops : fall of the AUC when one column is shuffled, largest first.
    left_out : columns that moved by themselves or with time.   split : as in Shifts.
    """

    auc: float
    low: float
    high: float
    jointly: float
    columns: tuple[str, ...]
    drops: tuple[tuple[str, float], ...]
    left_out: tuple[str, ...]
    split: str
    n: int
    m: int

    def beyond(self, auc: float) -> bool:
        """Whether the tables are surely told apart by more than this, and more than the columns manage one by one."""
        return self.low > auc and self.jointly > 0 and len(self.drops) > 1

    @property
    def carriers(self) -> tuple[str, ...]:
        """The columns that the separation hangs on, two at least: one column alone goes together with nothing."""
        floor = max(0.01, 0.2 * self.drops[0][1]) if self.drops else 0.0
        clear = tuple(name for name, drop in self.drops if drop >= floor)[:10]
        return clear if len(clear) > 1 else tuple(name for name, _ in self.drops[:2])


@dataclass(frozen=True, slots=True, kw_only=True)
class TestSeparation:
    """Training against test rows."""

    __test__ = False
    separation: Separation


@dataclass(frozen=True, slots=True, kw_only=True)
class CurrentSeparation:
    """Training against production rows."""

    separation: Separation


@fact(cost="fits")
def test_separation(train: Train, test: Test, schema: Schema, shifts: TestShifts, settings: Settings) -> TestSeparation:
    """Two fits of boosted trees on at most 5,000 rows of each table, and two more where these tell them apart."""
    return TestSeparation(separation=_separation(train.table, test.table, schema, shifts.shifts, settings))


@fact(cost="fits")
def current_separation(train: Train, current: Current, schema: Schema, shifts: CurrentShifts, settings: Settings) -> CurrentSeparation:
    """As for test rows; needs no target."""
    return CurrentSeparation(separation=_separation(train.table, current.table, schema, shifts.shifts, settings))


def _separation(train: Table, other: Table, schema: Schema, shifts: Shifts, settings: Settings) -> Separation:
    calm = {each.name for each in shifts.columns if each.p >= ALONE_P and each.distance < 2 * ALONE_DISTANCE and each.missing_p >= ALONE_P}
    calm |= {each.name for each in shifts.columns if each.distance < ALONE_DISTANCE / 2 and each.missing_p >= ALONE_P}
    wanted = [each for each in schema.features if encodable(each) and each.name in calm and each.name in other.columns][:MAX_COLUMNS]
    if len(wanted) < 2 or min(train.n_rows, other.n_rows) < 50:
        raise Unavailable("needs two columns that did not move by themselves, and 50 rows in both tables")
    tables = [table.take(draw(table, MAX_ROWS, settings.seed + 3)) for table in (train, other)]
    encoders = _common_encoders(wanted, tables)
    x = np.concatenate([encode(table, encoders) for table in tables])
    y = np.repeat([0.0, 1.0], [table.n_rows for table in tables])
    categorical = np.array([each.labels is not None for each in encoders])
    score, predictors, part = _cross_fitted(x, y, categorical, settings)
    interval = delong.auc_interval(y == 1, score, LEVEL)
    names = tuple(each.column for each in encoders)
    drops = _drops(x, y, predictors, part, interval.value, names, settings) if interval.low > 0.5 else ()
    return Separation(
        auc=interval.value, low=interval.low, high=interval.high, jointly=_jointly(x, y, categorical, interval, settings), columns=names, drops=drops,
        left_out=tuple(each for each in (*shifts.left_out, *(each.name for each in shifts.columns if each.name not in calm))),
        split=shifts.split, n=tables[0].n_rows, m=tables[1].n_rows,
    )  # fmt: skip


def _common_encoders(columns: list[Column], tables: list[Table]) -> tuple[Encoder, ...]:
    """Learned on both tables: by the codes of one alone, a level that only the other holds would give its rows away."""
    names = [each.name for each in columns]
    frames = [table.frame.select(pl.col(names)) for table in tables]
    texts = [name for name in names if not all(frame[name].dtype.is_numeric() or frame[name].dtype.is_temporal() for frame in frames)]
    both = pl.concat([frame.with_columns(pl.col(texts).cast(pl.String)) for frame in frames], how="vertical_relaxed")
    return tuple(encoder_of(each, Table(frame=both, source="both")) for each in columns)


def _jointly(x: Floats, y: Floats, categorical: NDArray[np.bool_], found: Interval, settings: Settings) -> float:
    """Lower end, at the same level, of the AUC beyond what the columns reach each in an order of its own."""
    if found.low <= WORTH_ASKING:
        return 0.0
    rng, apart = settings.rng("domain classifier, columns apart"), x.copy()
    for rows in (np.flatnonzero(y == 0), np.flatnonzero(y == 1)):
        for place in range(x.shape[1]):
            apart[rows, place] = x[rng.permutation(rows), place]
    alone = delong.auc_interval(y == 1, _cross_fitted(apart, y, categorical, settings)[0], LEVEL)
    return found.value - alone.value - float(np.hypot(found.value - found.low, alone.high - alone.value))


def _cross_fitted(
    x: Floats, y: Floats, categorical: NDArray[np.bool_], settings: Settings
) -> tuple[Floats, list[Predictor], NDArray[np.int64]]:
    """Each half scored by a fit on the other, ranked within its half: two fits do not share one scale."""
    part = settings.rng("domain classifier").permutation(len(y)) % 2
    learner = nonlinear("binary", 2, 1, categorical, settings.seed)
    predictors = [learner(x[part != number], y[part != number]) for number in (0, 1)]
    score = np.empty(len(y))
    for number in (0, 1):
        score[part == number] = _ranked(predictors[number](x[part == number]))
    return score, predictors, part


def _ranked(values: Floats) -> Floats:
    _, places = np.unique(values, return_inverse=True)
    return np.cumsum(np.bincount(places))[places] / len(values)


def _drops(
    x: Floats, y: Floats, predictors: list[Predictor], part: NDArray[np.int64], auc: float, names: tuple[str, ...], settings: Settings
) -> tuple[tuple[str, float], ...]:
    from rung.stats.metrics import roc_auc

    rng, found = settings.rng("domain classifier drops"), []
    for place, name in enumerate(names):
        shuffled = x.copy()
        shuffled[:, place] = x[rng.permutation(len(x)), place]
        score = np.empty(len(y))
        for number in (0, 1):
            score[part == number] = _ranked(predictors[number](shuffled[part == number]))
        found.append((name, auc - roc_auc(y == 1, score)))
    return tuple(sorted(found, key=lambda each: -each[1]))
