"""Learning curves: a power law with all its exponents weighed, and no forecast where the curve is not well behaved."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from rung.stats.arrays import Array, as_floats
from rung.stats.distributions import chi2_tail, two_sided_z
from rung.stats.intervals import Interval

EXPONENTS = np.linspace(0.1, 1.0, 29)  # error that shrinks faster than one over the rows is not seen on real tables
MISFIT = 0.06  # of the curve's rise: how far a real curve is from any power law at the sizes seen
DISCREPANCY = 0.2  # of the gain itself: a forecast from outside the sizes seen is off by so much where the law bends
FALL = 2.5  # standard errors by which a curve may fall from one size to the next before it counts as not well behaved
MISFIT_P = 0.01


@dataclass(frozen=True, slots=True, kw_only=True)
class Points:
    """Mean score at each size with the variance of that mean by the draw of the training rows.

    sizes, means, variances : shape (k,), sizes growing.   folds : shape (k, n_folds), mean over the draws.
    """

    sizes: Array
    means: Array
    variances: Array
    folds: Array


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """Expected gain in score from more rows, None with the reason in `why` where the curve gives no forecast."""

    gain: Interval | None
    why: str
    exponent: float = float("nan")


def curve_points(sizes: ArrayLike, scores: ArrayLike) -> Points:
    """Means and variances from scores by size, fold and draw.

    sizes : shape (k,).   scores : shape (k, n_folds, n_draws), NaN where there was no draw.
    The draws' variance is pooled over all sizes as kappa / size: few draws at one size tell little of their spread.
    """
    table, at = np.asarray(scores, dtype=np.float64), as_floats(sizes)
    draws = np.isfinite(table).sum(axis=2)
    folds = np.where(draws > 0, np.nansum(table, axis=2) / np.maximum(draws, 1), np.nan)
    means = np.nanmean(folds, axis=1)
    squares = np.nansum((table - folds[:, :, None]) ** 2, axis=2)
    freedom = np.maximum(draws - 1, 0)
    kappa = float((squares.sum(axis=1) * at).sum() / max(1, freedom.sum()))
    variances = np.array([kappa / size * float((1 / np.maximum(row, 1)).mean()) / len(row) for size, row in zip(at, draws, strict=True)])
    return Points(sizes=at, means=means, variances=np.maximum(variances, 1e-10), folds=folds)


def forecast(points: Points, factor: float, *, chance: float, best: float, level: float = 0.8) -> Forecast:
    """Gain in score when there are `factor` times as many rows as at the largest size.

    score(n) = a - b n^-c, b >= 0, fitted by weighted least squares for every exponent c of a grid; the fits are weighed by their likelihood,
    so that the interval holds what the sizes seen cannot tell. Abstains where the curve falls, has not left chance, or fits no power law.
    Source: power laws of learning curves, Viering & Loog (2023); about one curve in seven is ill behaved, Yan, Mohr & Viering (2025).
    MISFIT and DISCREPANCY: fitted on the development half of the bench's tables, coverage measured on the other half.
    """
    why = _ill_behaved(points, chance)
    if why:
        return Forecast(gain=None, why=why)
    x, y = points.sizes / points.sizes[-1], points.means
    rise = max(float(y.max() - y.min()), 1e-6)
    noise = points.variances + (MISFIT * rise) ** 2 * x**-0.5
    fits = [_fit(x, y, noise, c, factor) for c in EXPONENTS]
    gains, spreads, misfits = (np.array(column) for column in zip(*fits, strict=True))
    weights = np.exp(-0.5 * (misfits - misfits.min()))
    weights /= weights.sum()
    if chi2_tail(float(misfits.min()), max(1, len(x) - 3)) < MISFIT_P:
        return Forecast(gain=None, why="the curve follows no power law")
    gain = float(weights @ gains)
    spread = float(np.sqrt(weights @ (spreads**2 + (gains - gain) ** 2) + (DISCREPANCY * gain) ** 2 + points.variances[-1]))
    half = two_sided_z(level) * spread
    room = best - float(y[-1])
    shown = Interval(value=min(gain, room), low=gain - half, high=min(gain + half, room), level=level)
    exponent = float(weights @ EXPONENTS)
    return Forecast(gain=shown, why=f"The error shrinks as rows^-{exponent:.2f}", exponent=exponent)


def _fit(x: Array, y: Array, noise: Array, c: float, factor: float) -> tuple[float, float, float]:
    """(gain, its standard error, chi-square) for one exponent."""
    design = np.column_stack([np.ones_like(x), -(x**-c)]) / np.sqrt(noise)[:, None]
    target = y / np.sqrt(noise)
    covariance = np.linalg.inv(design.T @ design)
    a, b = covariance @ design.T @ target
    if b < 0:
        a, b = float(np.average(y, weights=1 / noise)), 0.0
    misfit = float(((target - design @ np.array([a, b])) ** 2).sum())
    reach = 1 - factor**-c
    return float(b * reach), float(np.sqrt(covariance[1, 1]) * reach), misfit


def _ill_behaved(points: Points, chance: float) -> str:
    """Why there can be no forecast, empty where there can."""
    if len(points.sizes) < 3 or not np.isfinite(points.means).all():
        return "fewer than three sizes with a score"
    last, noise = float(points.means[-1]), np.sqrt(points.variances)
    spread = points.folds[-1][np.isfinite(points.folds[-1])]
    error = float(spread.std(ddof=1) / np.sqrt(len(spread))) if len(spread) > 1 else float("inf")
    if last - chance < 2 * error:
        return "the score has not left chance: there is no curve yet"
    for place in range(1, len(points.means)):
        drop = points.means[place - 1] - points.means[place]
        if drop > FALL * np.hypot(noise[place - 1], noise[place]) and drop > 0.005:
            return f"the curve falls between {points.sizes[place - 1]:,.0f} and {points.sizes[place]:,.0f} rows: it is not well behaved"
    return ""
