"""Plants a group of rows that the model serves worse."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from rung.core.errors import Unavailable
from rung.core.marks import FaultSeverity, fault
from rung.faults._estimators import with_model
from rung.faults._rows import learner, mislabelled
from rung.inputs.planted import Healthy, Planted
from rung.inputs.table import Table

SHARE = {"mild": 0.25, "medium": 0.4, "severe": 0.6}


@fault("group-disparity")
def group_disparity(healthy: Healthy, severity: FaultSeverity, rng: np.random.Generator) -> Planted:
    """A declared column of three sites; at one of them outcomes follow other rules than in training."""
    train, test = (_with_site(each, rng) for each in (healthy.train, healthy.test))
    fitted = with_model(replace(healthy, train=train, test=test, declared={"protected": ("site",)}), learner(healthy.task))
    rows = np.flatnonzero((fitted.test.frame["site"] == "north").to_numpy())
    if len(rows) < 80:
        raise Unavailable(f"{len(rows)} test rows of the group: too few")
    wrong = np.sort(rng.permutation(rows)[: int(SHARE[severity] * len(rows))])
    case = replace(fitted, test=mislabelled(fitted, fitted.test, wrong, rng))
    return Planted(case=case, names=("site",), truth=f"{len(wrong)} of {len(rows)} rows of site north are served wrongly")


def _with_site(table: Table, rng: np.random.Generator) -> Table:
    return table.with_column("site", rng.choice(np.array(["north", "south", "west"]), table.n_rows, p=[0.3, 0.4, 0.3]))
