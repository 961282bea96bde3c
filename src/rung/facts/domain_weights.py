"""How much more often production holds rows like each reference row: weights for a reference that looks like production."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rung.core.errors import Unavailable
from rung.core.marks import fact
from rung.facts.current_drift import CurrentDrifts
from rung.facts.learners import Learner, linear, nonlinear
from rung.facts.matrix import Floats, encodable, encode, encoder_of
from rung.facts.reference_scores import ReferencePredictions
from rung.facts.sample import draw
from rung.facts.schema import Schema
from rung.inputs.case import Current
from rung.inputs.settings import Settings
from rung.inputs.table import Rows
from rung.stats.metrics import log_loss, roc_auc

MAX_ROWS = 6_000  # of each side
FOLDS = 3
P_STILL = 0.01  # of every column: below it the fits are worth their time
EDGE = 0.005  # chances are kept this far from 0 and 1: no row stands for more than 200
FAR = 0.97  # chance of being a production row from which the reference holds nothing like it


@dataclass(frozen=True, slots=True, kw_only=True)
class DomainWeights:
    """Weights of labelled reference rows, mean 1.

    rows : positions in the predictions' arrays.   weights : shape (n,).   auc : of telling the tables apart.   beyond : share of production
    rows to which the reference holds nothing alike.
    """

    rows: Rows
    weights: Floats
    auc: float
    beyond: float


@fact(cost="fits")
def domain_weights(
    found: ReferencePredictions, current: Current, schema: Schema, drifts: CurrentDrifts | None, settings: Settings
) -> DomainWeights:
    """The better of a linear and a boosted classifier, cross-fitted on at most 6,000 rows of each side."""
    if drifts is not None and drifts.columns and min(each.p_sampling for each in drifts.columns) > P_STILL:
        raise Unavailable("no column moved, so there is nothing to weigh")
    chosen = draw(found.table.take(found.predicted.rows), MAX_ROWS, settings.seed + 7)
    left = found.table.take(found.predicted.rows[chosen])
    right = current.table.take(draw(current.table, MAX_ROWS, settings.seed + 7))
    columns = [each for each in schema.features if encodable(each) and each.kind != "datetime" and each.name in right.columns]
    if not columns or min(left.n_rows, right.n_rows) < 50:
        raise Unavailable("needs 50 rows on both sides and a column that both hold")
    encoders = tuple(encoder_of(each, left) for each in columns)
    x = np.concatenate([encode(left, encoders), encode(right, encoders)])
    y = np.repeat([0.0, 1.0], [left.n_rows, right.n_rows])
    categorical = np.array([each.labels is not None for each in encoders])
    fold = settings.rng("domain weights").permutation(len(y)) % FOLDS
    learners = (nonlinear("binary", 2, 1, categorical, settings.seed), linear("binary", 2, 1, categorical))
    chances = [_chances(learner, x, y, fold) for learner in learners]
    best = min(chances, key=lambda each: log_loss(y, each))
    best = np.clip(best, EDGE, 1 - EDGE)
    known = best[y == 0]
    weights = known / (1 - known)
    return DomainWeights(
        rows=chosen, weights=weights / weights.mean(), auc=roc_auc(y == 1, best), beyond=float((best[y == 1] > FAR).mean())
    )  # fmt: skip


def _chances(learner: Learner, x: Floats, y: Floats, fold: NDArray[np.int64]) -> Floats:
    found = np.empty(len(y))
    for number in range(FOLDS):
        found[fold == number] = learner(x[fold != number], y[fold != number])(x[fold == number])
    return found
