"""The user's model beside the prior, the best single feature and the reference models, on rows that none of them was fitted on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from rung.core.errors import Unavailable
from rung.core.experiment import Estimate
from rung.core.marks import fact
from rung.facts.folds import Folds
from rung.facts.judged import part_influence
from rung.facts.learners import linear, nonlinear
from rung.facts.matrix import Matrix, TestMatrix
from rung.facts.out_of_fold import LinearScores, NonlinearScores
from rung.facts.own_model import OnTest, OwnScores
from rung.facts.schema import Schema
from rung.facts.score import FoldScores, Metric, compare, predicted_rows, score_folds
from rung.facts.scored import Scored
from rung.facts.single import SingleScores, small_tree
from rung.facts.together_rows import widened, widening
from rung.inputs.case import Test, Train
from rung.inputs.settings import Settings
from rung.inputs.table import Table
from rung.stats.intervals import mean_interval


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """All contenders on the same untouched rows.

    where : 'test'; 'out-of-fold' where there is no test set and the user's model was refitted; 'as given' where the only table carries predictions
    along, which may have been fitted on these rows: they can look better than they are, never worse.
    own, single, linear, nonlinear : scores by fold; on the test set there is one fold.   column : the single feature.
    factor : by how much rows of one declared entity widen the intervals below, 1 for none.
    own_ranks : whether the user's model gives more than hard labels; if not, its ranking score is not comparable with theirs.
    """

    where: Literal["test", "out-of-fold", "as given"]
    own: FoldScores
    single: FoldScores
    linear: FoldScores
    nonlinear: FoldScores
    column: str
    own_ranks: bool
    factor: float = 1.0

    @property
    def rival(self) -> FoldScores:
        """The better of the two plain models."""
        return max((self.linear, self.nonlinear), key=lambda each: np.nan_to_num(each.mean, nan=-1e9))

    def ahead(self, metric: Metric, other: FoldScores) -> Estimate:
        """The other minus the user's model, paired by row.

        Labels rank nothing: of them right calls are compared. Of two classes the other calls as many rows positive as the user's model does, so that no
        choice of threshold is held against it; of more the smaller counts of two gains, of all rows and of each class alike.
        """
        if self.own_ranks:
            return widened(compare(metric, self.own, other), self.factor)
        _, here, there = np.intersect1d(self.own.rows, other.rows, assume_unique=True, return_indices=True)
        y, mine, theirs = self.own.y[here], self.own.prediction[here], other.prediction[there]
        told = predicted_rows(mine) & predicted_rows(theirs)
        y, mine, theirs = y[told], mine[told], theirs[told]
        if metric.task == "binary":
            positive = y == metric.positive
            gaps = (_as_many(theirs, mine > 0.5) == positive).astype(float) - ((mine > 0.5) == positive)
            sides = [mean_interval(gaps)]
        else:
            gaps = (theirs.argmax(axis=1) == y).astype(float) - (mine.argmax(axis=1) == y)
            sides = [mean_interval(gaps), mean_interval(gaps * _alike(y))]
        least = min(sides, key=lambda each: each.low)
        return widened(Estimate(value=least.value, low=least.low, high=least.high, n=len(y)), self.factor)


def _labels_only(prediction: NDArray[np.float64], metric: Metric) -> bool:
    """Whether the answers are labels: two values for two classes, a one and noughts for more."""
    told = prediction[predicted_rows(prediction)]
    if metric.task == "binary":
        return len(np.unique(told)) <= 2
    return metric.task == "multiclass" and bool(np.isin(told, (0.0, 1.0)).all())


def _as_many(score: NDArray[np.float64], called: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The highest scores, as many as were called."""
    found = np.zeros(len(score), dtype=bool)
    found[np.argsort(-score, kind="stable")[: int(called.sum())]] = True
    return found


def _alike(y: NDArray[np.float64]) -> NDArray[np.float64]:
    """Weights of rows under which every class counts the same, with mean 1."""
    codes, counts = np.unique(y, return_inverse=True, return_counts=True)[1:]
    return len(y) / (len(counts) * counts[codes])


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
    scored: Scored | None,
    folds: Folds,
    train: Train,
    test: Test | None,
    schema: Schema,
    settings: Settings,
) -> Standing:
    """The test set where there is one; three fits of the references then. Otherwise what the folds already told."""
    if on_test is not None and test_matrix is not None and test is not None:
        found = _on_test(metric, matrix, single.column, on_test, test_matrix, settings.seed)
        return replace(found, factor=_factor(found, metric, test.table, schema))
    mine, ranks = own.result if own is not None else None, True
    if mine is None and scored is not None and scored.where == "table":
        mine, ranks = _carried(metric, matrix, scored, folds), scored.has_scores
    if mine is None:
        raise Unavailable("the model's predictions for untouched rows: it needs a test set or a model that can be fitted again")
    found = Standing(
        where="out-of-fold" if own is not None else "as given",
        own=mine,
        single=single.result,
        linear=linear_scores.result,
        nonlinear=nonlinear_scores.result,
        column=single.column,
        own_ranks=ranks and not _labels_only(mine.prediction, metric),
    )
    return replace(found, factor=_factor(found, metric, train.table, schema))


def _factor(found: Standing, metric: Metric, table: Table, schema: Schema) -> float:
    """From how alike rows of one entity are in what they bring to the difference to the better plain model."""
    _, here, there = np.intersect1d(found.own.rows, found.rival.rows, assume_unique=True, return_indices=True)
    y, mine, theirs = found.own.y[here], found.own.prediction[here], found.rival.prediction[there]
    told = predicted_rows(mine) & predicted_rows(theirs)
    if schema.groups is None or told.sum() < 2 or (metric.task != "regression" and len(np.unique(y[told])) < 2):
        return 1.0
    brought = part_influence(metric, y[told], theirs[told]) - part_influence(metric, y[told], mine[told])
    return widening(table, schema.groups, found.own.rows[here][told], np.nan_to_num(brought))


def _carried(metric: Metric, matrix: Matrix, scored: Scored, folds: Folds) -> FoldScores:
    """The column of predictions on the rows and folds of the others."""
    _, here, there = np.intersect1d(scored.rows, matrix.rows, assume_unique=True, return_indices=True)
    return score_folds("your predictions", metric, scored.y[here], scored.score[here], folds.fold[there], scored.rows[here])


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
