"""Plants a score that sounds good and that a constant gets too."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from rung.core.errors import Unavailable
from rung.core.marks import FaultSeverity, fault
from rung.faults._estimators import with_model
from rung.inputs.planted import Healthy, Planted
from rung.inputs.table import Table

KEPT = {"mild": 0.3, "medium": 0.15, "severe": 0.0}


@fault("no-baseline")
def no_baseline(healthy: Healthy, severity: FaultSeverity, rng: np.random.Generator) -> Planted:
    """The features lose most or all of their signal; accuracy (or MAE) is reported by itself."""
    from sklearn.linear_model import LogisticRegression, Ridge

    if healthy.test.n_rows < 40:
        raise Unavailable("too few test rows")
    train, test = (_blurred(table, healthy, KEPT[severity], rng) for table in (healthy.train, healthy.test))
    metric = "mae" if healthy.task == "regression" else "accuracy"
    regression = healthy.task == "regression"
    learner = Ridge(alpha=1000.0) if regression else LogisticRegression(C=0.001, max_iter=300)
    case = with_model(replace(healthy, train=train, test=test, declared={"metric": metric}), learner)
    return Planted(case=case, names=("MAE" if regression else "accuracy",), truth=f"{metric} is what a constant gets")


def _blurred(table: Table, healthy: Healthy, kept: float, rng: np.random.Generator) -> Table:
    """Every feature shuffled by itself in all rows but a share of them."""
    for name in table.columns:
        if name in (healthy.target, healthy.time, healthy.groups):
            continue
        place = np.arange(table.n_rows)
        moved = np.flatnonzero(rng.random(table.n_rows) >= kept)
        place[moved] = rng.permutation(moved)
        table = table.with_column(name, table.column(name).gather(place))
    return table
