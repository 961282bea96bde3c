"""Plants single production rows that are unlike anything in training."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl

from rung.core.marks import FaultSeverity, fault
from rung.faults.pipelines import numeric_columns, production_rows, require
from rung.inputs.planted import Healthy, Planted

TIMES = {"mild": 100.0, "medium": 1000.0, "severe": 1e6}


@fault("out-of-distribution-input")
def out_of_distribution_input(healthy: Healthy, severity: FaultSeverity, rng: np.random.Generator) -> Planted:
    """A few production rows hold one column in another unit: 100 times its value (medium 1,000, severe a million)."""
    numbers = [name for name in numeric_columns(healthy) if float(healthy.train.frame[name].cast(pl.Float64).abs().median() or 0.0) > 0]  # type: ignore[arg-type]
    require(bool(numbers) and healthy.test.n_rows >= 60, "needs a numeric column whose median is not 0, and 60 test rows")
    name = str(rng.choice(numbers))
    rows = production_rows(healthy, rng)
    values = rows.frame[name].cast(pl.Float64).to_numpy().astype(float)
    usable = np.flatnonzero(np.isfinite(values) & (np.abs(values) >= np.nanmedian(np.abs(values))))
    hit = rng.choice(usable, size=min(3, len(usable)), replace=False)
    values = values.copy()
    values[hit] *= TIMES[severity]
    current = rows.with_column(name, pl.Series(name, values).fill_nan(None))
    return Planted(
        case=replace(healthy, current=current),
        names=(name,),
        truth=f"'{name}' is {TIMES[severity]:g} times too large in production rows {sorted(hit.tolist())}",
    )
