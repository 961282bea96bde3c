"""Values beyond what the tail of a column allows: gross errors, told from honest heavy tails."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from rung.stats.arrays import NAN, Array, Ints, as_floats, finite, spread_ties
from rung.stats.distributions import poisson_tail

_LEAST_TAIL = 25  # rows a tail needs before a shape can be fitted to it
_INNER, _OUTER = 0.5, (0.25, 0.1)  # shares of the rows: half give the first idea of the shape, two tails refine it
_FAR, _LEAST_FAR = (0.02, 0.004), 200  # and tails still farther out, once they hold that many rows
_CENSORED = 0.15  # share of a tail that may be gross errors: it never enters the fit
_MOST_POINTS = 400  # order statistics that carry the fit of a long tail
_MASS = 0.2  # a value that so many rows share is a point mass, and the tail begins after it
# Belief about the shape before looking, and how the shape of an outer tail differs from that of the half: a normal
# goes from -0.3 to -0.15, t(3) from 0 to 0.25, exponential and Pareto stay. By hand, against tests/stats/test_tails.py.
_PRIOR_SHAPE, _PRIOR_SD, _DRIFT, _DRIFT_SD = 0.1, 0.6, 0.1, 0.15
# Curvature times censoring point: from exponential to hyperbolically heavy, and bounded shapes before them. An outer
# tail is never believed to be bounded: the shoulder of a normal looks so, and its tail then runs past the bound.
_HEAVY = np.geomspace(3e-3, 1e5, 140)
_ALL = np.concatenate([-np.geomspace(0.98, 3e-3, 60), _HEAVY])


@dataclass(frozen=True, slots=True, kw_only=True)
class TailExcess:
    """How many values lie beyond what the fitted tail allows; quiet is n_beyond 0 and p 1."""

    side: Literal["upper", "lower", "none"]
    n_beyond: int
    limit: float  # last value that still belongs to the tail, in the unit of the column
    expected: float  # rows that the fitted tail would put beyond the first value flagged
    p: float  # corrected for every count and side tried
    shape: float  # generalised Pareto shape: below 0 bounded, 0 exponential, 0.5 infinite variance
    rows: Ints  # positions of the values beyond, the farthest first


QUIET = TailExcess(side="none", n_beyond=0, limit=NAN, expected=NAN, p=1.0, shape=NAN, rows=np.empty(0, dtype=np.int64))


@dataclass(frozen=True, slots=True, kw_only=True)
class TailFit:
    """Generalised Pareto tails that would explain the data, with their weights; arrays over the curves kept."""

    threshold: float
    scale: float  # censoring point above the threshold
    n_tail: int
    n_used: int  # the others, farthest out, were not looked at
    curve: Array  # shape / sigma, times scale
    total: Array  # n_used times the shape
    weight: Array

    def depth(self, values: Array) -> Array:
        """log(1 + curve * excess / scale), shape (curves, values)."""
        excess = np.maximum(values - self.threshold, 0.0)
        return np.log1p(np.multiply.outer(self.curve, excess / self.scale))

    def chance(self, depth: Array) -> Array:
        """Predictive chance of going `depth` deeper, the scale integrated out; shape as `depth`."""
        return np.exp(-self.n_used * np.log1p(depth / self.total[:, None]))

    def expected_beyond(self, value: float) -> float:
        """Rows that the tail puts beyond `value`."""
        return self.n_tail * float(self.weight @ self.chance(self.depth(np.array([value])))[:, 0])

    def chance_of_count(self, count: int, value: float) -> float:
        """Chance that at least `count` rows lie beyond `value`."""
        mean = self.n_tail * self.chance(self.depth(np.array([value])))[:, 0]
        return float(self.weight @ poisson_tail(count, mean))

    def shape(self) -> tuple[float, float]:
        """Posterior mean and standard deviation of the shape."""
        each = self.total / self.n_used
        mean = float(self.weight @ each)
        return mean, math.sqrt(float(self.weight @ np.square(each - mean)))


def _fit(spread: Array, share: float, curves: Array, prior: tuple[float, float]) -> TailFit | None:
    """Censored generalised Pareto fit of the upper `share` of a sorted sample, its last `_CENSORED` unseen.

    prior : mean and standard deviation of the shape. For a given curve the shape has a closed form, so the
    posterior lives on a line. None for too few rows.
    Source: Davison & Smith (1990) for the profile likelihood; type II censoring as for the exponential.
    """
    n_tail = int(share * spread.size)
    n_cut = max(3, int(_CENSORED * n_tail))
    excess = spread[spread.size - n_tail : spread.size - n_cut] - spread[spread.size - n_tail - 1] if n_tail else spread
    if n_tail < _LEAST_TAIL or excess[-1] <= 0:
        return None
    place = np.linspace(0, excess.size - 1, min(excess.size, _MOST_POINTS)).round().astype(np.int64)
    logs = np.log1p(np.multiply.outer(curves, np.minimum(excess[place] / excess[-1], 1.0)))
    sums = logs.mean(axis=1) * excess.size
    total = sums + n_cut * logs[:, -1]
    shape = total / excess.size
    score = excess.size * np.log(curves / shape) - sums
    score += np.log(np.gradient(shape)) - 0.5 * ((shape - prior[0]) / prior[1]) ** 2
    weight = np.exp(score - score.max())
    kept = weight > 1e-14  # below any p-value of interest
    return TailFit(
        threshold=float(spread[-n_tail - 1]),
        scale=float(excess[-1]),
        n_tail=n_tail,
        n_used=excess.size,
        curve=curves[kept],
        total=total[kept],
        weight=weight[kept] / weight[kept].sum(),
    )


def tail_fits(ordered: Array) -> list[TailFit]:
    """Fits of the outer tails of a sorted sample, each leaning on the shape of the upper half; empty if too short."""
    spread = spread_ties(ordered)
    inner = _fit(spread, _INNER, _ALL, (_PRIOR_SHAPE, _PRIOR_SD))
    if inner is None:
        return []
    mean, sd = inner.shape()
    prior = (mean + _DRIFT, math.hypot(sd, _DRIFT_SD))
    far = tuple(share for share in _FAR if share * spread.size >= _LEAST_FAR)
    fits = [_fit(spread, share, _HEAVY, prior) for share in _OUTER + far]
    return [fit for fit in fits if fit is not None]


def _chances(fit: TailFit, values: Array, below: Array, rank: Array) -> Array:
    """Chance of both: `rank` distinct values from each of `values` on, and nothing from there down to `below`.

    Gaps of a tail, taken on the exponential scale and times the rank, are independent exponentials: Renyi (1953).
    Distinct values are counted because a round number chosen by many people is one event, not many.
    """
    far, near = fit.depth(values), fit.depth(below)
    count = fit.weight @ poisson_tail(rank[None, :], fit.n_tail * fit.chance(far))
    gap = fit.weight @ fit.chance(rank * (far - near))
    return np.maximum(count, gap)


def above_mass(ordered: Array) -> Array:
    """The sample from which the upper tail grows: what lies above the last value that a fifth of the rows share."""
    values, counts = np.unique(ordered, return_counts=True)
    heavy = np.flatnonzero(counts > _MASS * ordered.size)
    return ordered[ordered > values[heavy[-1]]] if heavy.size else ordered


def _upper(ordered: Array, alpha: float) -> tuple[float, int, TailFit] | None:
    """p-value, number of distinct values and fit of the largest excess of the upper tail, or None.

    The j-th candidate spends 1 / (j (j + 1)) of alpha, so that all together spend no more than alpha.
    """
    body = above_mass(ordered)
    fits = tail_fits(body)
    if not fits:
        return None
    values, first = np.unique(body, return_index=True)
    beyond = body.size - first[::-1]  # rows from each distinct value on, the farthest first
    most = min(f.n_tail - f.n_used for f in fits[: len(_OUTER)])
    n_candidates = min(int(np.searchsorted(beyond, most, "right")), values.size - 1)
    rank = np.arange(1.0, n_candidates + 1)
    top, below = values[::-1][:n_candidates], values[::-1][1 : n_candidates + 1]
    p = np.zeros(n_candidates)
    for fit in fits:
        # A far fit can judge no more rows than it left out.
        own = int(np.searchsorted(beyond[:n_candidates], fit.n_tail - fit.n_used, "right"))
        p[:own] = np.maximum(p[:own], _chances(fit, top[:own], below[:own], rank[:own]))
    found = np.flatnonzero(p * rank * (rank + 1) <= alpha)
    if found.size == 0:
        return None
    j = int(found[-1])
    return float(p[j] * rank[j] * (rank[j] + 1)), j + 1, fits[0]


def _ratio_like(known: Array) -> bool:
    """Whether a column without negatives is skewed to the right, and less so in logarithms.

    Near zero a length says "ten times too small"; a time of day says only "early".
    """
    positive = known[known > 0]
    if positive.size == 0 or known.min() < 0:
        return False
    low, middle, high = np.quantile(positive, [0.1, 0.5, 0.9])
    if high - middle <= middle - low:
        return False
    raw, logs = high + low - 2 * middle, math.log(high * low / middle**2)
    return abs(logs) * (high - low) < raw * math.log(high / low)


def _side(x: Array, side: Literal["upper", "lower"], alpha: float) -> TailExcess:
    """Excess of one tail; the lower tail of a positive, skewed column is judged by ratios, not differences."""
    known = x[np.isfinite(x)]
    ratios = side == "lower" and _ratio_like(known)
    known = known[known > 0] if ratios else known
    turned = known if side == "upper" else (-np.log(known) if ratios else -known)
    found = _upper(np.sort(turned), alpha)
    if found is None:
        return QUIET
    p, n_distinct, fit = found
    distinct, edge = np.unique(known), float(np.unique(turned)[-n_distinct])
    limit = float(distinct[-n_distinct - 1] if side == "upper" else distinct[n_distinct])
    beyond = (x > limit) if side == "upper" else (x < limit) & ((x > 0) | (not ratios))
    rows = np.flatnonzero(beyond & np.isfinite(x))
    rows = rows[np.argsort(-np.abs(x[rows] - limit), kind="stable")]
    return TailExcess(side=side, n_beyond=rows.size, limit=limit, expected=fit.expected_beyond(edge), p=p, shape=fit.shape()[0], rows=rows)


def tail_excess(values: ArrayLike, side: Literal["both", "upper", "lower"] = "both", alpha: float = 0.001) -> TailExcess:
    """Values too far out for the shape of the rest of their tail.

    values : shape (n,), non-finite left out; positions in `rows` are those of `values`. Quiet below 100 rows.
    A generalised Pareto tail is fitted to the outer quarter and the outer tenth, without the outermost 15 % of
    each. Values are flagged when their number and the gap before them are both too much for either fit, all
    shapes weighed by how well they explain the tail. So a heavy tail is no excess, a handful of values ten or a
    hundred times too large is, unless the tail itself reaches that far. More than about 1.5 % of the rows cannot
    be found here; see `mixture` and `spikes`. At the default level t(2) and t(3) raised a false alarm in up to 10 of
    1,000 simulated samples, other shapes in 3 or fewer: correct for the number of columns with that in mind.
    Source: Pickands (1975) for the tail; false alarms and power by simulation in tests/stats/test_tails.py.
    """
    x = as_floats(values)
    if finite(x).size < 4 * _LEAST_TAIL:
        return QUIET
    sides: tuple[Literal["upper", "lower"], ...] = ("upper", "lower") if side == "both" else (side,)
    found = [_side(x, s, alpha / len(sides)) for s in sides]
    best = min(found, key=lambda f: f.p)
    if best.n_beyond == 0:
        return QUIET
    return TailExcess(
        side=best.side,
        n_beyond=best.n_beyond,
        limit=best.limit,
        expected=best.expected,
        p=min(1.0, best.p * len(sides)),
        shape=best.shape,
        rows=best.rows,
    )
