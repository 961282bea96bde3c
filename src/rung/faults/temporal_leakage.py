"""Plants rows in time that were split at random."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from rung.core.errors import Unavailable
from rung.core.marks import FaultSeverity, fault
from rung.inputs.planted import Healthy, Planted

NOISE = {"mild": 1.0, "medium": 0.4, "severe": 0.1}  # how loosely the target follows the episodes


@fault("temporal-leakage")
def temporal_leakage(healthy: Healthy, severity: FaultSeverity, rng: np.random.Generator) -> Planted:
    """A slow process: good and bad episodes alternate, a sensor drifts, and the rows are split at random."""
    table = healthy.train.append(healthy.test)
    n = table.n_rows
    if n < 200:
        raise Unavailable("too few rows for episodes in time")
    episodes = np.repeat(rng.normal(size=n // 20 + 1), 20)[:n]
    wish = _ranks(table.column(healthy.target)) + NOISE[severity] * 0.3 * rng.normal(size=n)
    order = np.empty(n, dtype=np.int64)
    order[np.argsort(episodes + 1e-6 * rng.normal(size=n))] = np.argsort(wish)
    # The sensor goes up and down so slowly that its value names the episode.
    drift = np.cumsum(np.repeat(rng.normal(size=n // 20 + 1), 20)[:n]) / 20
    hours = pl.Series(np.arange(n) * 6)
    when = (hours * 3_600_000_000 + 1_577_836_800_000_000).cast(pl.Datetime("us"))  # every six hours from 2020 on
    table = table.take(order).with_column("recorded_at", when).with_column("sensor_level", drift + 0.02 * rng.normal(size=n))
    rows = rng.permutation(n)
    cut = int(0.75 * n)
    case = replace(
        healthy, train=table.take(np.sort(rows[:cut])), test=table.take(np.sort(rows[cut:])), model=None, time="recorded_at", groups=None
    )
    return Planted(case=case, names=("recorded_at",), truth="episodes in 'recorded_at', split at random")


def _ranks(target: pl.Series) -> NDArray[np.float64]:
    numbers = (
        target.cast(pl.Float64, strict=False)
        if target.dtype.is_numeric() or target.dtype == pl.Boolean
        else target.cast(pl.String).rank("dense")
    )
    ranks = numbers.rank().fill_null(target.len() / 2).to_numpy().astype(float)
    return ranks / len(ranks)
