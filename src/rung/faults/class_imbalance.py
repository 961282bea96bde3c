"""Plants a class with too few rows."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from rung.core.errors import Unavailable
from rung.core.marks import FaultSeverity, fault
from rung.inputs.planted import Healthy, Planted
from rung.inputs.table import Table

LEFT = {"mild": 20, "medium": 8, "severe": 4}


@fault("class-imbalance")
def class_imbalance(healthy: Healthy, severity: FaultSeverity, rng: np.random.Generator) -> Planted:
    """Collection stopped early: one class has a handful of rows in training and fewer in test."""
    if healthy.task == "regression":
        raise Unavailable("only for classification")
    counts = healthy.train.column(healthy.target).drop_nulls().value_counts(sort=True)
    label = counts[healthy.target].to_list()[-1]
    left = LEFT[severity]
    if healthy.train.n_rows - int(counts["count"].to_list()[-1]) < 200:
        raise Unavailable("fewer than 200 rows of the other classes")
    train, test = (
        _thinned(healthy.train, healthy.target, label, left, rng),
        _thinned(healthy.test, healthy.target, label, max(2, left // 3), rng),
    )
    case = replace(healthy, train=train, test=test, model=None)
    return Planted(case=case, names=(healthy.target,), truth=f"only {left} training rows are '{label}'")


def _thinned(table: Table, target: str, label: object, left: int, rng: np.random.Generator) -> Table:
    rows = np.flatnonzero((table.column(target) == label).fill_null(value=False).to_numpy())
    gone = rng.permutation(rows)[left:]
    return table.take(np.setdiff1d(np.arange(table.n_rows), gone))
