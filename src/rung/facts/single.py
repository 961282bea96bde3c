"""The best single feature, scored on the same folds as everything else."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rung.core.marks import fact
from rung.facts.folds import Folds
from rung.facts.learners import Learner, Predictor, fitted
from rung.facts.matrix import Matrix
from rung.facts.out_of_fold import out_of_fold
from rung.facts.score import FoldScores, Metric

Floats = NDArray[np.float64]
WIDE = 400  # columns; beyond it one part of three is scored, to bound the time
MISSING = -1e18  # far below every value, so that a split can tell missing from known


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnScores:
    """Every feature alone: a small tree's out-of-fold score, missingness and categories included.

    names, scores : shape (k,), larger is better, `chance` is none.
    """

    names: tuple[str, ...]
    scores: Floats
    chance: float

    def of(self, name: str) -> float:
        """One column's score, chance for a column that is not in the matrix."""
        return float(self.scores[self.names.index(name)]) if name in self.names else self.chance


@dataclass(frozen=True, slots=True, kw_only=True)
class SingleScores:
    """The best column's out-of-fold scores."""

    column: str
    result: FoldScores


@fact(cost="fits")
def column_scores(matrix: Matrix, folds: Folds, metric: Metric) -> ColumnScores:
    """A tree of depth 4 on each column alone. Bounded rows: 3 folds of at most 4,000 rows, enough to tell 0.02 of AUC."""
    chosen = np.arange(len(matrix.y)) if len(matrix.y) <= 4_000 else np.linspace(0, len(matrix.y) - 1, 4_000).astype(int)
    halves = np.arange(len(chosen)) % 3
    order = np.argsort(folds.fold[chosen], kind="stable") if folds.scheme != "random" else np.random.default_rng(0).permutation(len(chosen))
    part = np.empty(len(chosen), dtype=int)
    part[order] = np.sort(halves)
    scored = 3 if len(matrix.names) <= WIDE else 1
    scores = [_alone(matrix.x[chosen, place], matrix.y[chosen], part, metric, scored) for place in range(len(matrix.names))]
    return ColumnScores(names=matrix.names, scores=np.array(scores), chance=metric.chance)


def _alone(x: Floats, y: Floats, part: NDArray[np.int64], metric: Metric, scored: int) -> float:
    learner = small_tree(metric)
    n_columns = metric.n_classes if metric.task == "multiclass" else 0
    prediction = np.full((len(y), n_columns) if n_columns else len(y), np.nan)
    for number in range(scored):
        prediction[part == number] = learner(x[part != number, None], y[part != number])(x[part == number, None])
    values = [metric.value(y[part == number], prediction[part == number]) for number in range(scored)]
    known = [each for each in values if np.isfinite(each)]
    return float(np.mean(known)) if known else metric.chance


def small_tree(metric: Metric) -> Learner:
    """A tree of depth 4 with leaves of at least 1 % of the rows; missing values get a place of their own."""

    def fit(x: Floats, y: Floats) -> Predictor:
        from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

        kind = DecisionTreeRegressor if metric.task == "regression" else DecisionTreeClassifier
        tree = kind(max_depth=4, min_samples_leaf=max(3, len(y) // 100), random_state=0)
        predictor = fitted(tree, _filled(x), y, metric.task, metric.n_classes, metric.positive)
        return lambda rows: predictor(_filled(rows))

    return fit


def _filled(x: Floats) -> Floats:
    return np.where(np.isnan(x), MISSING, np.clip(x, -1e17, 1e17))


@fact(cost="fits")
def single_scores(matrix: Matrix, folds: Folds, metric: Metric, columns: ColumnScores) -> SingleScores:
    """The column that is best alone, on the folds of the other contenders."""
    best = int(np.nanargmax(columns.scores))
    result = out_of_fold("best single feature", small_tree(metric), matrix, folds, metric, columns=np.array([best]))
    return SingleScores(column=matrix.names[best], result=result)
