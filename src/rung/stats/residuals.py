"""Spread and tails of residuals."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from rung.stats.arrays import NAN, Array, finite_pair, midranks
from rung.stats.distributions import chi2_tail


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """How the spread of residuals goes with the prediction.

    ratio : standard deviation among the largest third of predictions over that among the smallest third.   p : two-sided, no change of the spread.
    """

    ratio: float
    p: float


def koenker(residual: ArrayLike, prediction: ArrayLike) -> Spread:
    """Breusch-Pagan test in Koenker's form, on the ranks of the prediction so that no far value decides.

    residual, prediction : shape (n,). NaN and p = 1 with fewer than 9 rows. n * R2 of the squared residuals on the ranks is chi-squared(1).
    Source: Koenker (1981); checked against statsmodels' het_breuschpagan in tests/stats.
    """
    e, x = finite_pair(residual, prediction)
    if e.size < 9 or np.ptp(x) == 0:  # three rows a third
        return Spread(ratio=NAN, p=1.0)
    squares, ranks = (e - e.mean()) ** 2, midranks(x)
    r = float(np.corrcoef(ranks, squares)[0, 1]) if np.ptp(squares) > 0 else 0.0
    order = np.argsort(x, kind="stable")
    low, high = e[order[: e.size // 3]], e[order[-(e.size // 3) :]]
    small = float(low.std())
    return Spread(ratio=float(high.std()) / small if small > 0 else NAN, p=float(chi2_tail(e.size * r * r, 1)))


def share_of_largest(residual: ArrayLike, share: float) -> float:
    """Part of the sum of squares that the largest residuals make.

    share : of the rows, 0..1; at least one row is taken. For a normal curve the largest hundredth makes 0.085 of it:
    2 (z phi(z) + 1 - Phi(z)) at z = 2.576. NaN without rows or without any error.
    """
    squares: Array = np.sort(np.square(np.asarray(residual, dtype=np.float64)))
    total = float(squares.sum())
    return float(squares[-max(1, round(share * squares.size)) :].sum()) / total if squares.size and total > 0 else NAN
