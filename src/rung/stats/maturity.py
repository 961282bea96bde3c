"""Early outcomes beside ripe ones: what those that came first say too much."""

from __future__ import annotations

import numpy as np

from rung.stats.arrays import Array, Bools, Ints
from rung.stats.intervals import Interval

STRATA = 5
FEWEST_RIPE = 100  # labelled ripe rows, of which ten of each outcome
FEWEST_PERIODS = 4  # ripe periods from which one learns how far rates move by themselves
_Z = 1.96


def early_bias(outcome: Array, known: Bools, ripe: Bools, young: Bools, period: Ints, score: Array) -> Interval | None:
    """Mean outcome of early labels minus what ripe rows of like score let expect of all young rows, with a 95 % interval.

    outcome : shape (n,), 0 or 1, read where known.   known, ripe, young : shape (n,), which rows have their label, are old enough for it, are looked at.
    period : shape (n,), codes of age; rates may move between periods by themselves, which the ripe ones tell.   score : shape (n,), NaN where there is none.
    None with too few rows, and where the early outcomes of one kind are more than all young rows can hold at ripe rates: then it is a change and no delay.
    """
    early, old = known & young, known & ripe
    if not early.any() or old.sum() < FEWEST_RIPE or min((outcome[old] == value).sum() for value in (0, 1)) < FEWEST_RIPE // 10:
        return None
    usual = _usual(outcome, old, score)
    wobble, periods = _wobble(outcome - usual, usual, period, old)
    if periods < FEWEST_PERIODS:
        return None
    told, expected = float(outcome[early].mean()), float(usual[young].mean())
    variance = expected * (1 - expected)
    error = np.sqrt(variance / early.sum() + variance / old.sum() + wobble * (1 + 1 / periods))
    for value, share in ((1, expected), (0, 1 - expected)):
        if (outcome[early] == value).sum() / young.sum() > share + 2 * _Z * np.sqrt(error**2 + variance / young.sum()):
            return None
    return Interval(value=told - expected, low=told - expected - _Z * error, high=told - expected + _Z * error, level=0.95)


def _usual(outcome: Array, old: Bools, score: Array) -> Array:
    """The rate of ripe rows of like score, shape (n,); of all ripe rows where there is no score."""
    scored = np.isfinite(score)
    rate = np.full(len(score), float(outcome[old].mean()))
    if (scored & old).sum() < FEWEST_RIPE:
        return rate
    place = np.searchsorted(np.unique(np.quantile(score[scored & old], np.linspace(0, 1, STRATA + 1)[1:-1])), score, "right")
    for each in np.unique(place[scored]):
        rows = scored & (place == each)
        rate[rows] = (outcome[rows & old].sum() + rate[0]) / ((rows & old).sum() + 1)
    return rate


def _wobble(residual: Array, usual: Array, period: Ints, old: Bools) -> tuple[float, int]:
    """Variance of the periods' mean residuals beyond chance, and the periods."""
    counts = np.bincount(period[old])
    held = counts > 0
    means = np.bincount(period[old], residual[old])[held] / counts[held]
    chance = np.bincount(period[old], (usual * (1 - usual))[old])[held] / counts[held] ** 2
    periods = int(held.sum())
    return max(0.0, float((means**2 - chance).sum()) / max(periods - 2, 1)), periods
