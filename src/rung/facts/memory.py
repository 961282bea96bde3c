"""Whether the model was fitted on the rows it is scored on: by their content, and by what it remembers of them."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from rung.core.errors import Unavailable
from rung.core.experiment import Estimate
from rung.core.marks import fact
from rung.facts.own_model import OnTrain, OwnScores, ask_model, features_for, fit_labels, refitted
from rung.facts.sample import draw_from, take
from rung.facts.score import Metric
from rung.facts.scored import Scored
from rung.facts.skill import losses
from rung.inputs.case import Train
from rung.inputs.settings import Settings
from rung.inputs.table import Rows, Table
from rung.stats.intervals import mean_interval

Floats = NDArray[np.float64]
MAX_FITTED, MAX_CELLS, LEAST_FITTED = 20_000, 1_000_000, 5_000  # rows of the clone, fewer in wide tables
MAX_ASKED = 5_000  # test rows: a paired interval over more of them is no longer what limits the answer
MAX_BY_HEART = 1_000  # of them that a clone is fitted on, in place of as many training rows: a mean over them is all that is asked for
# Below this part of the way from unseen to remembered rows, no refit is spent on the question. Half of what the rule asks for.
WORTH_A_FIT = 0.25


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """Losses (log loss, or squared error over the variance) of the model as given and of clones that did not see the rows.

    on_train : training rows, clone minus given, paired: what the fit remembers.   nearness : how far the test rows lie from unseen (0) to remembered (1)
    by their loss alone.   on_test : test rows, a clone fitted on the training table alone minus given, paired; None where that was not worth a fit.
    by_heart : the same for a clone that was fitted on the test rows too, NaN where there is none.
    """

    on_train: Estimate
    nearness: float
    on_test: Estimate | None
    n_fitted: int
    by_heart: float = float("nan")

    @property
    def yardstick(self) -> float:
        """What a fit on the test rows would make of them: seen on a clone, or on training rows where none could be fitted so."""
        return self.on_train.value if np.isnan(self.by_heart) else self.by_heart

    @property
    def remembered(self) -> float:
        """Share of that which the model as given shows on test rows; 0 where it was not measured."""
        return self.on_test.value / self.yardstick if self.on_test is not None and self.yardstick > 0 else 0.0


@fact(cost="fits")
def memory(scored: Scored, on_train: OnTrain, own: OwnScores, train: Train, metric: Metric, settings: Settings) -> Memory:
    """Compare the model with clones of itself: out-of-fold on training rows, and, where the test loss looks remembered, one refit for the test rows."""
    if scored.where != "test":
        raise Unavailable("needs a test set")
    result = own.result
    _, left, right = np.intersect1d(on_train.predicted.rows, result.rows, assume_unique=True, return_indices=True)
    known = np.isfinite(result.prediction[right]) if result.prediction.ndim == 1 else np.isfinite(result.prediction[right]).all(axis=1)
    left, right = left[known], right[known]
    if len(left) < 20:
        raise Unavailable("too few training rows with predictions of both the model and its clones")
    scale = float(np.var(result.y)) or 1.0
    given = _loss(metric, on_train.predicted.y[left], on_train.predicted.score[left], scale)
    unseen = _loss(metric, result.y[right], result.prediction[right], scale)
    here = _loss(metric, scored.y, scored.score, scale)
    advantage = _estimate(unseen - given)
    nearness = float((unseen.mean() - here.mean()) / advantage.value) if advantage.value > 0 else 0.0
    worth = advantage.low > 0 and nearness > WORTH_A_FIT
    asked = _refit(scored, train, metric, scale, settings) if worth else None
    return Memory(
        on_train=advantage,
        nearness=nearness,
        on_test=_estimate(asked[0] - asked[1]) if asked is not None else None,
        n_fitted=min(_most(train), train.table.n_rows),
        by_heart=_by_heart(asked[0], scored, train, metric, scale, settings) if asked is not None else float("nan"),
    )


def _most(train: Train) -> int:
    """Rows that the clone is fitted on at most."""
    return min(MAX_FITTED, max(LEAST_FITTED, MAX_CELLS // max(1, len(train.table.columns))))


def _refit(scored: Scored, train: Train, metric: Metric, scale: float, settings: Settings) -> tuple[Floats, Floats]:
    """Losses on test rows: of a clone fitted on the training table alone, and of the model as given."""
    target, table = scored.target, train.table
    rows = np.flatnonzero(target.known)
    rows = rows[draw_from(table.positions[rows], _most(train), settings.seed)]
    labels = fit_labels(scored.model, table, target)[rows]
    clone = refitted(scored.model, take(table, rows), labels, features_for(scored.model, table, target))
    asked = draw_from(scored.rows, MAX_ASKED, settings.seed)
    y, score = scored.y[asked], scored.score[asked]
    said = ask_model(clone, scored.table.take(scored.rows[asked]), y, target, settings.seed)
    return _loss(metric, said.y, said.score, scale), _loss(metric, y, score, scale)


def _by_heart(unseen: Floats, scored: Scored, train: Train, metric: Metric, scale: float, settings: Settings) -> float:
    """What a clone gains on test rows by being fitted on them too; NaN where it cannot be fitted on both tables.   unseen : losses of the clone that was not."""
    target, table = scored.target, train.table
    asked = draw_from(scored.rows, MAX_ASKED, settings.seed)
    part = np.linspace(0, len(asked) - 1, min(len(asked), MAX_BY_HEART)).astype(np.int64)
    asked = asked[part]
    rows = np.flatnonzero(target.known)
    rows = rows[draw_from(table.positions[rows], max(_most(train) - len(asked), _most(train) // 2), settings.seed)]
    tested = scored.table.take(scored.rows[asked])
    try:
        both = take(table, rows).append(tested)
        labels = np.concatenate([fit_labels(scored.model, table, target)[rows], _test_labels(scored, tested, asked)])
        clone = refitted(scored.model, both, labels, features_for(scored.model, table, target))
        said = ask_model(clone, tested, scored.y[asked], target, settings.seed)
    except (Unavailable, pl.exceptions.PolarsError):
        return float("nan")
    return float(unseen[part].mean() - _loss(metric, said.y, said.score, scale).mean())


def _test_labels(scored: Scored, tested: Table, asked: Rows) -> NDArray[np.generic]:
    """As `fit_labels`, of test rows."""
    return fit_labels(scored.model, tested, replace(scored.target, y=scored.y[asked]))


def _loss(metric: Metric, y: Floats, score: Floats, scale: float) -> Floats:
    """Loss of each row; scores that are no probabilities are squeezed by their sign only: 0 or 1."""
    if metric.task == "regression":
        return (y - score) ** 2 / scale
    inside = score if score.min() >= 0 and score.max() <= 1 else (score > 0).astype(float)
    return losses(metric, y.astype(np.int64), inside)


def _estimate(values: Floats) -> Estimate:
    found = mean_interval(values)
    return Estimate(value=found.value, low=found.low, high=found.high, n=len(values))
