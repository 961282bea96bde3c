"""Plants production labels that no longer follow the inputs as they did."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from rung.core.marks import FaultSeverity, fault
from rung.faults.pipelines import category_columns, fitted_pipeline, numeric_columns, plain, preparation, require
from rung.inputs.planted import Healthy, Planted

SHARE = {"mild": 0.3, "medium": 0.6, "severe": 1.0}


@fault("performance-decay")
def performance_decay(healthy: Healthy, severity: FaultSeverity, rng: np.random.Generator) -> Planted:
    """The relation is lost for 30 % of the production rows (medium 60 %, severe all): their labels are handed round among them."""
    numbers, levels = numeric_columns(healthy), category_columns(healthy)[:8]
    require(len(numbers) >= 2 and healthy.test.n_rows >= 300, "needs two numeric columns and 300 test rows")
    case = plain(healthy, numbers + levels)
    model = fitted_pipeline(case, preparation(numbers, levels), numbers + levels)
    # Half of the test rows stay as what the model scores when nothing is wrong.
    order = rng.permutation(case.test.n_rows)
    half = len(order) // 2
    current, kept = case.test.take(order[:half]), case.test.take(np.sort(order[half:]))
    labels = current.column(case.target)
    hit = np.flatnonzero(rng.random(half) < SHARE[severity])
    place = np.arange(half)
    place[hit] = rng.permutation(hit)
    broken = current.with_column(case.target, labels[place])
    return Planted(
        case=replace(case, test=kept, current=broken, model=model),
        names=(),
        truth=f"{len(hit)} of {half} production labels no longer follow the inputs",
    )
