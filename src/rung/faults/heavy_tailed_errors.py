"""Plants a few targets that lie far from everything."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl

from rung.core.errors import Unavailable
from rung.core.marks import FaultSeverity, fault
from rung.faults._estimators import as_frame, feature_names, with_model
from rung.faults._rows import learner
from rung.inputs.planted import Healthy, Planted

SIZE = {"mild": 8.0, "medium": 12.0, "severe": 25.0}


@fault("heavy-tailed-errors")
def heavy_tailed_errors(healthy: Healthy, severity: FaultSeverity, rng: np.random.Generator) -> Planted:
    """One test row in a hundred lies many spreads beyond what the model says."""
    if healthy.task != "regression":
        raise Unavailable("only for regression")
    if healthy.test.n_rows < 200:
        raise Unavailable("too few test rows to see it")
    fitted = with_model(healthy, learner("regression"))
    said = fitted.model.predict(as_frame(fitted.test, feature_names(fitted)))  # type: ignore[attr-defined]
    y = fitted.test.column(healthy.target).cast(pl.Float64).to_numpy().astype(float)
    rows = rng.permutation(len(y))[: max(2, len(y) // 100)]
    y[rows] = said[rows] + SIZE[severity] * (float(np.nanstd(y - said)) or 1.0) * rng.choice([-1.0, 1.0], len(rows))
    case = replace(fitted, test=fitted.test.with_column(healthy.target, y))
    return Planted(case=case, names=(healthy.target,), rows=(), truth=f"{len(rows)} of {len(y)} test rows lie far out")
