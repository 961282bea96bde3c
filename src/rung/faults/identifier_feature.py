"""Plants a column that names the row."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl

from rung.core.marks import FaultSeverity, fault
from rung.inputs.planted import Healthy, Planted


@fault("identifier-feature")
def identifier_feature(healthy: Healthy, severity: FaultSeverity, rng: np.random.Generator) -> Planted:
    """A saved row number, a hash or a customer code, as an export leaves it among the features."""
    n, m = healthy.train.n_rows, healthy.test.n_rows
    way = ("row number", "hash", "code")[int(rng.integers(3))]
    name = {"row number": "Unnamed: 0", "hash": "session", "code": "customer_id"}[way]
    numbers = np.arange(n + m) if severity == "mild" else rng.permutation(n + m)
    if way == "hash":
        values = pl.Series([f"{int(each):08x}{int(other):08x}" for each, other in rng.integers(0, 2**32, (n + m, 2))])
    else:
        values = pl.Series(numbers) if way == "row number" else pl.Series([f"C{100_000 + int(each)}" for each in numbers])
    train, test = healthy.train.with_column(name, values[:n]), healthy.test.with_column(name, values[n:])
    return Planted(case=replace(healthy, train=train, test=test, model=None), names=(name,), truth=f"'{name}' is a {way}")
