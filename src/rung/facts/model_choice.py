"""Other kinds of models on the same folds, the choice among them made without the rows that it is measured on."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from rung.core.marks import fact
from rung.facts.contestant import Contestant
from rung.facts.folds import Folds
from rung.facts.learners import Learner, Predictor, fitted
from rung.facts.matrix import Matrix
from rung.facts.memoriser import memoriser
from rung.facts.out_of_fold import LinearScores, NonlinearScores, out_of_fold
from rung.facts.score import FoldScores, Metric, score_folds
from rung.inputs.settings import Settings

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelChoice:
    """The contestant and its rivals.

    tried : name -> mean score of each rival.   chosen : name of the rival chosen for each fold, on the other folds.
    after : each fold scored by the rival that the other folds chose.
    """

    before: FoldScores
    after: FoldScores
    tried: dict[str, float]
    chosen: tuple[str, ...]


@fact(cost="fits")
def model_choice(
    contestant: Contestant, matrix: Matrix, folds: Folds, metric: Metric, linear: LinearScores, plain: NonlinearScores, settings: Settings
) -> ModelChoice:
    """Ten fits more than are known. The best of several looks too good on the rows that chose it; so others choose."""
    rivals = [linear.result, plain.result]
    for name, learner in (
        ("slow boosting", _slow(metric, matrix.categorical, settings.seed)),
        ("forest", memoriser(metric.task, metric.n_classes, metric.positive)),
    ):
        rivals.append(out_of_fold(name, learner, matrix, folds, metric))
    rivals.append(_blend(rivals, metric, matrix, folds))
    rivals = [each for each in rivals if each.name != contestant.scores.name]
    after, chosen = _crossed(rivals, metric, folds.n_folds)
    return ModelChoice(before=contestant.scores, after=after, tried={each.name: each.mean for each in rivals}, chosen=chosen)


def _slow(metric: Metric, categorical: NDArray[np.bool_], seed: int) -> Learner:
    """Boosting with four times the rounds at a third of the rate."""

    def fit(x: Floats, y: Floats) -> Predictor:
        from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

        kind = HistGradientBoostingRegressor if metric.task == "regression" else HistGradientBoostingClassifier
        rounds = 240 if metric.n_classes <= 2 else max(45, 360 // metric.n_classes)
        learner = kind(
            max_iter=rounds,
            learning_rate=0.035,
            max_leaf_nodes=8,
            min_samples_leaf=int(np.clip(len(y) // 40, 3, 20)),
            l2_regularization=5.0,
            early_stopping=False,  # type: ignore[arg-type]
            categorical_features=np.flatnonzero(categorical) if categorical.any() else None,  # type: ignore[arg-type]
            random_state=seed,
        )
        return fitted(learner, x, y, metric.task, metric.n_classes, metric.positive)

    return fit


def _blend(rivals: list[FoldScores], metric: Metric, matrix: Matrix, folds: Folds) -> FoldScores:
    """The mean of all predictions."""
    mean = np.mean([each.prediction for each in rivals], axis=0)
    return score_folds("blend of all", metric, matrix.y, mean, folds.fold, matrix.rows, folds.n_folds)


def _crossed(rivals: list[FoldScores], metric: Metric, n_folds: int) -> tuple[FoldScores, tuple[str, ...]]:
    table = np.array([each.scores for each in rivals])  # rivals x folds
    prediction, chosen = rivals[0].prediction.copy(), []
    for number in range(n_folds):
        others = np.delete(np.nan_to_num(table, nan=metric.chance), number, axis=1).mean(axis=1)
        best = rivals[int(np.argmax(others))]
        part = best.fold == number
        prediction[part] = best.prediction[part]
        chosen.append(best.name)
    first = rivals[0]
    found = score_folds("chosen by the other folds", metric, first.y, prediction, first.fold, first.rows, n_folds)
    return replace(found, name="chosen by the other folds"), tuple(chosen)
