"""Plants a solver that is stopped long before it is done."""

from __future__ import annotations

import numpy as np

from rung.core.marks import FaultSeverity, fault
from rung.faults._estimators import with_model
from rung.inputs.planted import Healthy, Planted


@fault("not-converged")
def not_converged(healthy: Healthy, severity: FaultSeverity, rng: np.random.Generator) -> Planted:
    """A net or a linear model with a handful of iterations."""
    import warnings

    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression
    from sklearn.neural_network import MLPClassifier, MLPRegressor

    limit = {"mild": 20, "medium": 3, "severe": 1}[severity]
    if healthy.task != "regression" and rng.random() < 0.4:
        learner = LogisticRegression(solver="saga", max_iter=max(1, limit // 2))
    else:
        kind = MLPRegressor if healthy.task == "regression" else MLPClassifier
        learner = kind(hidden_layer_sizes=(16,), max_iter=limit, random_state=0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        case = with_model(healthy, learner)
    return Planted(case=case, truth=f"{learner!r} was stopped after {limit} iterations")
