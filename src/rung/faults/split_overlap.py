"""Plants rows that stand in training and test."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl

from rung.core.errors import Unavailable
from rung.core.marks import FaultSeverity, fault
from rung.inputs.planted import Healthy, Planted
from rung.inputs.table import Table

SHARE = {"mild": 0.05, "medium": 0.15, "severe": 0.4}


@fault("split-overlap")
def split_overlap(healthy: Healthy, severity: FaultSeverity, rng: np.random.Generator) -> Planted:
    """Part of the test set is copied into training, as rows or with the last digits of the numbers changed."""
    n_test = healthy.test.n_rows
    count = int(SHARE[severity] * n_test)
    if count < 3:
        raise Unavailable("too few test rows to share some of them")
    copied = healthy.test.take(np.sort(rng.permutation(n_test)[:count]))
    jitter = severity != "severe" and bool(rng.integers(2))
    copied = _jittered(copied, healthy.target, rng) if jitter else copied
    mixed = healthy.train.append(copied.drop([name for name in copied.columns if name not in healthy.train.columns]))
    train = mixed.take(rng.permutation(mixed.n_rows))
    how = "nearly equal" if jitter else "equal"
    return Planted(
        case=replace(healthy, train=train, model=None), truth=f"{count} of {n_test} test rows have a twin in training that is {how}"
    )


def _jittered(table: Table, target: str, rng: np.random.Generator) -> Table:
    for name in table.columns:
        series = table.column(name)
        if series.dtype.is_float() and name != target:
            spread = float(series.fill_nan(None).std() or 0.0)  # type: ignore[arg-type]
            moved = series + pl.Series(rng.normal(0, 1e-4 * spread, table.n_rows))
            table = table.with_column(name, moved)
    return table
