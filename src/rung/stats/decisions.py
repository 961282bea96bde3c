"""Where to put the threshold, by costs or by a floor, and what it is worth on rows that did not choose it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rung.stats.arrays import Array, Bools, Ints, folds_of
from rung.stats.distributions import expit, logit, two_sided_z
from rung.stats.recalibration import Map, fit, row_losses

_DRAWS = 100  # resamples behind the threshold's interval
_MENDED = 2  # parameters of the logistic map
_BY_COSTS, _SEEN = "by the costs", "least cost seen"


@dataclass(frozen=True, slots=True, kw_only=True)
class Aim:
    """What the threshold is for: the least cost, or a floor. cost_fp, cost_fn : of one error, > 0; a floor is a share in 0..1."""

    cost_fp: float = 1.0
    cost_fn: float = 1.0
    min_recall: float | None = None
    min_precision: float | None = None

    @property
    def fair(self) -> float:
        """The threshold on honest probabilities that the costs ask for, whatever the prevalence. Source: Elkan (2001)."""
        return self.cost_fp / (self.cost_fp + self.cost_fn)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tuned:
    """A threshold chosen on all rows, and calls of each row under a threshold that other rows chose.

    way : 'as the costs say', 'the costs on mended probabilities', 'least cost seen' or the floor's name.   low, high : 95 % bootstrap interval.
    called : shape (n,), cross-fitted calls.
    """

    threshold: float
    low: float
    high: float
    way: str
    called: Bools


def row_costs(y: Bools, called: Bools, aim: Aim) -> Array:
    """Cost of each row, shape (n,)."""
    return np.where(y, np.where(called, 0.0, aim.cost_fn), np.where(called, aim.cost_fp, 0.0))


def best_threshold(y: Bools, score: Array, aim: Aim, weights: Array | None = None) -> float:
    """The threshold (call where score >= it) that the aim prefers on these rows, half-way between neighbouring scores.

    y : shape (n,), bool; score : shape (n,); weights : shape (n,), >= 0.
    Costs: least total cost. Recall floor: the highest that still finds the share. Precision floor: the lowest that still keeps it; the highest
    precision where none does.
    """
    order = np.argsort(-score, kind="stable")
    ranked, w = score[order], np.ones(len(y)) if weights is None else weights[order]
    hits, alarms = np.cumsum(w * y[order]), np.cumsum(w * ~y[order])
    ends = np.flatnonzero(np.r_[np.diff(ranked) != 0, True])
    ranked, hits, alarms = ranked[ends], hits[ends], alarms[ends]
    if aim.min_recall is not None:
        place = int(np.searchsorted(hits, aim.min_recall * hits[-1] * (1 - 1e-12)))
        place = min(place, len(ends) - 1)
    elif aim.min_precision is not None:
        precision = hits / np.maximum(hits + alarms, 1e-12)
        kept = np.flatnonzero(precision >= aim.min_precision)
        place = int(kept[-1]) if kept.size else int(np.argmax(precision))
    else:
        cost = np.r_[aim.cost_fn * hits[-1], aim.cost_fp * alarms + aim.cost_fn * (hits[-1] - hits)]
        place = int(np.argmin(cost)) - 1
        if place < 0:
            return float(np.nextafter(ranked[0], np.inf))
    return float((ranked[place] + ranked[place + 1]) / 2) if place + 1 < len(ranked) else float(ranked[-1])


def mended_threshold(y: Bools, p: Array, aim: Aim) -> float:
    """The score at which mended probabilities (a logistic fit on the log-odds) reach the threshold that the costs ask for."""
    a, b = _mend(y, p)[1]
    return float(expit((logit(aim.fair) - a) / b))


def true_enough(y: Bools, p: Array) -> bool:
    """Whether these rows give no reason to mend the probabilities: two parameters more must buy more log-likelihood than they cost.

    y : shape (n,), bool; p : shape (n,), P(True). Source: Akaike (1974), IEEE Transactions on Automatic Control 19: twice the gain against twice
    the number of parameters.
    """
    columns = np.column_stack([1 - p, p])
    gained = row_losses(y.astype(np.int64), columns) - row_losses(y.astype(np.int64), _mend(y, p)[0](columns))
    return bool(2 * gained.sum() < 2 * _MENDED)


def _mend(y: Bools, p: Array) -> tuple[Map, tuple[float, ...]]:
    return fit("sigmoid", y.astype(np.int64), np.column_stack([1 - p, p]))


def tune(y: Bools, score: Array, aim: Aim, *, probabilities: bool, folds: int = 5, seed: int = 0) -> Tuned:
    """Choose the way and the threshold inside cross-validation.

    Probabilities are taken at their word, or mended first where these rows speak against them; the threshold is then the costs' own. The least
    cost seen, which follows the luck of the rows, is preferred only where it costs less beyond two standard errors, paired by row and cross-fitted.
    """
    fold = folds_of(len(y), folds, np.random.default_rng(seed), y)
    way = _floor(aim) or (_BY_COSTS if probabilities else _SEEN)
    called = _cross_fitted(way, y, score, aim, fold, folds)
    if way == _BY_COSTS:
        seen = _cross_fitted(_SEEN, y, score, aim, fold, folds)
        gap = row_costs(y, called, aim) - row_costs(y, seen, aim)
        if gap.mean() > two_sided_z(0.95) * gap.std(ddof=1) / np.sqrt(len(y)):
            way, called = _SEEN, seen
    threshold = _threshold(way, y, score, aim)
    low, high = _interval(way, y, score, aim, seed)
    if way == _BY_COSTS:
        way = "as the costs say" if threshold == aim.fair else "the costs on mended probabilities"
    return Tuned(threshold=threshold, low=min(low, threshold), high=max(high, threshold), way=way, called=called)


def _floor(aim: Aim) -> str:
    return "recall floor" if aim.min_recall is not None else "precision floor" if aim.min_precision is not None else ""


def _cross_fitted(way: str, y: Bools, score: Array, aim: Aim, fold: Ints, folds: int) -> Bools:
    called = np.zeros(len(y), dtype=bool)
    for number in range(folds):
        inside = fold == number
        called[inside] = score[inside] >= _threshold(way, y[~inside], score[~inside], aim)
    return called


def _threshold(way: str, y: Bools, score: Array, aim: Aim) -> float:
    if way != _BY_COSTS:
        return best_threshold(y, score, aim)
    return aim.fair if true_enough(y, score) else mended_threshold(y, score, aim)


def _interval(way: str, y: Bools, score: Array, aim: Aim, seed: int) -> tuple[float, float]:
    """2.5 % and 97.5 % of the thresholds that resampled rows choose; on at most 4,000 rows, widened for the rest by nothing: a bound from above."""
    rng = np.random.default_rng(seed)
    rows = rng.permutation(len(y))[:4_000]
    draws = []
    for _ in range(_DRAWS // 4 if way == _BY_COSTS else _DRAWS):
        drawn = rng.choice(rows, len(rows))
        if y[drawn].any() and not y[drawn].all():
            draws.append(_threshold(way, y[drawn], score[drawn], aim))
    low, high = np.quantile(draws, (0.025, 0.975)) if draws else (float("nan"), float("nan"))
    return float(low), float(high)
