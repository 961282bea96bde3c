"""Areas under ROC curves with DeLong's variance: one interval, and two models on the same rows."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from rung.stats.arrays import NAN, Array, Bools, as_floats, as_labels, midranks, same_length
from rung.stats.distributions import expit, logit, normal_p, two_sided_z
from rung.stats.intervals import Interval, PairedTest, hanley_mcneil_sd, no_interval


def _placements(labels: Bools, score: Array) -> tuple[Array, Array]:
    """Each row's share of the other class that it beats: (positives, negatives).

    Source: Sun & Xu (2014), IEEE Signal Processing Letters 21: midranks within a class and in the whole give
    DeLong's placement values in O(n log n).
    """
    positive, negative = score[labels], score[~labels]
    whole = midranks(np.concatenate([positive, negative]))
    above = (whole[: positive.size] - midranks(positive)) / negative.size
    below = 1 - (whole[positive.size :] - midranks(negative)) / positive.size
    return above, below


def _variance(above: Array, below: Array) -> float:
    """Variance of the mean placement, from both classes; NaN when a class has one row."""
    if min(above.size, below.size) < 2:  # one row has no spread
        return NAN
    return float(above.var(ddof=1) / above.size + below.var(ddof=1) / below.size)


def _known_rows(y: ArrayLike, *scores: ArrayLike) -> tuple[Bools, list[Array]]:
    """Labels and scores of the rows where every score is a number (infinities rank, NaN cannot)."""
    labels, columns = as_labels(y), [as_floats(s) for s in scores]
    same_length(labels, *columns)
    keep = ~np.any([np.isnan(c) for c in columns], axis=0)
    return labels[keep], [c[keep] for c in columns]


def _score_bound(auc: float, n_positive: int, n_negative: int, z: float, end: float) -> float:
    """Where, between `auc` and `end`, the observed AUC lies z Hanley-McNeil errors away (bisection).

    Source: Newcombe (2006), Statistics in Medicine 25, method 5: a score interval, which keeps its width
    when the observed AUC is 0 or 1 and DeLong's variance is zero.
    """
    near, far = auc, end
    for _ in range(60):
        middle = (near + far) / 2
        inside = abs(middle - auc) <= z * hanley_mcneil_sd(middle, n_positive, n_negative)
        near, far = (middle, far) if inside else (near, middle)
    return near


def auc_interval(y: ArrayLike, score: ArrayLike, level: float = 0.95) -> Interval:
    """AUC with an interval that stays inside 0..1.

    y : shape (n,), 0/1; score : shape (n,), larger means more likely positive; rows with NaN are left out.
    DeLong's variance on the logit scale; where that variance is zero or a class has one row, Newcombe's
    score interval. NaN when a class is empty.
    Source: DeLong et al. (1988); logit scale: Pepe (2003), section 5.2. Checked by coverage simulation.
    """
    labels, (column,) = _known_rows(y, score)
    n_positive = int(labels.sum())
    n_negative = labels.size - n_positive
    if min(n_positive, n_negative) == 0:
        return no_interval(level=level)
    above, below = _placements(labels, column)
    auc, variance, z = float(above.mean()), _variance(above, below), two_sided_z(level)
    if not variance > 0 or auc in {0.0, 1.0}:
        low = _score_bound(auc, n_positive, n_negative, z, 0.0)
        high = _score_bound(auc, n_positive, n_negative, z, 1.0)
        return Interval(value=auc, low=low, high=high, level=level)
    half = z * math.sqrt(variance) / (auc * (1 - auc))
    low, high = expit(logit(auc) + np.array([-half, half]))
    return Interval(value=auc, low=float(low), high=float(high), level=level)


def delong_paired(y: ArrayLike, p1: ArrayLike, p2: ArrayLike, level: float = 0.95) -> PairedTest:
    """Difference of two AUCs measured on the same rows, AUC(p1) - AUC(p2).

    y : shape (n,), 0/1; p1, p2 : shape (n,), scores of two models. `n` of the result counts rows.
    NaN and p = 1 when a class has fewer than two rows; p = 1 when both rank the rows alike.
    Source: DeLong, DeLong & Clarke-Pearson (1988), Biometrics 44; checked against the quadratic formula.
    """
    labels, (a, b) = _known_rows(y, p1, p2)
    if min(labels.sum(), (~labels).sum()) < 2:  # one row has no spread
        return PairedTest(difference=NAN, low=NAN, high=NAN, p=1.0, level=level, n=labels.size)
    above_a, below_a = _placements(labels, a)
    above_b, below_b = _placements(labels, b)
    gap = float(above_a.mean() - above_b.mean())
    error = math.sqrt(_variance(above_a - above_b, below_a - below_b))
    half = two_sided_z(level) * error
    # Equal rankings leave rounding dust in both; a ratio of dust is not evidence.
    p = normal_p(gap / error) if error > 1e-12 else float(abs(gap) < 1e-12)
    return PairedTest(difference=gap, low=gap - half, high=gap + half, p=p, level=level, n=labels.size)


def macro_auc(codes: ArrayLike, scores: ArrayLike, classes: ArrayLike) -> tuple[float, float]:
    """Mean one-against-rest AUC over these classes, and its standard error.

    codes : shape (n,), class of each row.   scores : shape (n, k), one column a class code.   classes : codes that count, each with two rows
    or more inside and outside; others are passed over. NaN where none is left.
    The error is that of the mean of every row's influence on all areas together, so that their dependence is accounted for; with one class it
    is DeLong's. Source: DeLong et al. (1988), the placements as influence values.
    """
    y, given = np.asarray(codes), np.asarray(scores, dtype=float)
    influence, areas = np.zeros(len(y)), []
    for code in np.asarray(classes).tolist():
        labels = y == code
        if min(labels.sum(), (~labels).sum()) < 2:
            continue
        above, below = _placements(labels, given[:, code])
        areas.append(float(above.mean()))
        influence[labels] += (above - areas[-1]) / labels.sum()
        influence[~labels] += (below - below.mean()) / (~labels).sum()
    if not areas:
        return NAN, NAN
    return float(np.mean(areas)), float(np.sqrt((influence**2).sum()) / len(areas))
