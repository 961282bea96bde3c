"""Whether the shares of some groups changed and nothing within them: a change of mix."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from rung.core.errors import Unavailable
from rung.core.marks import fact
from rung.facts.column_shift import ks_p
from rung.facts.current_drift import CurrentDrifts, Drift
from rung.facts.matrix import Floats, numbers_of
from rung.facts.sample import draw, take
from rung.facts.schema import Schema
from rung.inputs.case import Current, Train
from rung.inputs.settings import Settings
from rung.inputs.table import Table
from rung.stats.expected import effective_rows

MAX_ROWS = 30_000
MAX_GROUPS = 30
MAX_COLUMNS = 40
P_LEFT = 0.001  # a column whose distance is beyond this once the mix is made equal has moved within the groups too
SIZE_LEFT = 0.05  # unless what is left is smaller than that: no estimate of shares is exact


@dataclass(frozen=True, slots=True, kw_only=True)
class MixColumn:
    """One column whose shares changed, and what becomes of the other columns when reference rows are weighted to its new shares.

    labels, before, after : its groups and their shares.   undone : columns that moved and no longer do.   left : columns that still do, with
    their distances before and after.   new_share : production rows of groups that the reference lacks.
    """

    name: str
    distance: float
    labels: tuple[str, ...]
    before: tuple[float, ...]
    after: tuple[float, ...]
    undone: tuple[str, ...]
    left: tuple[tuple[str, float, float], ...]
    new_share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Mix:
    """Candidates, the one that undoes most first."""

    columns: tuple[MixColumn, ...]


@fact(cost="pass")
def mix(train: Train, current: Current, schema: Schema, drifts: CurrentDrifts, settings: Settings) -> Mix:
    """Weight at most 30,000 reference rows to the production shares of each column that moved, and compare the others again."""
    moved = [each for each in drifts.columns if each.p_sampling < P_LEFT and each.size >= SIZE_LEFT]
    groups = [each for each in moved if each.shift.labels and 2 <= _n_levels(schema, each.name) <= MAX_GROUPS]
    if schema.groups is not None and 2 <= _n_levels(schema, schema.groups) <= MAX_GROUPS and schema.groups in current.table.columns:
        names = [each.name for each in groups]
        candidates = [*names, *([schema.groups] if schema.groups not in names else [])]
    else:
        candidates = [each.name for each in groups]
    if not candidates:
        raise Unavailable("no column of groups changed its shares")
    a, b = (take(table, draw(table, MAX_ROWS, settings.seed)) for table in (train.table, current.table))
    found = [_weighted(name, a, b, [each for each in moved if each.name != name][:MAX_COLUMNS]) for name in candidates[:10]]
    return Mix(columns=tuple(sorted(found, key=lambda each: (len(each.left), -len(each.undone), -each.distance))))


def _n_levels(schema: Schema, name: str) -> int:
    return schema.column(name).n_distinct


def _weighted(name: str, a: Table, b: Table, others: list[Drift]) -> MixColumn:
    texts = [table.column(name).cast(pl.String).fill_null("(missing)") for table in (a, b)]
    levels = sorted(set(texts[0].unique().to_list()))
    shares = [np.array([float((each == level).sum()) for level in levels]) / max(each.len(), 1) for each in texts]
    new = max(0.0, 1 - float(shares[1].sum()))
    ratio = shares[1] / np.maximum(shares[0], 1e-12)
    place = texts[0].replace_strict({level: position for position, level in enumerate(levels)}, return_dtype=pl.Int64).to_numpy()
    weights = ratio[place]
    left, undone = [], []
    for each in others:
        after, p = _distance(each, a.column(each.name), b.column(each.name), weights)
        (left if p < P_LEFT and after >= max(SIZE_LEFT, 0.25 * each.size) else undone).append((each.name, each.size, after))
    order = np.argsort(-np.abs(shares[1] - shares[0]), kind="stable")[:12]
    return MixColumn(
        name=name, distance=float(np.abs(shares[1] - shares[0]).sum() / 2), labels=tuple(levels[each] for each in order),
        before=tuple(shares[0][order].tolist()), after=tuple(shares[1][order].tolist()), undone=tuple(each[0] for each in undone),
        left=tuple(left), new_share=new,
    )  # fmt: skip


def _distance(drift: Drift, x: pl.Series, y: pl.Series, weights: Floats) -> tuple[float, float]:
    """Distance of production to the weighted reference, with its p-value at the effective number of rows."""
    if drift.shift.kind == "numeric" and y.dtype.is_numeric():
        a, b = numbers_of(x, "numeric"), numbers_of(y, "numeric")
        known, b = np.isfinite(a), np.sort(b[np.isfinite(b)])
        a, w = a[known], weights[known]
        if not a.size or not b.size or w.sum() <= 0:
            return 1.0, 0.0
        order = np.argsort(a, kind="stable")
        a, w = a[order], w[order]
        cumulative = np.concatenate([[0.0], np.cumsum(w)]) / w.sum()
        grid = np.unique(np.concatenate([a, b])[:: max(1, (a.size + b.size) // 4_000)])
        gaps = cumulative[np.searchsorted(a, grid, "right")] - np.searchsorted(b, grid, "right") / b.size
        distance = float(np.abs(gaps).max())
        return distance, ks_p(distance, effective_rows(w), b.size)
    s, t = x.cast(pl.String), y.cast(pl.String)
    levels = s.drop_nulls().unique().sort().to_list()[:200]
    p = np.array([float(weights[(s == level).fill_null(value=False).to_numpy()].sum()) for level in levels]) / max(
        float(weights.sum()), 1e-12
    )
    q = np.array([float((t == level).sum()) for level in levels]) / max(t.len(), 1)
    size = effective_rows(weights)
    noise = float(np.sqrt(2 / np.pi * p * (1 - np.minimum(p, 1)) * (1 / max(size, 1) + 1 / max(t.len(), 1))).sum() / 2)
    distance = float(np.abs(p - q).sum() / 2)
    # Without a law for weighted counts: four times what chance gives on average is beyond one in a thousand.
    return max(0.0, distance - noise), 0.0 if distance > 4 * noise else 1.0
