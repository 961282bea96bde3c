"""Rows of one entity say less than as many rows of different ones: how much wider an interval becomes. A helper, no fact itself."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from rung.core.experiment import Estimate
from rung.inputs.table import Rows, Table
from rung.stats.clusters import independent_share
from rung.stats.distributions import two_sided_t, two_sided_z

LEVEL = 0.95


def widening(table: Table, groups: str | None, rows: Rows, values: NDArray[np.float64]) -> float:
    """Factor of the half width of a mean over rows, 1 without a declared entity.

    rows : positions in the table; values : shape (len(rows),), what each row brings to the mean.   Source: Kish (1965) for the design effect, Student's t
    with one degree of freedom less than there are entities in place of the normal law.
    """
    if groups is None or groups not in table.columns or len(rows) < 2:
        return 1.0
    entity = table.column(groups)[rows].cast(pl.String).fill_null("").rank("dense").to_numpy()
    count = len(np.unique(entity))
    share = independent_share(entity, values) if count > 1 else 1 / len(rows)  # all rows of one entity are worth one
    if share > 1 - 1e-9 or count == len(rows):
        return 1.0
    return float(two_sided_t(LEVEL, max(1, count - 1)) / two_sided_z(LEVEL) / np.sqrt(share))


def widened(found: Estimate, factor: float) -> Estimate:
    """The same value with both sides of its interval that many times as wide."""
    if factor <= 1 or not np.isfinite(found.value):
        return found
    low, high = found.value - factor * (found.value - found.low), found.value + factor * (found.high - found.value)
    return Estimate(value=found.value, low=low, high=high, n=found.n)
