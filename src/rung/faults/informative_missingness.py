"""Plants gaps that hang on the target."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl

from rung.core.errors import Unavailable
from rung.core.marks import FaultSeverity, fault
from rung.inputs.planted import Healthy, Planted
from rung.inputs.table import Table

# Chance of a gap for the target's lower and upper half (or for the other classes and one class).
CHANCES = {"mild": (0.08, 0.2), "medium": (0.08, 0.5), "severe": (0.05, 0.7)}


@fault("informative-missingness")
def informative_missingness(healthy: Healthy, severity: FaultSeverity, rng: np.random.Generator) -> Planted:
    """A field is recorded mostly for one kind of case: whether it is missing tells of the target."""
    names = [
        name
        for name in healthy.train.columns
        if name not in (healthy.target, healthy.time, healthy.groups) and healthy.train.column(name).null_count() < 0.05 * healthy.train.n_rows
    ]  # fmt: skip
    if not names:
        raise Unavailable("no column that is nearly complete")
    column = str(rng.choice(names))
    split = _split(healthy, rng)
    low, high = CHANCES[severity]
    train, rows = _gaps(healthy.train, column, _members(healthy.train, healthy.target, split), low, high, rng)
    test, _ = _gaps(healthy.test, column, _members(healthy.test, healthy.target, split), low, high, rng)
    return Planted(
        case=replace(healthy, train=train, test=test),
        names=(column,),
        rows=tuple(rows.tolist()),
        truth=f"'{column}' is missing in {low:.0%} of the rows, in {high:.0%} where the target is {split if isinstance(split, str) else f'above {split:.4g}'}",
    )


def _split(healthy: Healthy, rng: np.random.Generator) -> str | float:
    target = healthy.train.column(healthy.target)
    if healthy.task == "regression":
        return float(target.cast(pl.Float64).quantile(0.6) or 0.0)
    counts = target.cast(pl.String).drop_nulls().value_counts(name="n", sort=True)
    common = counts.filter(pl.col("n") >= 0.1 * target.len())[healthy.target].to_list()
    return str(rng.choice(common or counts[healthy.target].to_list()))


def _members(table: Table, target: str, split: str | float) -> np.ndarray:
    column = table.column(target)
    hit = column.cast(pl.String) == split if isinstance(split, str) else column.cast(pl.Float64) > split
    return hit.fill_null(value=False).to_numpy()


def _gaps(table: Table, column: str, members: np.ndarray, low: float, high: float, rng: np.random.Generator) -> tuple[Table, np.ndarray]:
    gone = rng.random(table.n_rows) < np.where(members, high, low)
    return table.with_column(column, table.column(column).set(pl.Series(gone), None)), np.flatnonzero(gone)
