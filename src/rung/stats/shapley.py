"""Shares of a common effect: the Shapley value over a few players, exact or from sampled orders."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from rung.stats.distributions import two_sided_t

Coalition = frozenset[int]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shares:
    """Shapley values of n players.

    weights : coalition -> shape (n,): each value is the weighted sum of the coalitions' worths, so that errors follow linearly.
    values : shape (n,); they sum to worth(all) - worth(none).   half : half-width of a 95 % interval by the sampling of orders, zeros when exact.
    orders : orders of players walked, 0 when exact.
    """

    values: Floats
    half: Floats
    weights: dict[Coalition, Floats]
    orders: int


def coalitions(n: int) -> Iterator[Coalition]:
    """Every subset of 0..n-1, small ones first."""
    for size in range(n + 1):
        yield from (frozenset(each) for each in combinations(range(n), size))


def exact(n: int, worth: Callable[[Coalition], float]) -> Shares:
    """Shapley values from all 2^n coalitions.

    Source: Shapley (1953), A value for n-person games; checked by hand-worked games in tests/stats.
    """
    weights: dict[Coalition, Floats] = {}
    for each in coalitions(n):
        row = np.zeros(n)
        for player in range(n):
            others = len(each) - (player in each)
            weight = math.factorial(others) * math.factorial(n - others - 1) / math.factorial(n)
            row[player] = weight if player in each else -weight
        weights[each] = row
    values = np.sum([worth(each) * row for each, row in weights.items()], axis=0) if n else np.zeros(0)
    return Shares(values=values, half=np.zeros(n), weights=weights, orders=0)


def sampled(n: int, worth: Callable[[Coalition], float], rng: np.random.Generator, enough: Callable[[int], bool]) -> Shares:
    """Shapley values from orders of players drawn at random, each walked forwards and backwards.

    enough : given the pairs of orders walked so far, whether to stop; at least two are walked.
    Source: Castro, Gomez & Tejada (2009); antithetic orders: Mitchell et al. (2022).
    """
    pairs: list[Floats] = []
    weights: dict[Coalition, Floats] = {}
    while len(pairs) < 2 or not enough(len(pairs)):
        order = rng.permutation(n)
        pairs.append(np.mean([_walk(order, worth, weights), _walk(order[::-1], worth, weights)], axis=0))
    drawn = np.array(pairs)
    half = two_sided_t(0.95, len(pairs) - 1) * drawn.std(axis=0, ddof=1) / math.sqrt(len(pairs))
    scale = 1 / (2 * len(pairs))
    return Shares(values=drawn.mean(axis=0), half=half, weights={each: row * scale for each, row in weights.items()}, orders=2 * len(pairs))


def _walk(order: NDArray[np.int64], worth: Callable[[Coalition], float], weights: dict[Coalition, Floats]) -> Floats:
    """What each player adds to those before it; the coalitions' weights are counted along the way."""
    n, gained, before = len(order), np.zeros(len(order)), frozenset[int]()
    for player in order.tolist():
        after = before | {player}
        gained[player] = worth(after) - worth(before)
        weights.setdefault(after, np.zeros(n))[player] += 1
        weights.setdefault(before, np.zeros(n))[player] -= 1
        before = after
    return gained
