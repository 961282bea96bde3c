"""Whether probabilities mean what they say: line, over-prediction, expected error, bins."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from rung.stats.arrays import NAN, Array, Bools, Ints, as_floats, as_labels, same_length
from rung.stats.distributions import expit, logit, two_sided_z
from rung.stats.intervals import Interval, around, mean_interval, no_interval, wilson_bounds
from rung.stats.resampling import permutation_p, rng_for

_EDGE = 1e-6  # probabilities are kept this far from 0 and 1: one certain mistake must not decide the line
_STEPS = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class CalibrationLine:
    """Logistic fit of the outcome on the log-odds of the prediction; perfect is slope 1, intercept 0.

    Slope below 1: predictions too extreme; above 1: too timid. `in_the_large` is the intercept with the slope
    held at 1: below 0 when predictions are too high overall.
    """

    intercept: Interval
    slope: Interval
    in_the_large: Interval
    converged: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CalibrationError:
    """Expected calibration error, with what a perfectly calibrated model would show on these rows."""

    value: float
    expected_if_calibrated: float
    p: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ReliabilityBins:
    """Rows grouped by prediction; each array has shape (bins,)."""

    predicted: Array  # mean prediction
    observed: Array  # share of y = 1
    low: Array  # Wilson bounds of observed
    high: Array
    counts: Ints


def _known(y: ArrayLike, p: ArrayLike) -> tuple[Bools, Array]:
    """Labels and probabilities of the rows whose probability is known; ValueError outside 0..1."""
    labels, probability = as_labels(y), as_floats(p)
    same_length(labels, probability)
    keep = ~np.isnan(probability)
    labels, probability = labels[keep], probability[keep]
    if probability.size and (probability.min() < 0 or probability.max() > 1):
        msg = f"probabilities lie in {probability.min():g}..{probability.max():g}, expected 0..1"
        raise ValueError(msg)
    return labels, probability


def _newton(design: Array, y: Array, offset: Array) -> tuple[Array, Array, bool]:
    """Maximum likelihood of a logistic regression: coefficients, covariance, converged.

    Steps are halved until the likelihood does not fall, so that separated data drift off instead of blowing up.
    Source: iteratively reweighted least squares, McCullagh & Nelder (1989), section 4.4.
    """
    beta = np.zeros(design.shape[1])
    covariance, converged = np.full((beta.size, beta.size), NAN), False
    for _ in range(_STEPS):
        mean = expit(design @ beta + offset)
        information = (design * (mean * (1 - mean))[:, None]).T @ design
        if np.linalg.cond(information) > 1e14:  # singular to double precision
            break
        covariance = np.asarray(np.linalg.inv(information), dtype=np.float64)
        step = covariance @ (design.T @ (y - mean))
        beta = beta + step * min(1.0, 5.0 / max(float(np.abs(step).max()), 1e-300))
        if float(np.abs(step).max()) < 1e-8:  # far below any standard error
            converged = True
            break
    return beta, covariance, converged


def _coefficient(beta: Array, covariance: Array, place: int, level: float) -> Interval:
    """Wald interval of one coefficient."""
    return around(float(beta[place]), math.sqrt(float(covariance[place, place])), two_sided_z(level), level)


def calibration_line(y: ArrayLike, p: ArrayLike, level: float = 0.95) -> CalibrationLine:
    """Calibration intercept and slope with intervals.

    y : shape (n,), 0/1; p : shape (n,), probability of 1, rows with NaN left out. Without both classes, with
    constant predictions (no slope), or when the classes separate, the parts that do not exist are NaN and
    `converged` is False.
    Source: Cox (1958); Steyerberg (2019), chapter 15; checked against statsmodels.
    """
    labels, probability = _known(y, p)
    nothing = no_interval(level=level)
    if labels.all() or not labels.any():
        return CalibrationLine(intercept=nothing, slope=nothing, in_the_large=nothing, converged=False)
    odds, target = logit(np.clip(probability, _EDGE, 1 - _EDGE)), labels.astype(np.float64)
    ones, none = np.ones((odds.size, 1)), np.zeros(odds.size)
    large, large_covariance, large_done = _newton(ones, target, odds)
    overall = _coefficient(large, large_covariance, 0, level) if large_done else nothing
    # Centring keeps the two-column fit well conditioned when all predictions are tiny.
    middle = float(odds.mean())
    beta, covariance, done = _newton(np.column_stack([ones, odds - middle]), target, none)
    if not done:
        return CalibrationLine(intercept=nothing, slope=nothing, in_the_large=overall, converged=False)
    shift = np.array([[1.0, -middle], [0.0, 1.0]])
    beta, covariance = shift @ beta, shift @ covariance @ shift.T
    intercept, slope = (_coefficient(beta, covariance, place, level) for place in (0, 1))
    return CalibrationLine(intercept=intercept, slope=slope, in_the_large=overall, converged=True)


def over_prediction(y: ArrayLike, p: ArrayLike, level: float = 0.95) -> Interval:
    """Mean prediction minus share of y = 1, with a t interval of the per-row gap; above 0 is too high.

    y : shape (n,), 0/1; p : shape (n,), 0..1, rows with NaN left out.
    """
    labels, probability = _known(y, p)
    return mean_interval(probability - labels, level)


def _bin_of(probability: Array, bins: int) -> Ints:
    """Equal-frequency bin of each prediction; equal predictions share a bin."""
    ordered = np.sort(probability)
    cuts = np.unique(ordered[(np.arange(1, bins) * ordered.size) // bins]) if ordered.size else ordered
    return np.unique(np.searchsorted(cuts, probability, "right"), return_inverse=True)[1].astype(np.int64)


def reliability_bins(y: ArrayLike, p: ArrayLike, bins: int = 10, level: float = 0.95) -> ReliabilityBins:
    """Mean prediction and observed share in equal-frequency bins, with Wilson intervals.

    y : shape (n,), 0/1; p : shape (n,), 0..1. Points with observed below predicted mean predictions too high.
    Empty arrays without rows. Source: Wilson (1927) for the bounds.
    """
    labels, probability = _known(y, p)
    where = _bin_of(probability, bins)
    counts = np.bincount(where).astype(np.int64)
    hits = np.bincount(where, labels)
    low, high = wilson_bounds(hits, counts, level)
    predicted = np.bincount(where, probability) / counts
    return ReliabilityBins(predicted=predicted, observed=hits / counts, low=low, high=high, counts=counts)


def _gaps(where: Ints, residuals: Array) -> float:
    """Sum over bins of |sum of y - p|, per row."""
    return float(np.abs(np.bincount(where, residuals)).sum()) / residuals.size


def calibration_error(y: ArrayLike, p: ArrayLike, bins: int = 10, *, n_draws: int = 500, seed: int = 0) -> CalibrationError:
    """Expected calibration error in equal-frequency bins, judged against labels drawn from the predictions.

    y : shape (n,), 0/1; p : shape (n,), 0..1. The plain figure is above 0 for every model, more so on few rows;
    `expected_if_calibrated` is its mean when each label is drawn with its own probability.
    Source: Naeini et al. (2015); null by simulation: Brocker & Smith (2007), Vaicenavicius et al. (2019).
    """
    labels, probability = _known(y, p)
    if labels.size == 0:
        return CalibrationError(value=NAN, expected_if_calibrated=NAN, p=1.0)
    where, rng = _bin_of(probability, bins), rng_for(seed, "calibration_error")
    value = _gaps(where, labels - probability)
    if labels.size * n_draws > 20_000_000:  # about half a second of draws
        null = _normal_gaps(where, probability, n_draws, rng)
    else:
        null = np.array([_gaps(where, (rng.random(labels.size) < probability) - probability) for _ in range(n_draws)])
    return CalibrationError(value=value, expected_if_calibrated=float(null.mean()), p=permutation_p(value, null))


def _normal_gaps(where: Ints, probability: Array, n_draws: int, rng: np.random.Generator) -> Array:
    """The draws of `calibration_error` by the central limit: each bin's residual sum is normal."""
    sd = np.sqrt(np.bincount(where, probability * (1 - probability)))
    return np.abs(rng.normal(size=(n_draws, sd.size)) * sd).sum(axis=1) / probability.size
