"""Slices of one or two conditions where something exceeds what is expected: all of them at once, then confirmed on other rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rung.stats.arrays import Array, Bools, Ints
from rung.stats.clusters import independent_share
from rung.stats.distributions import normal_quantile, normal_tail
from rung.stats.intervals import Interval

_CANDIDATES = 400  # of the strongest pairs are looked at one by one
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

    n : rows inside.   excess : mean excess with a simultaneous interval (one-sided level on its lower end).   p : one-sided, Holm over all hits.
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


def strongest(member: Bools, column: Ints, excess: Array, variance: Array, *, min_rows: int, count: int) -> list[Hit]:
    """The slices of largest standardised excess, strongest first, each by itself worth telling.

    member : shape (n, k), which rows meet which condition; column : shape (k,), two conditions on one column are not joined.
    excess, variance : shape (n,), observed minus expected and its variance under the expectation.
    All k * (k + 1) / 2 sums are matrix products. A slice counts by the rows that no stronger one has taken.
    """
    if not member.size:
        return []
    inside = member.astype(np.float32)
    sizes = inside.T @ inside
    sums = inside.T @ (inside * excess[:, None].astype(np.float32))
    spread = inside.T @ (inside * variance[:, None].astype(np.float32))
    with np.errstate(divide="ignore", invalid="ignore"):
        z = np.where((sizes >= min_rows) & (spread > 0), sums / np.sqrt(spread), -np.inf)
    alone = z.diagonal().copy()
    bar = np.maximum(np.maximum(alone[:, None], alone[None, :]), 0.0) + _LEAD
    allowed = (z > bar) & (column[:, None] != column[None, :])
    np.fill_diagonal(allowed, alone > 0)
    first, second = np.nonzero(np.triu(allowed))
    order = np.argsort(-z[first, second], kind="stable")[:_CANDIDATES]
    return _apart(member, excess, variance, first[order], second[order], min_rows, count)


def _apart(member: Bools, excess: Array, variance: Array, first: Ints, second: Ints, min_rows: int, count: int) -> list[Hit]:
    free, hits = np.ones(len(excess), dtype=bool), []
    for one, two in zip(first.tolist(), second.tolist(), strict=True):
        inside = member[:, one] & member[:, two]
        own = inside & free
        if 2 * own.sum() < max(inside.sum(), 2 * min_rows):
            continue
        z = float(excess[own].sum() / np.sqrt(max(variance[own].sum(), 1e-12)))
        if z < 2.0:  # what stronger slices left is nothing to confirm
            continue
        hits.append(Hit(conditions=(one,) if one == two else (one, two), n=int(inside.sum()), z=z))
        free &= ~inside
        if len(hits) == count:
            break
    return hits


def confirm(
    hits: list[Hit], member: Bools, excess_of: Callable[[Bools], tuple[Array, Array]], alpha: float, cluster: Ints | None = None
) -> list[Confirmed]:
    """The hits on other rows, each with a p-value and an interval that hold for all of them together.

    member : shape (n, k).   excess_of : rows inside -> (excess, variance) of all n rows under an expectation that may leave those rows out.
    alpha : one-sided, over all hits.   cluster : shape (n,), rows that err together (one entity, one stretch of time): they count by what they are
    worth, see `independent_share`. Source: Holm (1979) for p, Bonferroni for the intervals.
    """
    found: list[tuple[Hit, int, Interval, float]] = []
    z_level = normal_quantile(1 - alpha / max(1, len(hits)))
    for hit in hits:
        inside = member[:, list(hit.conditions)].all(axis=1)
        n = int(inside.sum())
        if n < 2:  # no spread
            continue
        every, spread = excess_of(inside)  # pyright: ignore[reportArgumentType]
        excess, variance = every[inside], spread[inside]
        worth = n * (independent_share(cluster, every) if cluster is not None else 1.0)
        mean = float(excess.mean())
        error = float(np.sqrt(max(variance.mean(), excess.var(ddof=1)) / worth))
        null_error = float(np.sqrt(max(variance.mean(), 1e-12) / worth))
        interval = Interval(value=mean, low=mean - z_level * error, high=mean + z_level * error, level=1 - 2 * alpha)
        found.append((hit, n, interval, float(normal_tail(mean / null_error))))
    adjusted = _holm(np.array([each[3] for each in found]), len(hits))
    return [Confirmed(hit=hit, n=n, excess=excess_, p=p) for (hit, n, excess_, _), p in zip(found, adjusted.tolist(), strict=True)]


def _holm(p: Array, tests: int) -> NDArray[np.float64]:
    """Holm's p-values where some of the tests could not be made: they count all the same."""
    order = np.argsort(p, kind="stable")
    scaled = np.maximum.accumulate(p[order] * (tests - np.arange(len(p))))
    result = np.empty(len(p))
    result[order] = np.minimum(scaled, 1.0)
    return result
