"""Maps that make probabilities mean what they say, and which of them is worth it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from rung.stats.arrays import Array, Bools, Ints, folds_of
from rung.stats.calibration import _newton
from rung.stats.distributions import chi2_tail, expit, logit

Method = Literal["none", "temperature", "sigmoid", "isotonic"]
METHODS: tuple[Method, ...] = ("none", "temperature", "sigmoid", "isotonic")
_EDGE = 1e-6
_GOLDEN = (np.sqrt(5) - 1) / 2
Map = Callable[[Array], Array]


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Mean log loss of each method in inner cross-validation, the simplest that no larger one beats, and its map fitted on all rows given.

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
    """The simplest map that no larger one beats.

    The losses are those of inner cross-validation. A larger map must have the lower one, and the difference must be no accident: none, temperature and
    sigmoid are nested, so that the ratio of their likelihoods tells (one parameter each, 1 in 50); against the others two paired standard errors do.
    codes : shape (n,); p : shape (n, k). Source: Wilks (1938) for the ratio; Breiman et al. (1984), section 3.4.3, for standard errors.
    """
    fold = folds_of(len(codes), folds, np.random.default_rng(seed), codes)
    losses = np.empty((len(METHODS), len(codes)))
    for place, method in enumerate(METHODS):
        for number in range(folds):
            inside = fold == number
            losses[place, inside] = row_losses(codes[inside], fit(method, codes[~inside], p[~inside])[0](p[inside]))
    chosen = 0
    for larger in range(1, len(METHODS)):
        if losses[larger].mean() < losses[chosen].mean() and _beats(codes, p, losses, chosen, larger):
            chosen = larger
    apply, parameters = fit(METHODS[chosen], codes, p)
    return Choice(method=METHODS[chosen], losses=tuple(float(each) for each in losses.mean(axis=1)), apply=apply, parameters=parameters)


def _beats(codes: Ints, p: Array, losses: Array, chosen: int, larger: int) -> bool:
    """Whether the larger map is better by more than chance."""
    if METHODS[larger] == "temperature" or (METHODS[larger] == "sigmoid" and p.shape[1] == 2):
        ratio = 2 * float(
            sum(sign * row_losses(codes, fit(METHODS[each], codes, p)[0](p)).sum() for sign, each in ((1, chosen), (-1, larger)))
        )
        return float(chi2_tail(max(ratio, 0.0), larger - chosen)) < 0.02
    gaps = losses[chosen] - losses[larger]
    return float(gaps.mean()) > 2 * float(gaps.std(ddof=1)) / float(np.sqrt(len(gaps)))


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
