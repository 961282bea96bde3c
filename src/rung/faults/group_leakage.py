"""Plants entities whose rows are on both sides of the split."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl

from rung.core.errors import Unavailable
from rung.core.marks import FaultSeverity, fault
from rung.inputs.planted import Healthy, Planted
from rung.inputs.table import Table

ROWS_EACH = {"mild": 2, "medium": 4, "severe": 8}


@fault("group-leakage")
def group_leakage(healthy: Healthy, severity: FaultSeverity, rng: np.random.Generator) -> Planted:
    """Several visits of each patient: the numbers move a little from visit to visit, the label stays, the split is by row."""
    together = healthy.train.append(healthy.test)
    n, each = together.n_rows, ROWS_EACH[severity]
    if n < 100:
        raise Unavailable("too few rows to make entities of")
    kept = np.sort(rng.permutation(n)[: n // each])
    visits = np.repeat(kept, each)
    code = rng.permutation(n)[: len(kept)]
    table = together.take(visits).with_column("patient_id", pl.Series(np.repeat([f"P{10_000 + int(number)}" for number in code], each)))
    table = _moved(table, healthy, rng)
    order = rng.permutation(table.n_rows)
    cut = int(0.75 * len(order))
    case = replace(healthy, train=table.take(order[:cut]), test=table.take(order[cut:]), model=None, groups=None)
    return Planted(case=case, names=("patient_id",), truth=f"{each} rows of each 'patient_id', split by row")


def _moved(table: Table, healthy: Healthy, rng: np.random.Generator) -> Table:
    """Every number differs from visit to visit by a twentieth of its spread; the columns that are declared stay."""
    for name in table.columns:
        series = table.column(name)
        if series.dtype.is_float() and name not in (healthy.target, healthy.time):
            spread = float(series.fill_nan(None).std() or 0.0)  # type: ignore[arg-type]
            table = table.with_column(name, series + pl.Series(rng.normal(0, 0.05 * spread, table.n_rows)))
    return table
