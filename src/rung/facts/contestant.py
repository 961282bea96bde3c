"""The model whose future is asked about: the user's own where it can be fitted again in time, else rung's non-linear one."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rung.core.errors import Unavailable
from rung.core.marks import fact
from rung.facts.folds import Folds
from rung.facts.learners import nonlinear
from rung.facts.matrix import Matrix
from rung.facts.out_of_fold import NonlinearScores
from rung.facts.own_model import OwnScores, ask_model, features_for, fit_labels, refitted
from rung.facts.score import FoldScores, Metric
from rung.facts.target import Target
from rung.inputs.case import Train
from rung.inputs.model import Model
from rung.inputs.settings import Settings
from rung.inputs.table import Rows

Floats = NDArray[np.float64]
SEEDS = ("random_state", "random_seed", "seed")  # names under which libraries take a seed
FITS = 150  # so many are needed in all; one fit may take that part of the budget, and a tenth of a second always
# (rows to fit on, rows to score, seed or None for the model's own) -> scores; rows are positions in the matrix
FitPredict = Callable[[Rows, Rows, int | None], Floats]


@dataclass(frozen=True, slots=True, kw_only=True)
class Contestant:
    """A model that can be fitted anew on any rows of the matrix.

    scores : out of fold, as it is.   seeded : whether it takes a seed.   own : whether it is the user's.   seconds : of one fit on a fold.
    """

    name: str
    own: bool
    seeded: bool
    scores: FoldScores
    fit_predict: FitPredict
    seconds: float


@fact(cost="fits")
def contestant(
    train: Train, matrix: Matrix, folds: Folds, metric: Metric, target: Target, model: Model | None, own: OwnScores | None,
    plain: NonlinearScores, settings: Settings,
) -> Contestant:  # fmt: skip
    """Time one fit of the user's model; where it is too slow for some hundred fits, rung's own takes its place."""
    if model is not None and own is not None:
        mine = _own(model, train, matrix, target)
        seconds = _timed(mine, folds)
        if seconds <= max(0.1, settings.budget / FITS):
            seeded = any(name in model.parameters for name in SEEDS)
            return Contestant(name=f"your {model.name}", own=True, seeded=seeded, scores=own.result, fit_predict=mine, seconds=seconds)
    reference = _reference(matrix, metric, settings)
    name = "rung's non-linear model"
    return Contestant(name=name, own=False, seeded=True, scores=plain.result, fit_predict=reference, seconds=_timed(reference, folds))


def _own(model: Model, train: Train, matrix: Matrix, target: Target) -> FitPredict:
    features, labels = features_for(model, train.table, target), fit_labels(model, train.table, target)[matrix.rows]
    table, seed_name = train.table.take(matrix.rows), next((name for name in SEEDS if name in model.parameters), None)

    def fit_predict(fit: Rows, asked: Rows, seed: int | None) -> Floats:
        changed: dict[str, object] = {seed_name: seed} if seed is not None and seed_name is not None else {}
        fresh = refitted(model, table.take(fit), labels[fit], features, **changed)
        return ask_model(fresh, table.take(asked), matrix.y[asked], target, 0).score

    return fit_predict


def _reference(matrix: Matrix, metric: Metric, settings: Settings) -> FitPredict:
    def fit_predict(fit: Rows, asked: Rows, seed: int | None) -> Floats:
        chosen = settings.seed if seed is None else seed
        learner = nonlinear(metric.task, metric.n_classes, metric.positive, matrix.categorical, chosen)
        return learner(matrix.x[fit], matrix.y[fit])(matrix.x[asked])

    return fit_predict


def _timed(fit_predict: FitPredict, folds: Folds) -> float:
    for trained, scored in folds.splits():
        if len(trained) and len(scored):
            started = time.perf_counter()
            fit_predict(trained, scored, None)
            return time.perf_counter() - started
    raise Unavailable("no fold has rows to fit on and rows to score")
