"""How the target is distributed in training and in test rows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from rung.core.errors import Unavailable
from rung.core.marks import fact
from rung.facts.column_shift import ks_p
from rung.facts.how_split import HowSplit
from rung.facts.schema import Schema
from rung.facts.target import Target, TestTarget
from rung.inputs.case import Train
from rung.stats.clusters import independent_share
from rung.stats.divergence import categories_two_sample, ks_two_sample
from rung.stats.intervals import newcombe, wilson

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelShares:
    """Shares of the classes, or of 20 bins of the numbers, with the chance of such a difference.

    worst : the class that moved most beyond its interval.   least_gap, least_ratio : the least change of that class's share that its 95 %
    interval allows, in points and as a factor.   mean_gap, spread_gap : of numbers, in training standard deviations.
    step : largest gap between the two cumulative shares.
    forward : whether the rows have a time, so that the test rows are likely later ones.   Entities that are whole on one side count by what their
    rows are worth (see stats/clusters).
    """

    name: str
    classes: tuple[str, ...]
    train: tuple[float, ...]
    test: tuple[float, ...]
    edges: tuple[float, ...]
    p: float
    worst: int = 0
    least_gap: float = 0.0
    least_ratio: float = 1.0
    mean_gap: float = 0.0
    spread_gap: float = 0.0
    step: float = 0.0
    forward: bool = False


@fact(cost="pass")
def label_shares(target: Target, test: TestTarget, schema: Schema, split: HowSplit, train: Train) -> LabelShares:
    """Compare the two. Unavailable with fewer than 20 labels on either side."""
    a, b = target.y[target.known], test.y[~np.isnan(test.y)]
    if min(len(a), len(b)) < 20:
        raise Unavailable(f"only {min(len(a), len(b))} labels on one side")
    forward = schema.time is not None or split.kind == "forward"
    share = _worth(target, schema, train) if split.natural else 1.0
    return _classes(target, a, b, share, forward=forward) if target.is_classification else _numbers(target, a, b, share, forward=forward)


def _worth(target: Target, schema: Schema, train: Train) -> float:
    """Independent labels over labels, from how alike those of one declared entity are in training."""
    if schema.groups is None:
        return 1.0
    entity = train.table.column(schema.groups).cast(pl.String).fill_null("").rank("dense").to_numpy()[target.known]
    y = target.y[target.known]
    return independent_share(entity, y[:, None] == np.arange(len(target.classes)) if target.is_classification else y)


def _classes(target: Target, a: Floats, b: Floats, share: float, *, forward: bool) -> LabelShares:
    size = len(target.classes)
    counts = [np.bincount(each.astype(int), minlength=size) for each in (a, b)]
    worth = [share * each for each in counts]
    sizes = [float(each.sum()) for each in worth]
    gaps = [_least_gap(x, sizes[0], y, sizes[1]) for x, y in zip(*worth, strict=True)]
    ratios = [_least_ratio(x, sizes[0], y, sizes[1]) for x, y in zip(*worth, strict=True)]
    worst = int(np.argmax(gaps)) if max(gaps) > 0 else int(np.argmax(ratios))
    return LabelShares(
        name=target.name,
        classes=target.classes,
        train=tuple((counts[0] / len(a)).tolist()),
        test=tuple((counts[1] / len(b)).tolist()),
        edges=(),
        p=float(categories_two_sample(worth[0], worth[1]).p),
        worst=worst,
        least_gap=max(gaps),
        least_ratio=max(ratios),
        forward=forward,
    )


def _least_gap(x: float, n: float, y: float, m: float) -> float:
    gap = newcombe(x, n, y, m)
    return max(gap.low, -gap.high, 0.0)


def _least_ratio(x: float, n: float, y: float, m: float) -> float:
    a, b = wilson(x, n), wilson(y, m)
    return max(a.low / max(b.high, 1e-12), b.low / max(a.high, 1e-12), 1.0)


def _numbers(target: Target, a: Floats, b: Floats, share: float, *, forward: bool) -> LabelShares:
    edges = np.unique(np.quantile(np.r_[a, b], np.linspace(0, 1, 21)))
    edges = edges if len(edges) > 1 else np.array([edges[0] - 0.5, edges[0] + 0.5])
    shares = [tuple((np.histogram(each, edges)[0] / len(each)).tolist()) for each in (a, b)]
    # Limits of the middle: one far value must not hide or make a shift.
    low, high = np.quantile(a, [0.005, 0.995])
    inside = [np.clip(each, low, high) for each in (a, b)]
    sd = float(inside[0].std()) or 1.0
    ks = ks_two_sample(a, b)
    return LabelShares(
        name=target.name,
        classes=(),
        train=shares[0],
        test=shares[1],
        edges=tuple(edges.tolist()),
        p=float(ks.p) if share == 1 else ks_p(ks.statistic, share * len(a), share * len(b)),
        step=float(ks.statistic),
        mean_gap=float((inside[1].mean() - inside[0].mean()) / sd),
        spread_gap=float(inside[1].std() / sd - 1),
        forward=forward,
    )
