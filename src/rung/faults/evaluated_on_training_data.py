"""Plants a test set that the model was fitted on."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl

from rung.core.errors import Unavailable
from rung.core.marks import FaultSeverity, fault
from rung.faults._estimators import plain, with_model
from rung.faults._rows import learner
from rung.inputs.planted import Healthy, Planted
from rung.inputs.table import Table

SHARE = {"mild": 0.75, "medium": 0.9, "severe": 1.0}


@fault("evaluated-on-training-data")
def evaluated_on_training_data(healthy: Healthy, severity: FaultSeverity, rng: np.random.Generator) -> Planted:
    """Most or all rows of the test file are rows of the training file."""
    n = min(healthy.test.n_rows, healthy.train.n_rows)
    count = int(SHARE[severity] * n)
    if count < 20:
        raise Unavailable("too few rows")
    seen = healthy.train.take(np.sort(rng.permutation(healthy.train.n_rows)[:count]))
    rest = healthy.test.take(np.sort(rng.permutation(healthy.test.n_rows)[: n - count]))
    mixed = Table(
        frame=pl.concat([seen.frame.select(healthy.test.columns), rest.frame], how="vertical_relaxed"), source=healthy.test.source
    )
    case = replace(healthy, test=mixed.take(rng.permutation(mixed.n_rows)))
    return Planted(case=case, truth=f"{count} of {n} test rows stand in the training table")


@fault("evaluated-on-training-data")
def fitted_on_test(healthy: Healthy, severity: FaultSeverity, rng: np.random.Generator) -> Planted:
    """The model was fitted on training and test rows together, before the split."""
    if healthy.train.n_rows < 100 or healthy.test.n_rows < 40:
        raise Unavailable("too few rows")
    both = replace(healthy, train=healthy.train.append(healthy.test).take(rng.permutation(healthy.train.n_rows + healthy.test.n_rows)))
    fine = learner(healthy.task, fine=True).set_params(min_samples_leaf={"mild": 3, "medium": 2, "severe": 1}[severity])  # type: ignore[attr-defined]
    model = with_model(both, fine).model
    case = replace(healthy, train=plain(healthy.train, healthy), test=plain(healthy.test, healthy), model=model)
    return Planted(case=case, truth="the model was fitted on the test rows too")
