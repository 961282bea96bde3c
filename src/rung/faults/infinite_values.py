"""Plants infinite values."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl

from rung.core.errors import Unavailable
from rung.core.marks import FaultSeverity, fault
from rung.inputs.planted import Healthy, Planted

ROWS = {"mild": 2, "medium": 0.01, "severe": 0.1}


@fault("infinite-values")
def infinite_values(healthy: Healthy, severity: FaultSeverity, rng: np.random.Generator) -> Planted:
    """A ratio was divided by zero: some values of one column are infinite."""
    taken = (healthy.target, healthy.time, healthy.groups)
    names = [name for name, kind in healthy.train.frame.schema.items() if kind.is_numeric() and name not in taken]
    if not names:
        raise Unavailable("no column of numbers")
    column, size = str(rng.choice(names)), ROWS[severity]
    n_rows = healthy.train.n_rows
    count = int(min(n_rows, max(2, size if size >= 1 else size * n_rows)))
    rows = np.sort(rng.choice(n_rows, count, replace=False))
    values = (
        healthy.train.column(column).cast(pl.Float64).set(pl.Series(np.isin(np.arange(n_rows), rows)), float(rng.choice([np.inf, -np.inf])))
    )
    return Planted(
        case=replace(healthy, train=healthy.train.with_column(column, values)),
        names=(column,),
        rows=tuple(rows.tolist()),
        truth=f"'{column}' is infinite in {count} of {n_rows} training rows",
    )
