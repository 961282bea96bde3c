"""Plants a column with one value."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from rung.core.marks import FaultSeverity, fault
from rung.inputs.planted import Healthy, Planted


@fault("constant-feature")
def constant_feature(healthy: Healthy, severity: FaultSeverity, rng: np.random.Generator) -> Planted:
    """A column that holds one value in training and test, as an export of one year or site leaves it."""
    value = {"mild": float(rng.integers(1, 100)), "medium": 2013.0, "severe": 0.0}[severity]
    train = healthy.train.with_column("source_year", np.full(healthy.train.n_rows, value))
    test = healthy.test.with_column("source_year", np.full(healthy.test.n_rows, value))
    case = replace(healthy, train=train, test=test)
    return Planted(case=case, names=("source_year",), truth=f"'source_year' is {value:g} in every row")
