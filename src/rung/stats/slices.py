"""Slices of one or two conditions where something exceeds what is expected: all of them at once, then confirmed on other rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from rung.stats.arrays import Array, Bools, Ints
from rung.stats.clusters import independent_share
from rung.stats.distributions import log_normal_tail, normal_quantile, normal_tail
from rung.stats.intervals import Interval

HOPE = 1.5  # standard errors on the finding rows, where it is flattered, below which a slice is not put to the test (by hand)
_LEAD = 0.7  # standard errors by which two conditions must beat each of them alone: the simpler slice is told otherwise (by hand)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A slice found: its conditions by position (one or two), rows and standardised excess on the rows that found it."""

    conditions: tuple[int, ...]
    n: int
    z: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmed:
    """A slice on rows that did not find it.

    n : rows inside.   excess : mean excess with a simultaneous interval (one-sided level on its lower end).   p : one-sided, weighted Holm over all hits.
    """

    hit: Hit
    n: int
    excess: Interval
    p: float


def expected_by(score: Array, outcome: Array, group: Ints, bins: int = 10, fewest: int = 40) -> tuple[Array, Array]:
    """Mean and variance of the outcome among rows of like score within each group.

    score, outcome : shape (n,); group : shape (n,), codes. Each group is cut into at most `bins` parts of equal size and at least `fewest` rows.
    Returns (mean, variance), each shape (n,).
    """
    cell = cells_of(score, group, bins, fewest)
    counts = np.bincount(cell)
    mean = np.bincount(cell, outcome) / counts
    variance = np.bincount(cell, outcome**2) / counts - mean**2
    return mean[cell], np.maximum(variance, 0.0)[cell]


def cells_of(score: Array, group: Ints, bins: int = 10, fewest: int = 40) -> Ints:
    """Which rows count as alike: parts of equal size along the score within each group, as in `expected_by`; codes from 0, shape (n,)."""
    cell, made = np.empty(len(score), dtype=np.int64), 0
    for code in np.unique(group):
        rows = np.flatnonzero(group == code)
        order = rows[np.argsort(score[rows], kind="stable")]
        for part in np.array_split(order, max(1, min(bins, len(rows) // fewest))):
            cell[part], made = made, made + 1
    return cell


def screen(member: Bools, column: Ints, excess: Array, variance: Array, *, min_rows: int, count: int) -> list[Hit]:
    """The slices of one or two conditions of largest standardised excess, strongest first; they may share their rows.

    member : shape (n, k), which rows meet which condition; column : shape (k,), two conditions on one column are not joined.
    excess, variance : shape (n,), observed minus expected, nought on average, and its variance under the expectation.
    All k * (k + 1) / 2 sums are matrix products. Two conditions must stand out by more than each of them alone.
    """
    if not member.size:
        return []
    inside = member.astype(np.float32)
    sizes = inside.T @ inside
    sums = inside.T @ (inside * excess[:, None].astype(np.float32))
    spread = inside.T @ (inside * variance[:, None].astype(np.float32))
    # The expectation holds on average over all rows: what a slice has too much, the others have too little.
    spread *= np.maximum(1 - sizes / len(excess), 0.1)
    with np.errstate(divide="ignore", invalid="ignore"):
        z = np.where((sizes >= min_rows) & (spread > 0), sums / np.sqrt(spread), -np.inf)
    alone = z.diagonal().copy()
    bar = np.maximum(np.maximum(alone[:, None], alone[None, :]), 0.0) + _LEAD
    allowed = (z > bar) & (column[:, None] != column[None, :])
    np.fill_diagonal(allowed, alone > 0)
    first, second = np.nonzero(np.triu(allowed))
    order = np.argsort(-z[first, second], kind="stable")[:count]
    pairs = zip(first[order].tolist(), second[order].tolist(), strict=True)
    return [Hit(conditions=(one,) if one == two else (one, two), n=int(sizes[one, two]), z=float(z[one, two])) for one, two in pairs]


def apart(hits: list[Hit], member: Bools, sums: Array, spreads: Array, *, count: int) -> list[Hit]:
    """Up to `count` hits, each by itself worth telling: one after the other, what the chosen ones explain is taken from the excess of the others.

    A smaller slice inside a chosen one stays where it stands out in there; a larger one around it, or the same cut a little elsewhere, does not.
    hits : candidates.   member : shape (n, k).   sums, spreads : shape (len(hits),), excess inside each and its variance, by the same rows.
    Returns them in the order chosen, rarest first, with the z that was left when each was chosen.
    """
    inside = np.column_stack([member[:, list(hit.conditions)].all(axis=1) for hit in hits]).astype(np.float32) if hits else np.zeros((0, 0))
    left, kept = sums.astype(float).copy(), []
    while len(kept) < count and hits:
        z = left / np.sqrt(np.maximum(spreads, 1e-12))
        rare = [rarity(replace(hit, z=float(each)), member.shape[1]) for hit, each in zip(hits, z, strict=True)]
        best = int(np.argmin(rare))
        if z[best] < HOPE:
            break
        kept.append(replace(hits[best], z=float(z[best])))
        shared = inside.T @ inside[:, best]
        left = left - left[best] / max(float(shared[best]), 1.0) * shared
    return kept


def rarity(hit: Hit, k: int) -> float:
    """Logarithm of how many slices of as many conditions would stand out so by luck, of k conditions: the simpler of two alike is likelier to be there."""
    return float(log_normal_tail(hit.z)) + float(np.log(k if len(hit.conditions) == 1 else k * (k - 1) / 2))


def confirm(
    hits: list[Hit], member: Bools, excess_of: Callable[[Hit], tuple[Array, Array]], alpha: float, cluster: Ints | None = None
) -> list[Confirmed]:
    """The hits on other rows, each with a p-value and an interval that hold for all of them together.

    hits : the strongest first; the level is shared out by their place, most of it to the first, since what is there is mostly what stood out most.
    member : shape (n, k).   excess_of : a hit -> (excess, variance) of all n rows under an expectation that may leave the rows inside out.
    alpha : one-sided, over all hits.   cluster : shape (n,), rows that err together (one entity, one stretch of time): they count by what they are
    worth, see `independent_share`.
    Source: weighted Holm, Benjamini & Hochberg (1997), procedure 1, for p; weighted Bonferroni for the intervals.
    """
    found: list[tuple[Hit, int, Interval, float, float]] = []
    for hit, weight in zip(hits, _weights(len(hits)).tolist(), strict=True):
        inside = member[:, list(hit.conditions)].all(axis=1)
        n = int(inside.sum())
        if n < 2:  # no spread
            continue
        every, spread = excess_of(hit)
        excess, variance = every[inside], spread[inside]
        worth = n * (independent_share(cluster, every) if cluster is not None else 1.0)
        mean = float(excess.mean())
        error = float(np.sqrt(max(variance.mean(), excess.var(ddof=1)) / worth))
        null_error = float(np.sqrt(max(variance.mean(), 1e-12) / worth))
        z_level = normal_quantile(1 - alpha * weight)
        interval = Interval(value=mean, low=mean - z_level * error, high=mean + z_level * error, level=1 - 2 * alpha)
        found.append((hit, n, interval, float(normal_tail(mean / null_error)), weight))
    adjusted = _holm(np.array([each[3] for each in found]), np.array([each[4] for each in found]))
    return [Confirmed(hit=hit, n=n, excess=excess_, p=p) for (hit, n, excess_, *_), p in zip(found, adjusted.tolist(), strict=True)]


def _weights(count: int) -> Array:
    """Shares of the level by place: 1, 1/4, 1/9 ..., together 1."""
    weights = 1.0 / np.arange(1, count + 1) ** 2
    return weights / weights.sum()


def _holm(p: Array, weights: Array) -> NDArray[np.float64]:
    """Weighted Holm; tests that could not be made keep their share of the level to themselves.

    p, weights : shape (n,); weights sum to 1 or, where some tests could not be made, to less. Equal weights give Holm (1979).
    """
    ratio = p / weights
    order = np.argsort(ratio, kind="stable")
    left = 1.0 - np.concatenate([[0.0], np.cumsum(weights[order])[:-1]])  # share of the level that was not yet spent
    result = np.empty(len(p))
    result[order] = np.minimum(np.maximum.accumulate(ratio[order] * left), 1.0) if len(p) else ratio
    return result
