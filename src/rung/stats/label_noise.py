"""Labels that disagree with confident predictions more often than the predictions' own doubt explains."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rung.stats.arrays import Array
from rung.stats.distributions import chi2_tail, expit
from rung.stats.intervals import wilson


@dataclass(frozen=True, slots=True, kw_only=True)
class NoiseFloor:
    """Share of labels that disagree however sure the prediction is.

    rate, low, high : the floor and its 95 % profile interval.   p : chance of so much improvement without a floor.
    sure_rows, sure_rate : rows for which the honest part leaves less than half of the floor, and their rate of disagreement.
    """

    rate: float
    low: float
    high: float
    p: float
    sure_rows: int
    sure_rate: float


# A sure prediction that is honest may be too sure by a factor of two, hardly by more. Chosen by hand, see fault bench.
LEAST_SLOPE = 0.5


def noise_floor(margin: Array, disagrees: Array, least_slope: float = LEAST_SLOPE) -> NoiseFloor:
    """Fit P(disagree) = rate + (1 - rate) * logistic(-(a + b * margin)), b >= least_slope, against the same without a rate.

    margin : log-odds of the predicted class against the rest, shape (n,).   disagrees : whether the label is another one.
    least_slope : 1 for log-odds that are right, less for learners that are too sure of themselves.
    Honest doubt fades as the margin grows; wrong labels do not.
    Source: logistic regression with misclassification, Copas (1988); likelihood ratio at the edge of the parameter space, Self & Liang (1987).
    """
    if len(margin) < 50 or disagrees.sum() < 5:
        return NoiseFloor(rate=0.0, low=0.0, high=0.0, p=1.0, sure_rows=0, sure_rate=float("nan"))
    m, d, w = _grouped(margin, disagrees)
    rates = np.r_[0.0, np.geomspace(0.002, 0.45, 40)]
    fits = [_profile(rate, m, d, w, least_slope) for rate in rates]
    likelihood = np.array([each[0] for each in fits])
    best = int(np.argmax(likelihood))
    inside = rates[likelihood > likelihood[best] - 1.92]
    statistic = max(2 * (likelihood[best] - likelihood[0]), 0.0)
    a, b = fits[best][1]
    sure = expit(-(a + b * margin)) < rates[best] / 2
    # The grid of rates is coarse where rows are many: the count of sure rows widens the interval again.
    counted = wilson(int(disagrees[sure].sum()), int(sure.sum()))
    return NoiseFloor(
        rate=float(rates[best]),
        low=float(np.nanmin([inside.min(), counted.low])),
        high=float(np.nanmax([inside.max(), counted.high])),
        p=float(chi2_tail(statistic, 1)) / 2 if statistic > 0 else 1.0,
        sure_rows=int(sure.sum()),
        sure_rate=float(disagrees[sure].mean()) if sure.any() else float("nan"),
    )


def _grouped(margin: Array, disagrees: Array) -> tuple[Array, Array, Array]:
    """At most 400 groups of rows of like margin: mean margin, disagreements, rows. Keeps the fit cheap at any size."""
    order = np.argsort(margin, kind="stable")
    starts = np.unique(np.linspace(0, len(order), min(len(order), 400) + 1).astype(int))[:-1]
    rows = np.diff(np.r_[starts, len(order)]).astype(float)
    return np.add.reduceat(margin[order], starts) / rows, np.add.reduceat(disagrees[order].astype(float), starts), rows


def _profile(rate: float, m: Array, d: Array, w: Array, least_slope: float) -> tuple[float, tuple[float, float]]:
    """Largest log-likelihood over (a, b) at this rate, by damped Newton steps on the expected information."""
    share = np.clip((d.sum() / w.sum() - rate) / (1 - rate), 1e-3, 0.9)
    ab: Array = np.array([np.log((1 - share) / share), least_slope])
    value = _likelihood(rate, ab, m, d, w)
    design = np.column_stack([np.ones_like(m), m])
    for _ in range(60):
        q = expit(-(design @ ab))
        p = np.clip(rate + (1 - rate) * q, 1e-12, 1 - 1e-12)  # as in the likelihood: rows far from the border are all but sure
        slope = -(1 - rate) * q * (1 - q)
        score = design.T @ ((d / p - (w - d) / (1 - p)) * slope)
        information = (design * (w * slope**2 / (p * (1 - p)))[:, None]).T @ design + 1e-9 * np.eye(2)
        step = np.linalg.solve(information, score)
        for damp in (1.0, 0.3, 0.1, 0.01):
            trial: Array = np.asarray(ab + damp * step, dtype=np.float64)
            trial[1] = max(trial[1], least_slope)
            new = _likelihood(rate, trial, m, d, w)  # pyright: ignore[reportArgumentType]
            if new > value:
                break
        else:
            break
        done = new - value < 1e-7
        ab, value = trial, new
        if done:
            break
    return value, (float(ab[0]), float(ab[1]))


def _likelihood(rate: float, ab: Array, m: Array, d: Array, w: Array) -> float:
    p = np.clip(rate + (1 - rate) * expit(-(ab[0] + ab[1] * m)), 1e-12, 1 - 1e-12)
    return float((d * np.log(p) + (w - d) * np.log1p(-p)).sum())
