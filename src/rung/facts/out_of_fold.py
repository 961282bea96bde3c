"""What rung's own models predict for rows that they were not fitted on, on honest folds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rung.core.errors import Unavailable
from rung.core.marks import fact
from rung.facts.folds import Folds
from rung.facts.learners import Learner, linear, nonlinear
from rung.facts.matrix import Matrix
from rung.facts.score import FoldScores, Metric, score_folds
from rung.inputs.settings import Settings

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class NonlinearScores:
    """The boosted trees' out-of-fold scores: the yardstick of every experiment."""

    result: FoldScores


@dataclass(frozen=True, slots=True, kw_only=True)
class LinearScores:
    """The linear model's out-of-fold scores."""

    result: FoldScores


@fact(cost="fits")
def nonlinear_scores(matrix: Matrix, folds: Folds, metric: Metric, settings: Settings) -> NonlinearScores:
    """Five fits of boosted trees."""
    learner = nonlinear(metric.task, metric.n_classes, metric.positive, matrix.categorical, settings.seed)
    return NonlinearScores(result=out_of_fold("non-linear", learner, matrix, folds, metric))


@fact(cost="fits")
def linear_scores(matrix: Matrix, folds: Folds, metric: Metric) -> LinearScores:
    """Five fits of a linear model."""
    learner = linear(metric.task, metric.n_classes, metric.positive, matrix.categorical)
    return LinearScores(result=out_of_fold("linear", learner, matrix, folds, metric))


def out_of_fold(
    name: str, learner: Learner, matrix: Matrix, folds: Folds, metric: Metric, columns: NDArray[np.int64] | None = None
) -> FoldScores:
    """Fit on each fold's training rows, predict its scored rows. `columns`: positions of the features used, None for all."""
    x = matrix.x if columns is None else matrix.x[:, columns]
    if x.shape[1] == 0:
        raise Unavailable("no feature left")
    n_columns = metric.n_classes if metric.task == "multiclass" else 0
    prediction = np.full((len(matrix.y), n_columns) if n_columns else len(matrix.y), np.nan)
    for trained, scored in folds.splits():
        if len(trained) and len(scored):
            prediction[scored] = learner(x[trained], matrix.y[trained])(x[scored])
    return score_folds(name, metric, matrix.y, prediction, folds.fold, matrix.rows)
