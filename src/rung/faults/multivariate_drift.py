"""Plants test rows whose columns no longer go together."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl

from rung.core.marks import FaultSeverity, fault
from rung.faults.pipelines import numeric_columns, require
from rung.inputs.planted import Healthy, Planted

STRONG = 0.7  # correlation from which a broken pair is a real loss; weaker ones are hardly a fault


@fault("multivariate-drift")
def multivariate_drift(healthy: Healthy, severity: FaultSeverity, rng: np.random.Generator) -> Planted:
    """A column of the test set is sorted apart from the others: half of its rows (mild), all, or two columns (severe)."""
    numbers = numeric_columns(healthy)[:40]
    require(len(numbers) >= 2 and healthy.test.n_rows >= 100, "needs two numeric columns and 100 test rows")
    frame = healthy.train.frame.select(pl.col(numbers).cast(pl.Float64).fill_null(strategy="mean").fill_null(0.0))
    with np.errstate(invalid="ignore", divide="ignore"):
        size = np.nan_to_num(np.abs(np.corrcoef(frame.to_numpy().T)) - np.eye(len(numbers)))
    pairs = np.argwhere(np.triu(size, 1) > STRONG)
    require(len(pairs) > 0, "no two columns go together strongly enough")
    first, second = (numbers[int(each)] for each in pairs[int(rng.integers(len(pairs)))])
    test = healthy.test
    for name in (first, second) if severity == "severe" else (first,):
        order = np.arange(test.n_rows)
        moved = rng.permutation(test.n_rows)[: test.n_rows // (2 if severity == "mild" else 1)]
        order[moved] = rng.permutation(moved)
        test = test.with_column(name, test.frame[name][order])
    return Planted(case=replace(healthy, test=test), names=(first, second), truth=f"'{first}' is in another order in the test set")
