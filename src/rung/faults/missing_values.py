"""Plants missing values that training never saw."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl

from rung.core.errors import Unavailable
from rung.core.marks import FaultSeverity, fault
from rung.inputs.planted import Healthy, Planted

SHARES = {"mild": (0.12, 0.2), "medium": (0.25, 0.45), "severe": (0.6, 0.9)}


@fault("missing-values")
def missing_values(healthy: Healthy, severity: FaultSeverity, rng: np.random.Generator) -> Planted:
    """A join finds no match for a part of the test rows: one column, complete in training, is missing there."""
    names = [
        name
        for name in healthy.train.columns
        if name not in (healthy.target, healthy.time, healthy.groups) and name in healthy.test.columns and healthy.train.column(name).null_count() == 0
    ]  # fmt: skip
    if not names or healthy.test.n_rows < 10:
        raise Unavailable("no complete column")
    column, share = str(rng.choice(names)), float(rng.uniform(*SHARES[severity]))
    gone = rng.random(healthy.test.n_rows) < share
    test = healthy.test.with_column(column, healthy.test.column(column).set(pl.Series(gone), None))
    return Planted(
        case=replace(healthy, test=test),
        names=(column,),
        truth=f"'{column}' is missing in {int(gone.sum())} of {healthy.test.n_rows} test rows, in none of training",
    )
