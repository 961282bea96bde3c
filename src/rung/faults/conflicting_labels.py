"""Plants equal rows with different labels."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from rung.core.errors import Unavailable
from rung.core.marks import FaultSeverity, fault
from rung.inputs.planted import Healthy, Planted

SHARES = {"mild": 0.02, "medium": 0.08, "severe": 0.25}


@fault("conflicting-labels")
def conflicting_labels(healthy: Healthy, severity: FaultSeverity, rng: np.random.Generator) -> Planted:
    """Rows were labelled twice, and the second annotator disagrees."""
    labels = healthy.train.column(healthy.target)
    values = labels.drop_nulls().unique().sort().to_list()
    if healthy.task == "regression" or len(values) < 2:
        raise Unavailable("only for two classes or more")
    n = healthy.train.n_rows
    again = np.sort(rng.choice(n, max(10, int(SHARES[severity] * n)), replace=False))
    second = healthy.train.take(again)
    given = second.column(healthy.target).to_list()
    other = [values[(values.index(each) + 1) % len(values)] if each in values else each for each in given]
    changed = second.with_column(healthy.target, type(labels)(other, dtype=labels.dtype))
    return Planted(
        case=replace(healthy, train=healthy.train.append(changed)),
        names=(healthy.target,),
        rows=tuple(again[:50].tolist()),
        truth=f"{len(again)} rows occur again with another label",
    )
