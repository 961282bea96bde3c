"""Plants errors that the model is sure of: wrong labels in the test set."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from rung.core.errors import Unavailable
from rung.core.marks import FaultSeverity, fault
from rung.faults._estimators import with_model
from rung.faults._rows import learner, mislabelled
from rung.inputs.planted import Healthy, Planted

SHARE = {"mild": 0.06, "medium": 0.12, "severe": 0.2}


@fault("confident-errors")
def confident_errors(healthy: Healthy, severity: FaultSeverity, rng: np.random.Generator) -> Planted:
    """Labels of test rows are changed at random, wherever they lie."""
    if healthy.task == "regression":
        raise Unavailable("only for classification")
    n = healthy.test.n_rows
    if n < 200:
        raise Unavailable("too few test rows to see it")
    fitted = with_model(healthy, learner(healthy.task))
    rows = np.sort(rng.permutation(n)[: int(SHARE[severity] * n)])
    case = replace(fitted, test=mislabelled(fitted, fitted.test, rows, rng))
    return Planted(case=case, truth=f"{len(rows)} of {n} test labels are wrong")
