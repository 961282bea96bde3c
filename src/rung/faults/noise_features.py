"""Plants columns of noise beside the features."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl

from rung.core.marks import FaultSeverity, fault
from rung.faults.pipelines import require, special
from rung.inputs.planted import Healthy, Planted
from rung.inputs.table import Table

MOST = 300


@fault("noise-features")
def noise_features(healthy: Healthy, severity: FaultSeverity, rng: np.random.Generator) -> Planted:
    """As many columns of noise as a tenth (mild), a third or all of the rows, at most 300, as bulk-made features leave them; few rows are kept."""
    n = min(healthy.train.n_rows, 400)
    require(n >= 60, "needs 60 rows")
    width = int(min(MOST, max(10, n * {"mild": 0.1, "medium": 0.34, "severe": 1.0}[severity])))
    names = tuple(f"derived_{place:03d}" for place in range(width))
    train = healthy.train.take(np.sort(rng.permutation(healthy.train.n_rows)[:n]))
    train, test = (_widened(table, names, rng) for table in (train, healthy.test))
    require(len(set(train.columns) - special(healthy) - set(names)) > 0, "needs a feature")
    return Planted(case=replace(healthy, train=train, test=test), names=names, truth=f"{width} columns of noise beside {n} rows")


def _widened(table: Table, names: tuple[str, ...], rng: np.random.Generator) -> Table:
    noise = pl.DataFrame(rng.normal(size=(table.n_rows, len(names))), schema=list(names))
    return replace(table, frame=table.frame.hstack(noise), native=None, rows=None)
