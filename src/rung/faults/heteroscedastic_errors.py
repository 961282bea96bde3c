"""Plants errors that grow with the prediction."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl

from rung.core.errors import Unavailable
from rung.core.marks import FaultSeverity, fault
from rung.faults._estimators import as_frame, feature_names, with_model
from rung.faults._rows import learner
from rung.inputs.planted import Healthy, Planted

GROWTH = {"mild": 0.8, "medium": 1.2, "severe": 2.0}


@fault("heteroscedastic-errors")
def heteroscedastic_errors(healthy: Healthy, severity: FaultSeverity, rng: np.random.Generator) -> Planted:
    """The truth of test rows spreads about the prediction the more, the larger it is."""
    if healthy.task != "regression":
        raise Unavailable("only for regression")
    if healthy.test.n_rows < 150:
        raise Unavailable("too few test rows to see it")
    fitted = with_model(healthy, learner("regression"))
    said = fitted.model.predict(as_frame(fitted.test, feature_names(fitted)))  # type: ignore[attr-defined]
    y = fitted.test.column(healthy.target).cast(pl.Float64).to_numpy().astype(float)
    rank = np.argsort(np.argsort(said)) / max(1, len(said) - 1) - 0.5
    spread = float(np.nanstd(y - said)) or 1.0
    truth = said + spread * np.exp(GROWTH[severity] * 2 * rank) * rng.normal(size=len(said))
    return Planted(case=replace(fitted, test=fitted.test.with_column(healthy.target, truth)), truth="the spread grows with the prediction")
