"""Plants repeats of a column and a linear model that reads coefficients."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl

from rung.core.marks import FaultSeverity, fault
from rung.faults.pipelines import fitted_pipeline, numeric_columns, plain, preparation, require
from rung.inputs.planted import Healthy, Planted
from rung.inputs.table import Table


@fault("collinear-features")
def collinear_features(healthy: Healthy, severity: FaultSeverity, rng: np.random.Generator) -> Planted:
    """The same quantity in another unit, with the error of rounding; mild 2 % of noise, severe an exact copy. The pipeline is a linear one."""
    numbers = numeric_columns(healthy)
    require(bool(numbers), "needs a numeric column")
    case = plain(healthy, numbers)
    chosen = str(rng.choice(numbers))
    noise = {"mild": 0.02, "medium": 0.002, "severe": 0.0}[severity] * float(case.train.frame[chosen].std() or 1.0)  # type: ignore[arg-type]
    name = f"{chosen} (old unit)"

    def repeated(table: Table) -> Table:
        values = table.frame[chosen].cast(pl.Float64).to_numpy()
        return table.with_column(name, pl.Series(name, 2.54 * (values + noise * rng.normal(size=len(values)))).fill_nan(None))

    case = replace(case, train=repeated(case.train), test=repeated(case.test))
    columns = [*numbers, name]
    return Planted(
        case=replace(case, model=fitted_pipeline(case, preparation(columns, []), columns)),
        names=(name, chosen),
        truth=f"'{name}' repeats '{chosen}'",
    )
