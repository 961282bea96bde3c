"""Plants rows that occur more than once."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from rung.core.errors import Unavailable
from rung.core.marks import FaultSeverity, fault
from rung.inputs.planted import Healthy, Planted

SHARES = {"mild": 0.05, "medium": 0.2, "severe": 0.6}


@fault("duplicate-rows")
def duplicate_rows(healthy: Healthy, severity: FaultSeverity, rng: np.random.Generator) -> Planted:
    """A part of the file was appended a second time, and the rows were mixed."""
    n = healthy.train.n_rows
    if n < 50:
        raise Unavailable(f"only {n} rows")
    again = rng.choice(n, int(SHARES[severity] * n), replace=False)
    order = np.r_[np.arange(n), again] if rng.random() < 0.5 else rng.permutation(np.r_[np.arange(n), again])
    case = replace(healthy, train=healthy.train.take(order))
    return Planted(case=case, truth=f"{len(again)} of {n} rows were appended again")
