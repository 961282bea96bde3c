"""Plants a rare class that a plain classifier with its threshold at one half never calls."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from rung.core.errors import Unavailable
from rung.core.marks import FaultSeverity, fault
from rung.faults._estimators import with_model
from rung.inputs.planted import Healthy, Planted
from rung.inputs.table import Table


@fault("uncorrected-imbalance")
def uncorrected_imbalance(healthy: Healthy, severity: FaultSeverity, rng: np.random.Generator) -> Planted:
    """One of two classes becomes rare in training and test; a penalised logistic regression keeps its threshold."""
    from sklearn.linear_model import LogisticRegression

    if healthy.task != "binary":
        raise Unavailable("only for two classes")
    counts = healthy.train.frame[healthy.target].drop_nulls().value_counts(sort=True)
    rare = counts[healthy.target][-1]
    share = {"mild": 0.1, "medium": 0.04, "severe": 0.02}[severity]
    train, test = (_thinned(table, healthy.target, rare, share, rng) for table in (healthy.train, healthy.test))
    if (test.frame[healthy.target] == rare).sum() < 20:
        raise Unavailable("too few rows of the rare class would be left to see it")
    learner = LogisticRegression(C=0.01, max_iter=300)
    return Planted(case=with_model(replace(healthy, train=train, test=test), learner), truth=f"'{rare}' is rare and never called")


def _thinned(table: Table, target: str, rare: object, share: float, rng: np.random.Generator) -> Table:
    is_rare = (table.frame[target] == rare).fill_null(value=False).to_numpy()
    kept = int(share / (1 - share) * (~is_rare).sum())
    chosen = rng.permutation(np.flatnonzero(is_rare))[:kept]
    return table.take(np.sort(np.r_[np.flatnonzero(~is_rare), chosen]))
