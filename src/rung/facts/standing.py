"""The user's model beside the prior, the best single feature and the reference models, on rows that none of them was fitted on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from rung.core.errors import Unavailable
from rung.core.marks import fact
from rung.facts.learners import linear, nonlinear
from rung.facts.matrix import Matrix, TestMatrix
from rung.facts.out_of_fold import LinearScores, NonlinearScores
from rung.facts.own_model import OnTest, OwnScores
from rung.facts.score import FoldScores, Metric, score_folds
from rung.facts.single import SingleScores, small_tree
from rung.inputs.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """All contenders on the same untouched rows.

    where : 'test', or 'out-of-fold' where there is no test set and the user's model was refitted.
    own, single, linear, nonlinear : scores by fold; on the test set there is one fold.   column : the single feature.
    own_ranks : whether the user's model gives more than hard labels; if not, its ranking score is not comparable with theirs.
    """

    where: Literal["test", "out-of-fold"]
    own: FoldScores
    single: FoldScores
    linear: FoldScores
    nonlinear: FoldScores
    column: str
    own_ranks: bool


@fact(cost="fits")
def standing(
    metric: Metric,
    matrix: Matrix,
    single: SingleScores,
    linear_scores: LinearScores,
    nonlinear_scores: NonlinearScores,
    on_test: OnTest | None,
    test_matrix: TestMatrix | None,
    own: OwnScores | None,
    settings: Settings,
) -> Standing:
    """The test set where there is one; three fits of the references then. Otherwise what the folds already told."""
    if on_test is not None and test_matrix is not None:
        return _on_test(metric, matrix, single.column, on_test, test_matrix, settings.seed)
    if own is None:
        raise Unavailable("the model's predictions for untouched rows: it needs a test set or a model that can be fitted again")
    return Standing(
        where="out-of-fold",
        own=own.result,
        single=single.result,
        linear=linear_scores.result,
        nonlinear=nonlinear_scores.result,
        column=single.column,
        own_ranks=metric.task != "binary" or len(np.unique(own.result.prediction)) > 2,
    )


def _on_test(metric: Metric, matrix: Matrix, column: str, on_test: OnTest, test: TestMatrix, seed: int) -> Standing:
    place = matrix.names.index(column)
    levels = matrix.categorical
    learners = {
        "best single feature": (small_tree(metric), np.array([place])),
        "linear": (linear(metric.task, metric.n_classes, metric.positive, levels), np.arange(len(matrix.names))),
        "non-linear": (nonlinear(metric.task, metric.n_classes, metric.positive, levels, seed), np.arange(len(matrix.names))),
    }
    fold = np.zeros(len(test.y), dtype=np.int64)
    scored = {
        name: score_folds(name, metric, test.y, learner(matrix.x[:, used], matrix.y)(test.x[:, used]), fold, test.rows)
        for name, (learner, used) in learners.items()
    }
    mine = on_test.predicted
    own = score_folds("your model", metric, mine.y, mine.score, np.zeros(len(mine.y), dtype=np.int64), mine.rows)
    return Standing(
        where="test",
        own=own,
        single=scored["best single feature"],
        linear=scored["linear"],
        nonlinear=scored["non-linear"],
        column=column,
        own_ranks=mine.has_scores,
    )
