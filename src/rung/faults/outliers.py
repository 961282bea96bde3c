"""Plants gross errors: slips of the decimal point and of the sign."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl

from rung.core.errors import Unavailable
from rung.core.marks import FaultSeverity, fault
from rung.inputs.planted import Healthy, Planted
from rung.inputs.table import Table

SHARES = {"mild": (0.003, 0.006), "medium": (0.008, 0.015), "severe": (0.01, 0.02)}
FACTORS = {"mild": (10.0,), "medium": (10.0, 100.0), "severe": (100.0, 1000.0)}


@fault("outliers")
def outliers(healthy: Healthy, severity: FaultSeverity, rng: np.random.Generator) -> Planted:
    """Some values of one column were typed or sent with the decimal point in the wrong place."""
    names = [
        name
        for name in healthy.train.columns
        if name not in (healthy.target, healthy.time, healthy.groups) and _measure(healthy.train.column(name))
    ]
    if not names:
        raise Unavailable("no column of measurements")
    column, factor = str(rng.choice(names)), float(rng.choice(FACTORS[severity]))
    share = float(rng.uniform(*SHARES[severity]))
    train, rows = _slipped(healthy.train, column, factor, share, rng)
    test, _ = _slipped(healthy.test, column, factor, share, rng)
    return Planted(
        case=replace(healthy, train=train, test=test),
        names=(column,),
        rows=tuple(rows.tolist()),
        truth=f"{len(rows)} of {train.n_rows} values of '{column}' are {factor:g} times too large",
    )


def _measure(series: pl.Series) -> bool:
    """A continuous quantity that stays clear of zero: ten times as much cannot occur."""
    if not series.dtype.is_numeric():
        return False
    known = series.cast(pl.Float64).drop_nulls()
    if known.n_unique() < 40:
        return False
    low, high, top = known.quantile(0.1), known.quantile(0.9), known.max()
    return bool(low and low > 0 and high and high < 6 * low and float(top) < 4 * float(known.median()))  # type: ignore[arg-type]


def _slipped(table: Table, column: str, factor: float, share: float, rng: np.random.Generator) -> tuple[Table, np.ndarray]:
    known = table.column(column).is_not_null().arg_true().to_numpy()
    rows = np.sort(rng.choice(known, max(4, int(share * len(known))), replace=False))
    values = table.column(column).cast(pl.Float64)
    return table.with_column(column, values * pl.Series(np.where(np.isin(np.arange(table.n_rows), rows), factor, 1.0))), rows
