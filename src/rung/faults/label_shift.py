"""Plants another distribution of the target into the test rows."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from rung.core.errors import Unavailable
from rung.core.marks import FaultSeverity, fault
from rung.inputs.planted import Healthy, Planted

KEPT = {"mild": 0.6, "medium": 0.3, "severe": 0.1}


@fault("label-shift")
def label_shift(healthy: Healthy, severity: FaultSeverity, rng: np.random.Generator) -> Planted:
    """Test rows come from another population: most rows of one class, or of one side of the median, are missing from it."""
    labels = healthy.test.column(healthy.target)
    if healthy.task == "regression":
        values = labels.cast(float).to_numpy()
        chosen = values > np.nanmedian(values) if rng.random() < 0.5 else values < np.nanmedian(values)
        what = "one side of the median"
    else:
        common = labels.drop_nulls().value_counts(sort=True)[labels.name].to_list()
        label = common[int(rng.integers(min(2, len(common))))]
        chosen, what = (labels == label).fill_null(value=False).to_numpy(), f"'{label}'"
    kept = ~chosen | (rng.random(len(chosen)) < KEPT[severity])
    if kept.sum() < 50 or chosen.sum() < 20:
        raise Unavailable("too few test rows to leave some out")
    return Planted(
        case=replace(healthy, test=healthy.test.take(kept)),
        names=(healthy.target,),
        truth=f"{int((~kept).sum())} test rows of {what} were left out",
    )
