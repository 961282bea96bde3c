"""Plants a category's mean of the target, computed with the row's own label."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl

from rung.core.marks import FaultSeverity, fault
from rung.faults.pipelines import numeric_columns, require, special
from rung.inputs.planted import Healthy, Planted
from rung.inputs.table import Table


@fault("target-encoding-leakage")
def target_encoding_leakage(healthy: Healthy, severity: FaultSeverity, rng: np.random.Generator) -> Planted:
    """A mean over training rows (severe: one label in two of its level) of groups of 3 to 40 rows; test rows get the training means."""
    per_level = {"mild": 40, "medium": 8, "severe": 3}[severity]
    require(healthy.train.n_rows >= 60, "needs 60 rows")
    train, test = (_groups(table, healthy, per_level, rng) for table in (healthy.train, healthy.test))
    y = _numbers(healthy)
    prior = float(np.mean(y))
    means = pl.DataFrame({"group": train, "y": y}).group_by("group").agg(pl.col("y").mean())
    lookup = dict(zip(means["group"].to_list(), means["y"].to_list(), strict=True))
    columns = [np.array([lookup.get(each, prior) for each in groups.to_list()]) for groups in (train, test)]
    case = replace(
        healthy, train=healthy.train.with_column("area_rate", columns[0]), test=healthy.test.with_column("area_rate", columns[1])
    )
    return Planted(
        case=case,
        names=("area_rate",),
        truth=f"'area_rate' is the mean of the target over groups of about {per_level} rows, own label included",
    )


def _groups(table: Table, healthy: Healthy, per_level: int, rng: np.random.Generator) -> pl.Series:
    """Districts of a number: levels as an address or a finely cut quantity gives them; drawn at random where there is no number."""
    n_levels = max(4, healthy.train.n_rows // per_level)
    numbers = numeric_columns(healthy)
    if not numbers:
        return pl.Series(rng.integers(0, n_levels, table.n_rows))
    name = numbers[0]
    known = healthy.train.frame[name].cast(pl.Float64).fill_null(0.0).to_numpy()
    cuts = np.quantile(known, np.linspace(0, 1, 6)[1:-1])
    place = np.searchsorted(cuts, table.frame[name].cast(pl.Float64).fill_null(0.0).to_numpy())
    return pl.Series(place * n_levels + rng.integers(0, max(1, n_levels // 5), table.n_rows))


def _numbers(healthy: Healthy) -> np.ndarray:
    series = healthy.train.frame[healthy.target]
    require(healthy.target not in special(replace(healthy, target="")), "the target is declared as time or group")
    if healthy.task == "regression":
        return series.cast(pl.Float64).fill_null(strategy="mean").to_numpy()
    first = series.cast(pl.String).drop_nulls().unique().sort()[-1]
    return (series.cast(pl.String) == first).fill_null(value=False).cast(pl.Float64).to_numpy()
