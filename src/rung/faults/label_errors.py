"""Plants wrong labels."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from rung.core.errors import Unavailable
from rung.core.marks import FaultSeverity, fault
from rung.inputs.planted import Healthy, Planted

RATES = {"mild": 0.04, "medium": 0.1, "severe": 0.25}
SLIPS = {"mild": 0.003, "medium": 0.01, "severe": 0.03}


@fault("label-errors")
def label_errors(healthy: Healthy, severity: FaultSeverity, rng: np.random.Generator) -> Planted:
    """Annotators slip: classes are flipped at random, numbers are typed with a digit too many or too few."""
    n, labels = healthy.train.n_rows, healthy.train.column(healthy.target)
    numbers = healthy.task == "regression"
    count = int((SLIPS if numbers else RATES)[severity] * n)
    if count < 3:
        raise Unavailable(f"{n} rows: too few to plant slips in")
    rows = np.sort(rng.choice(n, count, replace=False))
    if numbers:
        values = labels.cast(float).to_numpy().copy()
        values[rows] *= np.where(rng.random(count) < 0.5, 10.0, 0.1) if severity == "mild" else 10.0
        train = healthy.train.with_column(healthy.target, values)
    else:
        known = labels.drop_nulls().unique().sort().to_list()
        if len(known) < 2:
            raise Unavailable("only one class")
        given = labels.to_list()
        for row in rows:
            given[row] = [each for each in known if each != given[row]][int(rng.integers(len(known) - 1))]
        train = healthy.train.with_column(healthy.target, type(labels)(given, dtype=labels.dtype))
    case = replace(healthy, train=train)
    return Planted(case=case, names=(healthy.target,), rows=tuple(rows[:50].tolist()), truth=f"{count} of {n} labels are wrong")
