"""Whether what a model leaves unexplained is alike in rows that lie next to each other in time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rung.core.errors import Unavailable
from rung.core.marks import fact
from rung.facts.out_of_fold import NonlinearScores
from rung.facts.schema import Schema
from rung.facts.score import FoldScores, Metric, predicted_rows
from rung.facts.time_gap import interleaved, mixed, times_of
from rung.inputs.case import Test, Train
from rung.inputs.settings import Settings
from rung.stats.arrays import midranks
from rung.stats.sequence import Likeness, likeness

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeDependence:
    """Correlation of the out-of-fold residuals of neighbours in time.

    column : of the time.   likeness : over the five nearest rows, with its chance among independent rows.
    interleaved : share of test rows that are earlier than the last twentieth of training, NaN without test times.
    """

    column: str
    likeness: Likeness
    interleaved: float

    def told(self) -> str:
        """One sentence."""
        alike = self.likeness
        return (
            f"{mixed(self.interleaved)} by '{self.column}', and what a model leaves unexplained is alike in neighbours in time: "
            f"correlation {alike.correlation:.2f} ({alike.low:.2f} to {alike.high:.2f})."
        )


@fact(cost="pass")
def time_dependence(
    train: Train, test: Test | None, schema: Schema, scores: NonlinearScores, metric: Metric, settings: Settings
) -> TimeDependence:
    """Put the residuals in order of time, rows of one moment in any order, so that no other order of the table shows."""
    when, found = times_of(train.table, schema), scores.result
    known = np.flatnonzero(predicted_rows(found.prediction) & np.isfinite(when[found.rows]))
    if len(known) < 100:
        raise Unavailable(f"only {len(known)} scored rows with a time")
    moments = when[found.rows[known]]
    order = known[np.lexsort((settings.rng("time dependence").random(len(known)), moments))]
    later = times_of(test.table, schema) if test is not None and schema.time in test.table.columns else np.empty(0)
    return TimeDependence(
        column=str(schema.time), likeness=likeness(_residuals(found, metric)[order]), interleaved=interleaved(when, later)
    )


def _residuals(scores: FoldScores, metric: Metric) -> Floats:
    """Ranks of the residuals for numbers, one column a class otherwise; shape (n, columns)."""
    if metric.task == "regression":
        left = scores.y - scores.prediction
        return midranks(np.where(np.isfinite(left), left, 0.0))[:, None]
    given = scores.prediction if scores.prediction.ndim == 2 else scores.prediction[:, None]
    codes = np.arange(metric.n_classes) if given.shape[1] > 1 else np.array([metric.positive])
    return (scores.y[:, None] == codes).astype(float) - given
