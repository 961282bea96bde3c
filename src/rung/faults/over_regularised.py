"""Plants a penalty that is far too strong."""

from __future__ import annotations

import numpy as np

from rung.core.errors import Unavailable
from rung.core.marks import FaultSeverity, fault
from rung.faults._estimators import with_model
from rung.inputs.planted import Healthy, Planted


@fault("over-regularised")
def over_regularised(healthy: Healthy, severity: FaultSeverity, rng: np.random.Generator) -> Planted:
    """A linear model whose penalty was set for other data, or a forest with leaves as large as a good part of the table."""
    from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
    from sklearn.linear_model import LogisticRegression, Ridge

    n_rows, regression = healthy.train.n_rows, healthy.task == "regression"
    if n_rows < 100:
        raise Unavailable(f"{n_rows} rows: a penalty is rightly strong there")
    if rng.random() < 0.5:
        strength = {"mild": 1e2, "medium": 1e4, "severe": 1e6}[severity]
        if regression:
            learner = Ridge(alpha=strength * n_rows / 100)
        else:
            # An L1 penalty loses columns; an L2 penalty leaves the ranking and shrinks the probabilities.
            learner = LogisticRegression(C=1 / strength, l1_ratio=float(rng.integers(2)), solver="saga", max_iter=200)
    else:
        share = {"mild": 0.1, "medium": 0.35, "severe": 0.45}[severity]
        kind = RandomForestRegressor if regression else RandomForestClassifier
        learner = kind(n_estimators=30, min_samples_leaf=max(10, int(share * n_rows)), random_state=0)
    return Planted(case=with_model(healthy, learner), truth=f"{learner!r} cannot use what the table holds")
