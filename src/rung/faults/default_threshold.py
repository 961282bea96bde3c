"""Plants declared costs that one half does not serve."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from rung.core.errors import Unavailable
from rung.core.marks import FaultSeverity, fault
from rung.faults._estimators import with_model
from rung.faults._rows import plain_label, positive_label
from rung.inputs.planted import Healthy, Planted

RATIO = {"mild": 5.0, "medium": 10.0, "severe": 25.0}


@fault("default-threshold")
def default_threshold(healthy: Healthy, severity: FaultSeverity, rng: np.random.Generator) -> Planted:
    """A miss costs many times a false alarm; the model still calls at one half."""
    from sklearn.linear_model import LogisticRegression

    if healthy.task != "binary":
        raise Unavailable("only for two classes")
    positive = positive_label(healthy)
    if (healthy.test.frame[healthy.target] == positive).sum() < 25:
        raise Unavailable("too few rows of the positive class in the test set")
    declared = {"cost_fp": 1.0, "cost_fn": RATIO[severity] * float(rng.uniform(0.9, 1.1)), "positive": plain_label(positive)}
    case = with_model(replace(healthy, declared=declared), LogisticRegression(max_iter=500))
    return Planted(case=case, truth=f"a miss costs {declared['cost_fn']:.1f} false alarms; the threshold is 0.5")
