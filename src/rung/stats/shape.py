"""Skewness, kurtosis, and how far a power transformation can straighten a column."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from rung.stats.arrays import NAN, Array, as_floats, finite

_RANGE = (-4.0, 6.0)  # powers searched; beyond them a column is two values and a gap, not skewed
_MOST_ROWS = 5000  # evenly spaced order statistics that decide the power
_GOLDEN = 0.6180339887498949


@dataclass(frozen=True, slots=True, kw_only=True)
class SkewnessChange:
    """Skewness of a column as it is and after its best Yeo-Johnson power."""

    before: float
    after: float
    lmbda: float  # 1 leaves the column as it is, 0 is log(1 + x)


def _standardised(values: ArrayLike) -> Array:
    """Finite values centred and scaled; empty when there is no spread."""
    x = finite(values)
    if x.size == 0:
        return x
    # Scaling by the largest first keeps squares of huge or tiny values inside the floating range.
    largest = float(np.abs(x).max())
    x = x / largest if largest > 0 else x
    z = x - x.mean()
    sd = float(z.std())
    return z / sd if sd > 1e-12 else np.empty(0)  # rounding dust of a constant


def skewness(values: ArrayLike) -> float:
    """Third standardised moment, 0 for a symmetric column; NaN without spread.

    values : shape (n,), non-finite left out. Source: Fisher-Pearson g1; checked against scipy.stats.skew.
    """
    z = _standardised(values)
    return float(np.mean(z**3)) if z.size else NAN


def kurtosis(values: ArrayLike) -> float:
    """Excess kurtosis, 0 for a normal; NaN without spread. Source: checked against scipy.stats.kurtosis."""
    z = _standardised(values)
    return float(np.mean(z**4)) - 3 if z.size else NAN


def yeo_johnson(values: ArrayLike, lmbda: float) -> Array:
    """Power transformation defined on the whole line; NaN stays NaN.

    values : shape (n,). Source: Yeo & Johnson (2000), Biometrika 87; checked against scipy.
    """
    x = as_floats(values)
    up, down = np.maximum(x, 0.0), np.maximum(-x, 0.0)
    right = np.log1p(up) if lmbda == 0 else np.expm1(lmbda * np.log1p(up)) / lmbda
    power = 2 - lmbda
    left = np.log1p(down) if power == 0 else np.expm1(power * np.log1p(down)) / power
    return np.where(x < 0, -left, np.where(np.isnan(x), NAN, right))


def _log_likelihood(x: Array, lmbda: float) -> float:
    """Normal profile log likelihood of the transformed column, per row."""
    with np.errstate(over="ignore", invalid="ignore"):
        spread = float(np.std(yeo_johnson(x, lmbda)))
    if not (np.isfinite(spread) and spread > 0):
        return -np.inf
    return -float(np.log(spread)) + (lmbda - 1) * float(np.mean(np.sign(x) * np.log1p(np.abs(x))))


def yeo_johnson_lambda(values: ArrayLike) -> float:
    """Power that brings a column nearest to a normal, by maximum likelihood, within -4..6.

    values : shape (n,), non-finite left out. NaN with fewer than three distinct values. Above 5,000 rows evenly
    spaced order statistics decide. Golden section: the likelihood has one peak.
    Source: Yeo & Johnson (2000); checked against scipy.stats.yeojohnson.
    """
    x = np.sort(finite(values))
    if np.unique(x).size < 3:  # two values have no shape
        return NAN
    if x.size > _MOST_ROWS:
        x = x[np.linspace(0, x.size - 1, _MOST_ROWS).round().astype(np.int64)]
    low, high = _RANGE
    for _ in range(40):
        step = _GOLDEN * (high - low)
        left, right = high - step, low + step
        low, high = (left, high) if _log_likelihood(x, left) < _log_likelihood(x, right) else (low, right)
    return (low + high) / 2


def skewness_change(values: ArrayLike) -> SkewnessChange:
    """Skewness before and after the best Yeo-Johnson power of the standardised column.

    values : shape (n,), non-finite left out. The column is divided by its median absolute value first, since the
    transformation bends at 1: metres and millimetres then get the same answer.
    """
    x = finite(values)
    scale = float(np.median(np.abs(x[x != 0]))) if np.any(x != 0) else 0.0
    if scale == 0 or np.unique(x).size < 3:  # two values have no shape
        return SkewnessChange(before=skewness(x), after=NAN, lmbda=NAN)
    lmbda = yeo_johnson_lambda(x / scale)
    return SkewnessChange(before=skewness(x), after=skewness(yeo_johnson(x / scale, lmbda)), lmbda=lmbda)
