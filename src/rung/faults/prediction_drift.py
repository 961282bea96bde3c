"""Plants production rows on which a sound model says other things."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from rung.core.marks import FaultSeverity, fault
from rung.faults.pipelines import category_columns, fitted_pipeline, numeric_columns, plain, preparation, production_rows, require, rows_of
from rung.inputs.planted import Healthy, Planted

STEEP = {"mild": 1.0, "medium": 2.0, "severe": 4.0}


@fault("prediction-drift")
def prediction_drift(healthy: Healthy, severity: FaultSeverity, rng: np.random.Generator) -> Planted:
    """Production holds more of the rows with high scores: kept by their rank in the score, the steeper the worse."""
    numbers, levels = numeric_columns(healthy), category_columns(healthy)[:8]
    require(len(numbers) >= 2 and healthy.test.n_rows >= 200, "needs two numeric columns and 200 test rows")
    case = plain(healthy, numbers + levels)
    model = fitted_pipeline(case, preparation(numbers, levels), numbers + levels)
    rows = production_rows(case, rng)
    asked = rows_of(rows, numbers + levels)
    score = np.asarray(model.predict(asked) if healthy.task == "regression" else model.predict_proba(asked)[:, -1], dtype=float)
    rank = (np.argsort(np.argsort(score, kind="stable"), kind="stable") + 0.5) / len(score)
    kept = rng.random(len(rank)) < np.exp(STEEP[severity] * (rank - 1))
    require(int(kept.sum()) >= 60, "too few production rows are left")
    return Planted(case=replace(case, current=rows.take(kept), model=model), names=(), truth="production holds more rows with high scores")
