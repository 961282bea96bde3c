"""How well labels agree with those of the nearest rows, against labels in no order."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rung.stats.arrays import Array, Ints


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """Labels of rows against those of their nearest neighbours.

    share : classes: share of neighbours with the row's own class; numbers: correlation of the row's rank with the mean of its neighbours'.
    chance : the same for labels in no order.   z : difference in standard errors of shuffled labels.   n : rows.
    """

    share: float
    chance: float
    z: float
    n: int


def nearest(x: Array, k: int = 5) -> Ints:
    """The k nearest other rows of each row, by Euclidean distance of standardised columns.

    x : shape (n, d); constant columns are left out.   Returns shape (n, k), or (n, 0) for fewer than k + 2 rows.
    """
    spread = x.std(axis=0)
    columns = np.isfinite(spread) & (spread > 0)
    if len(x) < k + 2 or not columns.any():
        return np.empty((len(x), 0), dtype=np.int64)
    scaled = np.nan_to_num((x[:, columns] - x[:, columns].mean(axis=0)) / spread[columns])
    square = (scaled**2).sum(axis=1)
    distance = square[:, None] + square[None, :] - 2 * scaled @ scaled.T
    np.fill_diagonal(distance, np.inf)
    return np.argpartition(distance, k, axis=1)[:, :k]


def agreement(neighbours: Ints, y: Array, *, classes: bool, draws: int = 40, seed: int = 0) -> Agreement:
    """How labels `y` agree along `neighbours`, with the spread over `draws` shuffles of the labels.

    neighbours : shape (n, k) as `nearest` gives it.   y : shape (n,).
    Source: the join-count test of Cliff and Ord (1973) on a graph of nearest neighbours, its null by permutation.
    """
    if not neighbours.size:
        return Agreement(share=0.0, chance=0.0, z=0.0, n=len(y))
    values = y if classes else y.argsort().argsort().astype(float)
    rng = np.random.default_rng(seed)
    seen = _score(neighbours, values, classes=classes)
    null = np.array([_score(neighbours, rng.permutation(values), classes=classes) for _ in range(draws)])
    spread = float(null.std()) or 1e-12
    return Agreement(share=seen, chance=float(null.mean()), z=(seen - float(null.mean())) / spread, n=len(y))


def _score(neighbours: Ints, y: Array, *, classes: bool) -> float:
    if classes:
        return float((y[neighbours] == y[:, None]).mean())
    around = y[neighbours].mean(axis=1)
    return float(np.corrcoef(around, y)[0, 1]) if np.ptp(around) > 0 and np.ptp(y) > 0 else 0.0
