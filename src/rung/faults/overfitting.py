"""Plants a model that memorises its training rows."""

from __future__ import annotations

import numpy as np

from rung.core.marks import FaultSeverity, fault
from rung.faults._estimators import with_model
from rung.inputs.planted import Healthy, Planted


@fault("overfitting")
def overfitting(healthy: Healthy, severity: FaultSeverity, rng: np.random.Generator) -> Planted:
    """A tree grown to pure leaves, or the single nearest neighbour."""
    from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor
    from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

    regression = healthy.task == "regression"
    if rng.random() < 0.6:
        leaf = {"mild": 5, "medium": 1, "severe": 1}[severity]
        learner = (DecisionTreeRegressor if regression else DecisionTreeClassifier)(min_samples_leaf=leaf, random_state=0)
    else:
        n_neighbors = {"mild": 3, "medium": 1, "severe": 1}[severity]
        learner = (KNeighborsRegressor if regression else KNeighborsClassifier)(n_neighbors=n_neighbors)
    return Planted(case=with_model(healthy, learner), truth=f"{learner!r} memorises its training rows")
