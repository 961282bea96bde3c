"""The reference models on the very columns that the user's model takes: a fair yardstick for its learner."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rung.core.errors import Unavailable
from rung.core.experiment import Estimate
from rung.core.marks import fact
from rung.facts.folds import Folds
from rung.facts.learners import Learner, linear, nonlinear
from rung.facts.matrix import Matrix, TestMatrix
from rung.facts.out_of_fold import LinearScores, NonlinearScores, out_of_fold
from rung.facts.own_model import OnTest, OnTrain, OwnScores
from rung.facts.score import FoldScores, Metric, compare, pooled, score_folds
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
    gap : best reference minus the user's model, paired.   told : the same, with what the test rows say of it.   train_score : the fitted model's score on rows that it was trained on.
    own_score, best_score : out of fold.   best : name of the better reference.
    """

    gap: Estimate
    told: Estimate
    loss_gap: Estimate
    own_score: float
    best_score: float
    train_score: float
    best: str

    @property
    def seen(self) -> bool:
        """Whether something better than the user's model was seen at all, and the test rows do not deny it."""
        return self.gap.low > 0 and self.told.low > 0

    @property
    def memorises(self) -> bool:
        """Whether the model does better on its training rows than the better reference does on new ones."""
        return self.train_score > self.best_score


@dataclass(frozen=True, slots=True, kw_only=True)
class RivalsOnTest:
    """The references minus the user's model on the test rows, paired: folds of few rows err together, the test rows err by themselves."""

    linear: Estimate
    nonlinear: Estimate


@fact(cost="fits")
def rivals_on_test(
    matrix: Matrix, test: TestMatrix, on_test: OnTest, metric: Metric, rivals: Rivals, own: OwnScores, settings: Settings
) -> RivalsOnTest:
    """Fit both on all training rows. Unavailable where neither is better out of fold: then there is nothing to ask."""
    if max(compare(metric, own.result, each).low for each in (rivals.linear, rivals.nonlinear)) <= 0:
        raise Unavailable("no reference is better than the user's model out of fold")
    said = on_test.predicted
    rows, here, there = np.intersect1d(said.rows, test.rows, assume_unique=True, return_indices=True)
    columns = np.flatnonzero([name not in rivals.left_out for name in matrix.names])
    levels, alone = matrix.categorical[columns], np.zeros(len(rows), dtype=np.int64)
    mine = score_folds("your model", metric, said.y[here], said.score[here], alone, rows)

    def gap(learner: Learner) -> Estimate:
        given = learner(matrix.x[:, columns], matrix.y)(test.x[np.ix_(there, columns)])
        return compare(metric, mine, score_folds("reference", metric, said.y[here], given, alone, rows))

    return RivalsOnTest(
        linear=gap(linear(metric.task, metric.n_classes, metric.positive, levels)),
        nonlinear=gap(nonlinear(metric.task, metric.n_classes, metric.positive, levels, settings.seed)),
    )


@fact(cost="fits")
def headroom(model: Model, metric: Metric, rivals: Rivals, own: OwnScores, on_train: OnTrain, tested: RivalsOnTest | None) -> Headroom:
    """From scores that are known already."""
    said = on_train.predicted
    ranks = said.has_scores or metric.task == "regression"
    best = rivals.best if ranks else _calls(rivals.best, metric)
    gap = compare(metric, own.result, best)
    there = None if tested is None or not ranks else tested.linear if rivals.best is rivals.linear else tested.nonlinear
    return Headroom(
        gap=gap,
        told=gap if there is None else pooled(gap, there),
        loss_gap=skill_gain(metric, own.result, rivals.best) if ranks and model.probabilities is not None and not model.notes else UNKNOWN,
        own_score=own.result.mean,
        best_score=best.mean,
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


def _calls(result: FoldScores, metric: Metric) -> FoldScores:
    """The reference's hard labels: a model that gives no more is not held against its ranking."""
    p = result.prediction
    calls = np.where(np.isnan(p), np.nan, p > 0.5) if p.ndim == 1 else np.where(np.isnan(p), np.nan, p == p.max(axis=1, keepdims=True))
    return score_folds(result.name, metric, result.y, calls.astype(np.float64), result.fold, result.rows)


def told_apart(reference: FoldScores, metric: Metric, answer: float) -> tuple[float, float]:
    """Share of the rows of other classes that the reference finds, and share of all rows for which it has another answer."""
    told = np.isfinite(reference.prediction) if reference.prediction.ndim == 1 else np.isfinite(reference.prediction).all(axis=1)
    scores, y = reference.prediction[told], reference.y[told]
    labels = np.where(scores > 0.5, metric.positive, 1 - metric.positive) if metric.task == "binary" else scores.argmax(axis=1)
    others = y != answer
    found = float(np.mean(labels[others] == y[others])) if others.any() else float("nan")
    return found, float(np.mean(labels != answer)) if len(labels) else 0.0
