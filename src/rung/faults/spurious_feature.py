"""Plants a shortcut: a column that tells the answer in training rows and nothing where it counts."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl

from rung.core.errors import Unavailable
from rung.core.marks import FaultSeverity, fault
from rung.faults._estimators import with_model
from rung.faults._rows import learner
from rung.inputs.planted import Healthy, Planted
from rung.inputs.table import Table

AGREES = {"mild": 0.75, "medium": 0.85, "severe": 0.95}


@fault("spurious-feature")
def spurious_feature(healthy: Healthy, severity: FaultSeverity, rng: np.random.Generator) -> Planted:
    """Each class (or half of the target) was mostly photographed by its own device; in the test set the devices are mixed."""
    if healthy.test.n_rows < 100:
        raise Unavailable("too few test rows to see it")
    train = _with_device(healthy.train, healthy, AGREES[severity], rng)
    test = healthy.test.with_column("device", rng.choice(np.array(["A", "B", "C", "D"]), healthy.test.n_rows))
    case = with_model(replace(healthy, train=train, test=test), learner(healthy.task))
    return Planted(case=case, names=("device",), truth="'device' tells the answer in training rows only")


def _with_device(table: Table, healthy: Healthy, agrees: float, rng: np.random.Generator) -> Table:
    labels = table.column(healthy.target)
    if healthy.task == "regression":
        codes = pl.Series(labels.cast(pl.Float64).to_numpy()).rank("ordinal").fill_null(0).to_numpy() * 4 // (table.n_rows + 1)
    else:
        codes = labels.cast(pl.String).rank("dense").fill_null(0).to_numpy()
    own = np.array(["A", "B", "C", "D"])[codes.astype(int) % 4]
    return table.with_column(
        "device", np.where(rng.random(table.n_rows) < agrees, own, rng.choice(np.array(["A", "B", "C", "D"]), table.n_rows))
    )
