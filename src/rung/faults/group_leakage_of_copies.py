"""Plants near copies of rows on both sides of the split, without a column that names what they were made from."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from rung.core.marks import FaultSeverity, fault
from rung.faults.group_leakage import group_leakage
from rung.faults.pipelines import numeric_columns, require
from rung.inputs.planted import Healthy, Planted


@fault("group-leakage")
def group_leakage_of_copies(healthy: Healthy, severity: FaultSeverity, rng: np.random.Generator) -> Planted:
    """Rows were augmented before the split: 2, 4 or 8 versions of each, a twentieth of a spread apart."""
    floats = [name for name in numeric_columns(healthy) if healthy.train.column(name).dtype.is_float()]
    require(len(floats) >= 3, "needs three columns of fine numbers")
    named = group_leakage(healthy, severity, rng)
    case = replace(named.case, train=named.case.train.drop(["patient_id"]), test=named.case.test.drop(["patient_id"]))
    return Planted(case=case, names=(), truth=named.truth.replace("each 'patient_id'", "each thing"))
