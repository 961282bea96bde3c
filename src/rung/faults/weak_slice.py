"""Plants a part of the rows in which the model fails."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from rung.core.errors import Unavailable
from rung.core.marks import FaultSeverity, fault
from rung.faults._estimators import with_model
from rung.faults._rows import condition, learner, mislabelled
from rung.inputs.planted import Healthy, Planted

SHARE = {"mild": 0.35, "medium": 0.5, "severe": 0.75}


@fault("weak-slice")
def weak_slice(healthy: Healthy, severity: FaultSeverity, rng: np.random.Generator) -> Planted:
    """In the test rows of one condition (mild and medium: one or two) what is true is no longer what training rows of that kind said."""
    fitted = with_model(healthy, learner(healthy.task))
    names, inside = _part(fitted, rng, pair=severity != "severe" and bool(rng.integers(2)))
    rows = np.flatnonzero(inside)
    if len(rows) < 80:
        raise Unavailable(f"{len(rows)} test rows in the part: too few to confirm anything on half of them")
    wrong = np.sort(rng.permutation(rows)[: int(SHARE[severity] * len(rows))])
    test = mislabelled(fitted, fitted.test, wrong, rng)
    return Planted(case=replace(fitted, test=test), names=names, truth=f"the model fails in {len(rows)} test rows by {' and '.join(names)}")


def _part(healthy: Healthy, rng: np.random.Generator, *, pair: bool) -> tuple[tuple[str, ...], np.ndarray]:
    first, inside = condition(healthy, healthy.test, rng)
    for _ in range(6 if pair else 0):
        second, other = condition(healthy, healthy.test, rng)
        if second != first and (inside & other).sum() >= 80:
            return (first, second), inside & other
    return (first,), inside
