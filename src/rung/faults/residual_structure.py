"""Plants a bend that the model cannot follow."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl

from rung.core.errors import Unavailable
from rung.core.marks import FaultSeverity, fault
from rung.faults._estimators import with_model
from rung.inputs.planted import Healthy, Planted
from rung.inputs.table import Table

SIZE = {"mild": 0.8, "medium": 1.2, "severe": 2.0}


@fault("residual-structure")
def residual_structure(healthy: Healthy, severity: FaultSeverity, rng: np.random.Generator) -> Planted:
    """The target gains a square of a new column; the model is a straight line."""
    from sklearn.linear_model import Ridge

    if healthy.task != "regression":
        raise Unavailable("only for regression")
    spread = float(np.nanstd(healthy.train.column(healthy.target).cast(pl.Float64).to_numpy().astype(float)))
    train, test = (_bent(each, healthy.target, SIZE[severity] * spread, rng) for each in (healthy.train, healthy.test))
    case = with_model(replace(healthy, train=train, test=test), Ridge())
    return Planted(case=case, names=("angle",), truth="the model cannot follow the bend of 'angle'")


def _bent(table: Table, target: str, size: float, rng: np.random.Generator) -> Table:
    angle = rng.normal(size=table.n_rows)
    y = table.column(target).cast(pl.Float64).to_numpy().astype(float)
    return table.with_column("angle", np.round(angle, 4)).with_column(target, y + size * (np.minimum(angle**2, 6.0) - 1))
