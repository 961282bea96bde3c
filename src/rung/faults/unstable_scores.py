"""Plants a test set of a few rows where many were to be had."""

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

ROWS = {"mild": 30, "medium": 22, "severe": 14}


@fault("unstable-scores")
def unstable_scores(healthy: Healthy, severity: FaultSeverity, rng: np.random.Generator) -> Planted:
    """All but a few test rows go to training."""
    if healthy.train.n_rows < 400 or healthy.test.n_rows < 60:
        raise Unavailable("too few rows: a small test set would be no choice")
    order = rng.permutation(healthy.test.n_rows)
    few, rest = order[: ROWS[severity]], order[ROWS[severity] :]
    if healthy.task != "regression" and healthy.test.frame[healthy.target][np.sort(few)].n_unique() < 2:
        raise Unavailable("the few rows hold one class")
    joined = pl.concat([healthy.train.frame, healthy.test.frame[np.sort(rest)].select(healthy.train.columns)], how="vertical_relaxed")
    smaller = replace(healthy, train=Table(frame=joined, source=healthy.train.source), test=healthy.test.take(np.sort(few)))
    return Planted(case=with_model(smaller, learner(healthy.task)), truth=f"{len(few)} test rows of {joined.height + len(few)}")
