"""Plants production rows that come from another population."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl

from rung.core.marks import FaultSeverity, fault
from rung.faults.pipelines import category_columns, numeric_columns, production_rows, require
from rung.inputs.planted import Healthy, Planted
from rung.inputs.table import Table

SIZE = {"mild": 0.5, "medium": 1.0, "severe": 2.0}


@fault("feature-drift")
def feature_drift_in_production(healthy: Healthy, severity: FaultSeverity, rng: np.random.Generator) -> Planted:
    """One production column moves by 0.5 deviations (medium 1, severe 2), spreads, goes missing, or one of its categories grows."""
    numbers, levels = numeric_columns(healthy), category_columns(healthy)
    require(bool(numbers or levels) and healthy.test.n_rows >= 200, "needs features and 200 test rows")
    rows, size = production_rows(healthy, rng), SIZE[severity]
    kinds = [*(["shift", "scale", "missing"] if numbers else []), *(["mix"] if levels else [])]
    kind = str(rng.choice(kinds))
    name = str(rng.choice(levels if kind == "mix" else numbers))
    return Planted(
        case=replace(healthy, current=_moved(rows, name, kind, size, rng)), names=(name,), truth=f"'{name}' drifts in production: {kind}"
    )


def _moved(rows: Table, name: str, kind: str, size: float, rng: np.random.Generator) -> Table:
    series = rows.frame[name]
    if kind == "mix":
        return rows.take(_kept(series, size, rng))
    values = series.cast(pl.Float64).to_numpy().astype(float)
    spread, middle = float(np.nanstd(values)) or 1.0, float(np.nanmedian(values))
    if kind == "shift":
        moved = values + size * spread
    elif kind == "scale":
        moved = middle + (1 + 2 * size) * (values - middle)
    else:
        moved = np.where(rng.random(len(values)) < 0.2 * size, np.nan, values)
    return rows.with_column(name, pl.Series(name, moved).fill_nan(None))


def _kept(series: pl.Series, size: float, rng: np.random.Generator) -> np.ndarray:
    """Rows of the commonest category thin out, so that the others grow."""
    common = series.drop_nulls().mode().cast(pl.String).sort()[0]
    hit = (series.cast(pl.String) == common).fill_null(value=False).to_numpy()
    return ~hit | (rng.random(len(hit)) > min(0.9, 0.45 * size + 0.3))
