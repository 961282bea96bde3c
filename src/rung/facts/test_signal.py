"""Whether the test rows carry a signal that the training rows lack."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rung.core.errors import Unavailable
from rung.core.experiment import Estimate
from rung.core.marks import fact
from rung.facts.folds import Folds
from rung.facts.learners import nonlinear
from rung.facts.matrix import Matrix, TestMatrix
from rung.facts.out_of_fold import NonlinearScores, out_of_fold
from rung.facts.score import Metric, estimate
from rung.inputs.settings import Settings

MAX_ROWS = 4_000


@dataclass(frozen=True, slots=True, kw_only=True)
class TestSignal:
    """Out-of-fold scores of the same learner within the training rows and within the test rows."""

    __test__ = False
    train: Estimate
    test: Estimate


@fact(cost="fits")
def test_signal(scores: NonlinearScores, matrix: Matrix, test: TestMatrix, metric: Metric, settings: Settings) -> TestSignal:
    """Cross-validate within the test rows. Unavailable where training has a signal of its own: then there is nothing to ask."""
    train = estimate(scores.result, metric)
    if train.low > metric.chance:
        raise Unavailable("the training labels carry a signal")
    if len(test.y) < 100 or len(np.unique(test.y)) < 2:
        raise Unavailable(f"only {len(test.y)} test rows: too few to cross-validate within them")
    chosen = np.linspace(0, len(test.y) - 1, min(len(test.y), MAX_ROWS)).astype(int)
    part = Matrix(
        x=test.x[chosen], y=test.y[chosen], names=matrix.names, categorical=matrix.categorical, rows=test.rows[chosen], encoders=matrix.encoders
    )  # fmt: skip
    learner = nonlinear(metric.task, metric.n_classes, metric.positive, matrix.categorical, settings.seed)
    folds = Folds(fold=_spread(part.y, settings), n_folds=5, scheme="random")
    return TestSignal(train=train, test=estimate(out_of_fold("within test", learner, part, folds, metric), metric))


def _spread(y: np.ndarray, settings: Settings) -> np.ndarray:
    """Five folds at random, balanced over the order of the labels."""
    shuffled = settings.rng("test_signal").permutation(len(y))
    fold = np.empty(len(y), dtype=np.int64)
    fold[shuffled[np.argsort(y[shuffled], kind="stable")]] = np.arange(len(y)) % 5
    return fold
