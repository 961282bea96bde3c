"""Plants production rows with other columns than training."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl

from rung.core.marks import FaultSeverity, fault
from rung.faults.pipelines import category_columns, numeric_columns, production_rows, require
from rung.inputs.planted import Healthy, Planted
from rung.inputs.table import Table

KINDS = {"mild": ("new category", "renamed"), "medium": ("renamed", "unit"), "severe": ("dropped", "retyped", "unit")}
NEW_SHARE = 0.08


@fault("schema-change")
def schema_change(healthy: Healthy, severity: FaultSeverity, rng: np.random.Generator) -> Planted:
    """A column of the production rows is renamed, dropped, written as text, in another unit, or holds a new category."""
    numbers, levels = numeric_columns(healthy), category_columns(healthy)
    require(bool(numbers) and healthy.test.n_rows >= 60, "needs a numeric column and 60 test rows")
    kind = str(rng.choice([each for each in KINDS[severity] if each != "new category" or levels]))
    name = str(rng.choice(levels if kind == "new category" else numbers))
    rows = production_rows(healthy, rng)
    current, truth = _changed(rows, name, kind, rng)
    return Planted(case=replace(healthy, current=current), names=(name,), truth=truth)


def _changed(rows: Table, name: str, kind: str, rng: np.random.Generator) -> tuple[Table, str]:
    if kind == "dropped":
        return rows.drop([name]), f"'{name}' is missing in production"
    if kind == "renamed":
        new = str(rng.choice([f"{name}_new", name.upper() if name.upper() != name else f"{name}2", "value_17"]))
        return replace(rows, frame=rows.frame.rename({name: new}), native=None, rows=None), f"'{name}' is called '{new}' in production"
    series = rows.frame[name]
    if kind == "retyped":
        text = pl.Series(name, ["n/a" if value is None or rng.random() < 0.1 else f"{value} u" for value in series.to_list()])
        return rows.with_column(name, text), f"'{name}' is text in production"
    if kind == "unit":
        return rows.with_column(name, series.cast(pl.Float64) * 1000), f"'{name}' is 1000 times as large in production"
    hit = pl.Series(rng.random(rows.n_rows) < NEW_SHARE)
    moved = pl.select(pl.when(hit).then(pl.lit("brand new")).otherwise(series.cast(pl.String)).alias(name)).to_series()
    return rows.with_column(name, moved), f"{NEW_SHARE:.0%} of '{name}' are a new category in production"
