"""Since when: a change of level in a series, with the interval of its place."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from rung.stats.arrays import finite
from rung.stats.sequence import change_point

# Quantile of the argmax of a two-sided Brownian motion with drift: 90 % and 95 % two-sided intervals of a break's place. Source: Bai (1997), table in section 3.
_BAI_95 = 11.033
MAX_ROWS = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Index of the first row after the change, with its 95 % interval (indexes, clipped to the series), its p-value and the levels around it."""

    index: int
    low: int
    high: int
    p: float
    before: float
    after: float


def change_interval(values: ArrayLike, *, seed: int = 0) -> Change:
    """The single most likely change of mean and the rows between which it lies.

    values : shape (n,), in order, non-finite left out; at most 20,000 evenly chosen rows are looked at. Half-width
    11.03 * long-run variance / jump^2 rows: rows that depend on their neighbours widen it. index 0 and p 1 where there is nothing to look for.
    Source: Bai (1997), Estimation of a change point in multiple regression models; coverage by simulation.
    """
    x = finite(values)
    step = max(1, x.size // MAX_ROWS)
    x = x[::step]
    found = change_point(x, seed=seed)
    if found.index == 0:
        return Change(index=0, low=0, high=0, p=1.0, before=found.before, after=found.after)
    jump = found.after - found.before
    residual = np.concatenate([x[: found.index] - found.before, x[found.index :] - found.after])
    half = math.ceil(_BAI_95 * long_run_variance(residual) / jump**2) + 1 if jump else x.size
    low, high = max(0, found.index - half), min(x.size, found.index + half)
    return Change(index=found.index * step, low=low * step, high=high * step, p=found.p, before=found.before, after=found.after)


def long_run_variance(residual: ArrayLike) -> float:
    """Variance times the number of rows that one independent row is spread over.

    Source: Newey & West (1987), Bartlett weights up to 4 (n / 100)^(2/9) lags. Never below the plain variance.
    """
    x = finite(residual)
    n = x.size
    if n < 3:
        return float(np.square(x).mean()) if n else math.nan
    lags = int(4 * (n / 100) ** (2 / 9))
    variance = float(x @ x) / n
    total = variance + 2 * sum((1 - lag / (lags + 1)) * float(x[lag:] @ x[:-lag]) / n for lag in range(1, lags + 1))
    return max(variance, total)
