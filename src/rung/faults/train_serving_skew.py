"""Plants a serving path that prepares columns in another way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import polars as pl

from rung.core.marks import FaultSeverity, fault
from rung.faults.pipelines import category_columns, fitted_pipeline, numeric_columns, plain, preparation, require
from rung.inputs.planted import Healthy, Planted
from rung.inputs.table import Table

Change = Callable[[Table, list[str]], Table]


@fault("train-serving-skew")
def train_serving_skew(healthy: Healthy, severity: FaultSeverity, rng: np.random.Generator) -> Planted:
    """Production rows reach the fitted pipeline in cents, scaled twice, rounded or swapped; mild one column, medium three, severe all."""
    numbers, levels = numeric_columns(healthy), category_columns(healthy)[:8]
    require(len(numbers) >= 2 and healthy.test.n_rows >= 60, "needs two numeric columns and 60 test rows")
    case = plain(healthy, numbers + levels)
    model = fitted_pipeline(case, preparation(numbers, levels), numbers + levels)
    wanted = {"mild": 1, "medium": 3, "severe": len(numbers)}[severity]
    names = [str(each) for each in rng.permutation(numbers)[: max(1, wanted)]]
    # Production rows are another draw of the test rows, without labels and in another order.
    rows = case.test.take(rng.permutation(case.test.n_rows)).drop([case.target])
    kind = str(rng.choice(["times", "standardised", "minmax"]))
    current = {"times": _times, "standardised": _standardised, "minmax": _minmax}[kind](rows, names)
    return Planted(
        case=replace(case, current=current, model=model), names=tuple(names), truth=f"production columns {names[:5]} are changed: {kind}"
    )


def _times(rows: Table, names: list[str]) -> Table:
    return _with(rows, names, lambda x: x * 1000)


def _standardised(rows: Table, names: list[str]) -> Table:
    return _with(rows, names, lambda x: (x - np.nanmean(x)) / (np.nanstd(x) or 1.0))


def _minmax(rows: Table, names: list[str]) -> Table:
    return _with(rows, names, lambda x: (x - np.nanmin(x)) / ((np.nanmax(x) - np.nanmin(x)) or 1.0))


def _with(rows: Table, names: list[str], change: Callable[[np.ndarray], np.ndarray]) -> Table:
    for name in names:
        values = rows.frame[name].cast(pl.Float64).to_numpy().astype(float)
        rows = rows.with_column(name, pl.Series(name, change(values)).fill_nan(None))
    return rows
