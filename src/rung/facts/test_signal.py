"""Whether the test rows carry a signal that the training rows lack."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from rung.core.errors import Unavailable
from rung.core.experiment import Estimate
from rung.core.marks import fact
from rung.facts.folds import Folds
from rung.facts.label_order import DIRECTIONS, WINDOW, LabelOrders, label_directions, plain_features
from rung.facts.learners import nonlinear
from rung.facts.matrix import Matrix, TestMatrix
from rung.facts.out_of_fold import NonlinearScores, out_of_fold
from rung.facts.schema import Schema
from rung.facts.score import Metric, estimate
from rung.facts.target import Target
from rung.inputs.case import Test
from rung.inputs.settings import Settings
from rung.inputs.table import Rows
from rung.stats.alignment import explained, explained_p, orthonormal

MAX_ROWS = 4_000
WEAKER = 0.35  # five fits are spent where the training labels keep less than this part of the linear signal in the test rows
ALPHA = 1e-3


@dataclass(frozen=True, slots=True, kw_only=True)
class TestSignal:
    """Out-of-fold scores of the same learner within the training rows and within the test rows."""

    __test__ = False
    train: Estimate
    test: Estimate


@fact(cost="fits")
def test_signal(
    scores: NonlinearScores, orders: LabelOrders, matrix: Matrix, test: TestMatrix, test_table: Test, target: Target, metric: Metric,
    schema: Schema, settings: Settings,
) -> TestSignal:  # fmt: skip
    """Cross-validate within the test rows, by entity where training is: recognising an entity is no signal. Unavailable where a linear fit finds as much in training: then there is nothing to ask."""
    train = estimate(scores.result, metric)
    if len(test.y) < 100 or len(np.unique(test.y)) < 2:
        raise Unavailable(f"only {len(test.y)} test rows: too few to cross-validate within them")
    here, there = _linear(orders.present, orders.rows, orders.directions), test_share(test_table, matrix, test, target)
    if here > WEAKER * there:
        raise Unavailable("the training labels carry a signal of their own")
    chosen = np.linspace(0, len(test.y) - 1, min(len(test.y), MAX_ROWS)).astype(int)
    part = Matrix(
        x=test.x[chosen], y=test.y[chosen], names=matrix.names, categorical=matrix.categorical, rows=test.rows[chosen], encoders=matrix.encoders
    )  # fmt: skip
    learner = nonlinear(metric.task, metric.n_classes, metric.positive, matrix.categorical, settings.seed)
    folds = Folds(fold=_by_entity(test_table, part.rows, schema, _spread(part.y, settings)), n_folds=5, scheme="random")
    return TestSignal(train=train, test=estimate(out_of_fold("within test", learner, part, folds, metric), metric))


def _by_entity(test: Test, rows: Rows, schema: Schema, spread: NDArray[np.int64]) -> NDArray[np.int64]:
    """All rows of a declared entity in one fold, that of its first row."""
    if schema.groups is None or schema.groups not in test.table.columns:
        return spread
    _, first, entity = np.unique(
        test.table.column(schema.groups)[rows].cast(pl.String).fill_null("").to_numpy(), return_index=True, return_inverse=True
    )
    if len(first) < 5:
        raise Unavailable(f"only {len(first)} entities in the test rows: too few to cross-validate within them")
    return spread[first][entity]


def _linear(share: float, n: int, directions: int) -> float:
    """The share beyond what so many directions explain of anything."""
    return max(share - directions / max(n, 1), 0.0)


def test_share(given: Test, matrix: Matrix, test: TestMatrix, target: Target) -> float:
    """Share of the test labels that a linear fit explains beyond chance, 0 where chance would explain as much."""
    rows = np.arange(len(test.y))[:WINDOW]
    u = orthonormal(plain_features(given.table.take(test.rows), matrix, rows), int(np.clip(len(rows) // 15, 3, DIRECTIONS)))
    v = label_directions(replace(target, y=test.y), rows)
    if not u.shape[1] or not v.shape[1]:
        return 0.0
    share = explained(u, v)
    return _linear(share, len(rows), u.shape[1]) if explained_p(share, len(rows), u.shape[1], v.shape[1]) < ALPHA else 0.0


def _spread(y: np.ndarray, settings: Settings) -> np.ndarray:
    """Five folds at random, balanced over the order of the labels."""
    shuffled = settings.rng("test_signal").permutation(len(y))
    fold = np.empty(len(y), dtype=np.int64)
    fold[shuffled[np.argsort(y[shuffled], kind="stable")]] = np.arange(len(y)) % 5
    return fold
