"""Plants rows that were measured in another unit."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl

from rung.core.errors import Unavailable
from rung.core.marks import FaultSeverity, fault
from rung.inputs.planted import Healthy, Planted
from rung.inputs.table import Table

SHARES = {"mild": (0.04, 0.08), "medium": (0.1, 0.25), "severe": (0.25, 0.4)}
FACTORS = {
    "mild": (2.204623, 2.54, 3.28084),
    "medium": (2.204623, 2.54, 3.28084, 10.0, 12.0, 60.0, 100.0, 1000.0),
    "severe": (10.0, 100.0, 1000.0),
}


@fault("inconsistent-units")
def inconsistent_units(healthy: Healthy, severity: FaultSeverity, rng: np.random.Generator) -> Planted:
    """One source reports a measure in another unit: a part of the rows of one column is multiplied by a known factor."""
    names = [
        name
        for name in healthy.train.columns
        if name not in (healthy.target, healthy.time, healthy.groups) and _measure(healthy.train.column(name))
    ]
    if not names:
        raise Unavailable("no column of positive measurements")
    column = str(rng.choice(names))
    factor, share = float(rng.choice(FACTORS[severity])), float(rng.uniform(*SHARES[severity]))
    factor = 1 / factor if rng.random() < 0.3 else factor
    source = _source(healthy, column, share) if rng.random() < 0.4 else None
    train, rows = _converted(healthy.train, column, factor, share, source, rng)
    test, _ = _converted(healthy.test, column, factor, share, source, rng)
    return Planted(
        case=replace(healthy, train=train, test=test),
        names=(column,),
        rows=tuple(rows.tolist()),
        truth=f"{len(rows)} of {train.n_rows} values of '{column}' are {factor:.6g} times what they should be"
        + (f", where {source}" if source else ""),
    )


def _measure(series: pl.Series) -> bool:
    """A positive quantity that varies continuously, by less than a factor of two between its quartiles."""
    if not series.dtype.is_numeric():
        return False
    known = series.cast(pl.Float64).drop_nulls()
    if known.n_unique() < 40 or not bool((known > 0).mean() > 0.98):  # type: ignore[operator]
        return False
    positive = known.filter(known > 0)
    low, high = positive.quantile(0.25), positive.quantile(0.75)
    return bool(low and high and high < 2 * low)


def _source(healthy: Healthy, column: str, share: float) -> tuple[str, str] | None:
    """A category (name, level) that holds about this share of the rows, None where there is none."""
    for name, kind in healthy.train.frame.schema.items():
        if name not in (column, healthy.target) and kind in (pl.String, pl.Categorical) and healthy.train.column(name).n_unique() <= 30:
            counts = healthy.train.column(name).cast(pl.String).drop_nulls().value_counts(name="n", sort=True)
            near = counts.filter((pl.col("n") / healthy.train.n_rows).is_between(0.6 * share, 1.6 * share))
            if near.height:
                return name, near[name][0]
    return None


def _converted(
    table: Table, column: str, factor: float, share: float, source: tuple[str, str] | None, rng: np.random.Generator
) -> tuple[Table, np.ndarray]:
    if source is not None:
        members = (table.column(source[0]).cast(pl.String) == source[1]).fill_null(value=False).to_numpy()
    else:
        members = rng.random(table.n_rows) < share
    values = table.column(column).cast(pl.Float64)
    return table.with_column(column, values * pl.Series(np.where(members, factor, 1.0))), np.flatnonzero(members)
