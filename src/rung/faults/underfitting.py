"""Plants a model that is too poor for the table."""

from __future__ import annotations

import numpy as np

from rung.core.errors import Unavailable
from rung.core.marks import FaultSeverity, fault
from rung.faults._estimators import with_model
from rung.inputs.planted import Healthy, Planted


@fault("underfitting")
def underfitting(healthy: Healthy, severity: FaultSeverity, rng: np.random.Generator) -> Planted:
    """A tree of depth one or two, or boosting that stops after a few tiny steps."""
    from sklearn.ensemble import GradientBoostingClassifier, GradientBoostingRegressor
    from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

    if healthy.train.n_rows < 200:
        raise Unavailable(f"{healthy.train.n_rows} rows: a poor model may be the right one")
    regression = healthy.task == "regression"
    if rng.random() < 0.6:
        depth = {"mild": 3, "medium": 1, "severe": 1}[severity]
        learner = (DecisionTreeRegressor if regression else DecisionTreeClassifier)(max_depth=depth, random_state=0)
    else:
        rounds = {"mild": 20, "medium": 5, "severe": 2}[severity]
        kind = GradientBoostingRegressor if regression else GradientBoostingClassifier
        learner = kind(n_estimators=rounds, learning_rate=0.02, max_depth=1, random_state=0)
    return Planted(case=with_model(healthy, learner), truth=f"{learner!r} is too poor for the table")
