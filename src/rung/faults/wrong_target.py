"""Plants a declaration that names the wrong column as target."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl

from rung.core.marks import FaultSeverity, fault
from rung.inputs.planted import Healthy, Planted


@fault("wrong-target")
def wrong_target(healthy: Healthy, severity: FaultSeverity, rng: np.random.Generator) -> Planted:
    """The key, the date or the constant of an export is declared as target; the true one stays among the features."""
    n, m = healthy.train.n_rows, healthy.test.n_rows
    ways = {"mild": ("record_id",), "medium": ("record_id", "created", "reference"), "severe": ("version", "reference")}[severity]
    name = ways[int(rng.integers(len(ways)))]
    numbers = rng.permutation(n + m)
    values = {
        "record_id": pl.Series(numbers + 1),
        "created": pl.Series(numbers * 3_600_000_000 + 1_577_836_800_000_000).cast(pl.Datetime("us")),
        "reference": pl.Series([f"R-{int(each):06x}" for each in numbers * 37]),
        "version": pl.Series(np.full(n + m, 3)),
    }[name]
    train, test = healthy.train.with_column(name, values[:n]), healthy.test.with_column(name, values[n:])
    case = replace(healthy, train=train, test=test, target=name, model=None)
    return Planted(case=case, names=(name,), truth=f"'{name}' is declared as target instead of '{healthy.target}'")
