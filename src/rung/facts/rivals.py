"""The reference models on the very columns that the user's model takes: a fair yardstick for its learner."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rung.core.errors import Unavailable
from rung.core.experiment import Estimate
from rung.core.marks import fact
from rung.facts.folds import Folds
from rung.facts.learners import linear, nonlinear
from rung.facts.matrix import Matrix
from rung.facts.out_of_fold import LinearScores, NonlinearScores, out_of_fold
from rung.facts.own_model import OnTrain, OwnScores
from rung.facts.score import FoldScores, Metric, compare
from rung.facts.skill import UNKNOWN, skill_gain
from rung.inputs.model import Model
from rung.inputs.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Rivals:
    """Out-of-fold scores of rung's linear and non-linear model, on the columns of the user's model.

    left_out : columns of the matrix that the user's model does not take.
    """

    linear: FoldScores
    nonlinear: FoldScores
    left_out: tuple[str, ...]

    @property
    def best(self) -> FoldScores:
        """The better of the two."""
        return self.nonlinear if np.nan_to_num(self.nonlinear.mean, nan=-1e9) >= np.nan_to_num(self.linear.mean, nan=-1e9) else self.linear


@dataclass(frozen=True, slots=True, kw_only=True)
class Headroom:
    """What the better reference reaches beyond the user's model, on the same folds and columns.

    loss_gap : the same in log-loss skill; NaN where the model gives no probabilities or numbers are predicted.
    gap : best reference minus the user's model, paired.   train_score : the fitted model's score on rows that it was trained on.
    own_score, best_score : out of fold.   best : name of the better reference.
    """

    gap: Estimate
    loss_gap: Estimate
    own_score: float
    best_score: float
    train_score: float
    best: str

    @property
    def seen(self) -> bool:
        """Whether something better than the user's model was seen at all."""
        return self.gap.low > 0

    @property
    def memorises(self) -> bool:
        """Whether the model does better on its training rows than the better reference does on new ones."""
        return self.train_score > self.best_score


@fact(cost="fits")
def headroom(model: Model, metric: Metric, rivals: Rivals, own: OwnScores, on_train: OnTrain) -> Headroom:
    """From scores that are known already."""
    said = on_train.predicted
    return Headroom(
        gap=compare(metric, own.result, rivals.best),
        loss_gap=skill_gain(metric, own.result, rivals.best) if model.probabilities is not None and not model.notes else UNKNOWN,
        own_score=own.result.mean,
        best_score=rivals.best.mean,
        train_score=metric.value(said.y, said.score),
        best=rivals.best.name,
    )


@fact(cost="fits")
def rivals(
    model: Model, matrix: Matrix, folds: Folds, metric: Metric, settings: Settings, linear_all: LinearScores, nonlinear_all: NonlinearScores
) -> Rivals:
    """Reads the scores on all columns where the model takes them all; fits ten times where it does not."""
    used = np.array([not model.features or name in model.features for name in matrix.names])
    left_out = tuple(name for name, kept in zip(matrix.names, used, strict=True) if not kept)
    if not left_out:
        return Rivals(linear=linear_all.result, nonlinear=nonlinear_all.result, left_out=())
    if not used.any():
        raise Unavailable("the model takes none of the columns that rung's own models could learn from")
    columns, levels = np.flatnonzero(used), matrix.categorical[used]
    bent = nonlinear(metric.task, metric.n_classes, metric.positive, levels, settings.seed)
    straight = linear(metric.task, metric.n_classes, metric.positive, levels)
    return Rivals(
        linear=out_of_fold("linear", straight, matrix, folds, metric, columns),
        nonlinear=out_of_fold("non-linear", bent, matrix, folds, metric, columns),
        left_out=left_out,
    )


def told_apart(reference: FoldScores, metric: Metric, answer: float) -> tuple[float, float]:
    """Share of the rows of other classes that the reference finds, and share of all rows for which it has another answer."""
    told = np.isfinite(reference.prediction) if reference.prediction.ndim == 1 else np.isfinite(reference.prediction).all(axis=1)
    scores, y = reference.prediction[told], reference.y[told]
    labels = np.where(scores > 0.5, metric.positive, 1 - metric.positive) if metric.task == "binary" else scores.argmax(axis=1)
    others = y != answer
    found = float(np.mean(labels[others] == y[others])) if others.any() else float("nan")
    return found, float(np.mean(labels != answer)) if len(labels) else 0.0
