"""Maps that make probabilities mean what they say, and which of them is worth it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from rung.stats.arrays import Array, Bools, Ints, folds_of
from rung.stats.calibration import _newton
from rung.stats.distributions import expit, logit

Method = Literal["none", "temperature", "sigmoid", "isotonic"]
METHODS: tuple[Method, ...] = ("none", "temperature", "sigmoid", "isotonic")
_EDGE = 1e-6
_GOLDEN = (np.sqrt(5) - 1) / 2
Map = Callable[[Array], Array]


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Mean log loss of each method in inner cross-validation, the simplest that is as good as the best, and its map fitted on all rows given.

    parameters : temperature, or slope and intercept, of the chosen map; empty for none and isotonic.
    """

    method: Method
    losses: tuple[float, ...]  # in the order of METHODS
    apply: Map
    parameters: tuple[float, ...]


def row_losses(codes: Ints, p: Array) -> Array:
    """Log loss of each row. codes : shape (n,); p : shape (n, k). Certain mistakes are cut at 1e-6."""
    return -np.log(np.clip(p[np.arange(len(codes)), codes], _EDGE, 1))


def fit(method: Method, codes: Ints, p: Array) -> tuple[Map, tuple[float, ...]]:
    """The map of one method: (n, k) -> (n, k), rows sum to 1.

    temperature : softmax(log p / T), one number, Guo et al. (2017).   sigmoid : logistic regression on the log-odds, Platt (1999); one class
    against the rest and scaled to sum 1 for more than two.   isotonic : pooled adjacent violators, Zadrozny & Elkan (2002), kept off 0 and 1 by
    what n rows cannot exclude.
    """
    if method == "none":
        return (lambda q: q), ()
    if method == "temperature":
        t = _temperature(codes, p)
        return (lambda q: _softened(q, t)), (t,)
    classes = range(1, 2) if p.shape[1] == 2 else range(p.shape[1])
    one = _sigmoid if method == "sigmoid" else _isotonic
    parts = [one(codes == code, p[:, code]) for code in classes]
    parameters = parts[0][1] if p.shape[1] == 2 else ()
    return (lambda q: _joined([part[0](q[:, code]) for part, code in zip(parts, classes, strict=True)])), parameters


def choose(codes: Ints, p: Array, *, folds: int = 5, seed: int = 0) -> Choice:
    """The simplest method whose cross-validated loss is within one standard error of the best's, paired by row.

    codes : shape (n,); p : shape (n, k). Source of the rule: Breiman et al. (1984), section 3.4.3.
    """
    fold = folds_of(len(codes), folds, np.random.default_rng(seed), codes)
    losses = np.empty((len(METHODS), len(codes)))
    for place, method in enumerate(METHODS):
        for number in range(folds):
            inside = fold == number
            losses[place, inside] = row_losses(codes[inside], fit(method, codes[~inside], p[~inside])[0](p[inside]))
    means = losses.mean(axis=1)
    best = int(np.argmin(means))
    gaps = losses - losses[best]
    error = gaps.std(axis=1, ddof=1) / np.sqrt(len(codes))
    method = next(each for place, each in enumerate(METHODS) if gaps[place].mean() <= error[place])
    apply, parameters = fit(method, codes, p)
    return Choice(method=method, losses=tuple(float(each) for each in means), apply=apply, parameters=parameters)


def _softened(p: Array, t: float) -> Array:
    z = np.log(np.clip(p, _EDGE, 1)) / t
    z -= z.max(axis=1, keepdims=True)
    e = np.exp(z)
    return np.asarray(e / e.sum(axis=1, keepdims=True))


def _temperature(codes: Ints, p: Array) -> float:
    """T > 0 of least log loss, by golden section on log T in 1/20..20."""
    low, high = -np.log(20.0), np.log(20.0)
    inner = [high - _GOLDEN * (high - low), low + _GOLDEN * (high - low)]
    values = [float(row_losses(codes, _softened(p, float(np.exp(each)))).mean()) for each in inner]
    for _ in range(30):
        if values[0] < values[1]:
            high, inner, values = inner[1], [0.0, inner[0]], [0.0, values[0]]
            inner[0] = high - _GOLDEN * (high - low)
            values[0] = float(row_losses(codes, _softened(p, float(np.exp(inner[0])))).mean())
        else:
            low, inner, values = inner[0], [inner[1], 0.0], [values[1], 0.0]
            inner[1] = low + _GOLDEN * (high - low)
            values[1] = float(row_losses(codes, _softened(p, float(np.exp(inner[1])))).mean())
    return float(np.exp((low + high) / 2))


def _sigmoid(hit: Bools, p: Array) -> tuple[Map, tuple[float, ...]]:
    """Log-odds a + b * logit(p); the map itself where one class is missing or the classes separate."""
    odds = logit(np.clip(p, _EDGE, 1 - _EDGE))
    if hit.all() or not hit.any():
        return (lambda q: q), (0.0, 1.0)
    beta, _, done = _newton(np.column_stack([np.ones_like(odds), odds]), hit.astype(np.float64), np.zeros_like(odds))
    if not done or beta[1] <= 0:
        return (lambda q: q), (0.0, 1.0)
    a, b = float(beta[0]), float(beta[1])
    return (lambda q: expit(a + b * logit(np.clip(q, _EDGE, 1 - _EDGE)))), (a, b)


def _isotonic(hit: Bools, p: Array) -> tuple[Map, tuple[float, ...]]:
    from scipy.optimize import isotonic_regression  # late: half a second that most runs have already paid for

    values, place, counts = np.unique(p, return_inverse=True, return_counts=True)
    shares = np.bincount(place, hit) / counts
    level = np.asarray(isotonic_regression(shares, weights=counts).x)
    least = 1 / (len(p) + 2)  # the rule of succession: what n rows cannot exclude
    level = np.clip(level, least, 1 - least)
    return (lambda q: np.interp(q, values, level)), ()


def _joined(columns: list[Array]) -> Array:
    if len(columns) == 1:
        return np.column_stack([1 - columns[0], columns[0]])
    table = np.column_stack(columns)
    return table / np.maximum(table.sum(axis=1, keepdims=True), 1e-12)
