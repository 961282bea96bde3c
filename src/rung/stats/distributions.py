"""Tails and quantiles of the textbook distributions, on scipy.special alone.

`scipy.stats` costs most of a second to import; these one-liners cost nothing and are checked against it.
"""

from __future__ import annotations

from typing import cast

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from rung.stats.arrays import Array


def _array(values: object) -> Array:
    """Typed door out of scipy.special, which carries no annotations."""
    return np.asarray(values, dtype=np.float64)


def _number(value: object) -> float:
    """Scalar version of `_array`."""
    return float(cast("float", value))


def normal_quantile(level: float) -> float:
    """Z with P(Z <= z) = level for a standard normal Z."""
    return _number(special.ndtri(level))


def two_sided_z(level: float) -> float:
    """Z with P(|Z| <= z) = level."""
    return normal_quantile((1 + level) / 2)


def normal_tail(z: ArrayLike) -> Array:
    """P(Z > z), accurate far out."""
    return _array(special.ndtr(-np.asarray(z, dtype=np.float64)))


def log_normal_tail(z: ArrayLike) -> Array:
    """Logarithm of P(Z > z), never minus infinity for a finite z."""
    return _array(special.log_ndtr(-np.asarray(z, dtype=np.float64)))


def normal_p(z: float) -> float:
    """Two-sided p-value of a standard normal statistic; 1.0 for NaN (nothing to reject)."""
    return 1.0 if np.isnan(z) else float(2 * normal_tail(abs(z)))


def two_sided_t(level: float, dof: float) -> float:
    """T with P(|T| <= t) = level at `dof` degrees of freedom."""
    return _number(special.stdtrit(dof, (1 + level) / 2))


def t_p(t: float, dof: float) -> float:
    """Two-sided p-value of Student's t; 1.0 for NaN."""
    return 1.0 if np.isnan(t) else _number(2 * special.stdtr(dof, -abs(t)))


def t_p_values(t: ArrayLike, dof: ArrayLike) -> Array:
    """Two-sided p-values of Student's t, element by element."""
    return _array(2 * special.stdtr(dof, -np.abs(np.asarray(t, dtype=np.float64))))


def chi2_tail(x: ArrayLike, dof: ArrayLike) -> Array:
    """P(X > x) for chi-squared with `dof` degrees of freedom."""
    return _array(special.chdtrc(dof, x))


def chi2_quantile(level: float, dof: float) -> float:
    """X with P(X <= x) = level for chi-squared."""
    return _number(special.chdtri(dof, 1 - level))


def f_tail(x: float, above: float, below: float) -> float:
    """P(X > x) for F with these degrees of freedom."""
    return _number(special.fdtrc(above, below, max(x, 0.0)))


def poisson_tail(k: ArrayLike, mean: ArrayLike) -> Array:
    """P(N >= k) for a Poisson count N; 1.0 where k <= 0."""
    count = np.asarray(k, dtype=np.float64)
    tail = special.gammainc(np.maximum(count, 1e-300), mean)
    return _array(np.where(count <= 0, 1.0, tail))


def binomial_tail(k: ArrayLike, n: ArrayLike, share: ArrayLike) -> Array:
    """P(N >= k) for N ~ binomial(n, share); 1.0 where k <= 0."""
    count, size = np.asarray(k, dtype=np.float64), np.asarray(n, dtype=np.float64)
    inside = np.clip(count, 1, np.maximum(size, 1))
    tail = special.betainc(inside, size - inside + 1, share)
    return _array(np.where(count <= 0, 1.0, np.where(count > size, 0.0, tail)))


def kolmogorov_tail(x: float) -> float:
    """P(K > x) for Kolmogorov's limiting distribution."""
    return _number(special.kolmogorov(x))


def kolmogorov_quantile(alpha: float) -> float:
    """X with P(K > x) = alpha."""
    return _number(special.kolmogi(alpha))


def logit(p: ArrayLike) -> Array:
    """log(p / (1 - p))."""
    return _array(special.logit(np.asarray(p, dtype=np.float64)))


def expit(x: ArrayLike) -> Array:
    """1 / (1 + exp(-x))."""
    return _array(special.expit(np.asarray(x, dtype=np.float64)))


def x_log_y(x: ArrayLike, y: ArrayLike) -> Array:
    """X * log(y), and 0 where x is 0."""
    return _array(special.xlogy(np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)))
