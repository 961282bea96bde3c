"""Plants a model that learned nothing of the target."""

from __future__ import annotations

import numpy as np

from rung.core.marks import FaultSeverity, fault
from rung.faults._estimators import train_labels, with_model
from rung.inputs.planted import Healthy, Planted


@fault("not-better-than-baseline")
def not_better_than_baseline(healthy: Healthy, severity: FaultSeverity, rng: np.random.Generator) -> Planted:
    """A forest that was fitted on labels in another order than the rows: its file is fine, its knowledge is none."""
    from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor

    labels = train_labels(healthy).copy()
    share = {"mild": 0.8, "medium": 1.0, "severe": 1.0}[severity]
    moved = np.flatnonzero(rng.random(len(labels)) < share)
    labels[moved] = labels[rng.permutation(moved)]
    kind = RandomForestRegressor if healthy.task == "regression" else RandomForestClassifier
    learner = kind(n_estimators=30, min_samples_leaf=3, random_state=0)
    return Planted(case=with_model(healthy, learner, labels=labels), truth="the model was fitted on shuffled labels")
