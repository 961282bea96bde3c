"""Plants a column whose test values come from another population or unit."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl

from rung.core.marks import FaultSeverity, fault
from rung.faults.pipelines import category_columns, numeric_columns, require
from rung.inputs.planted import Healthy, Planted


@fault("feature-drift")
def feature_drift(healthy: Healthy, severity: FaultSeverity, rng: np.random.Generator) -> Planted:
    """A column of the test set moves by 0.7 (mild 0.35, severe 2) deviations, or one of its categories is recorded as another."""
    numbers, levels = numeric_columns(healthy), category_columns(healthy)
    require(bool(numbers or levels) and healthy.test.n_rows >= 60, "needs features and 60 test rows")
    if numbers and (not levels or rng.random() < 0.7):
        name = str(rng.choice(numbers))
        known = healthy.train.frame[name].cast(pl.Float64)
        step = {"mild": 0.35, "medium": 0.7, "severe": 2.0}[severity] * float(known.std() or 1.0)  # type: ignore[arg-type]
        moved = healthy.test.frame[name].cast(pl.Float64) + step
        truth = f"'{name}' lies {step:.4g} higher in the test set"
    else:
        name = str(rng.choice(levels))
        share = {"mild": 0.25, "medium": 0.5, "severe": 0.9}[severity]
        texts = healthy.test.frame[name].cast(pl.String)
        common = texts.drop_nulls().mode()[0]
        other = str(
            next(each for each in healthy.train.frame[name].cast(pl.String).drop_nulls().unique().sort().to_list() if each != common)
        )
        hit = pl.Series(rng.random(texts.len()) < share) & (texts == common).fill_null(value=False)
        moved = pl.select(pl.when(hit).then(pl.lit(other)).otherwise(texts)).to_series()
        truth = f"{share:.0%} of '{common}' in '{name}' are recorded as '{other}' in the test set"
    return Planted(case=replace(healthy, test=healthy.test.with_column(name, moved)), names=(name,), truth=truth)
