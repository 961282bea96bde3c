"""Orders of the labels that would fit the features better than the one they stand in."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from rung.core.errors import Unavailable
from rung.core.experiment import Estimate
from rung.core.marks import fact
from rung.facts.folds import Folds
from rung.facts.learners import nonlinear
from rung.facts.matrix import Matrix, encode
from rung.facts.out_of_fold import NonlinearScores, out_of_fold
from rung.facts.schema import Schema
from rung.facts.score import Metric, estimate
from rung.facts.target import Target
from rung.inputs.case import Train
from rung.inputs.settings import Settings
from rung.inputs.table import Rows, Table
from rung.stats.alignment import ShiftScan, explained, explained_p, orthonormal, scan_shifts
from rung.stats.arrays import midranks
from rung.stats.association import auc_columns, spearman_columns

Floats = NDArray[np.float64]
WINDOW = 20_000  # consecutive rows are enough for any shift that still has signal, and keep the transform short
DIRECTIONS = 60
MAX_FEATURES = 120
MAX_KEYS = 40
WORTH_A_FIT = 1e-3  # chance of so good an order among unrelated rows, below which five fits are spent on it


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelOrder:
    """One other order: the label of row i would be label `order[i]` of the table as it stands.

    kind : 'shift', 'reversal' or 'sort'.   lag : rows of the shift.   key : column by which the labels are sorted, '' for none.
    best, present, second, typical : shares of the labels' variance that a linear fit explains in this order, as they stand, in the next
    best order and in a typical one.   p : chance of one so good among all orders tried.
    copy : how nearly one column alone gives the labels in this order, 0..1.   repeated : how far above chance one column holds the very values of
    the labels in this order, up to origin and scale, 0..1: what the target was in another row.
    """

    kind: str
    order: Rows
    lag: int
    key: str
    best: float
    present: float
    second: float
    typical: float
    p: float
    copy: float
    repeated: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelOrders:
    """What was tried.

    best : the likeliest other order.   present, present_p : linear signal as the rows stand, and its chance without any.
    sorted_labels : whether the labels never fall or never rise along the rows.   trend_p : chance of the labels' drift along the rows.
    rows : rows looked at.   directions : of the features.   tried : orders tried.
    """

    best: LabelOrder
    present: float
    present_p: float
    sorted_labels: bool
    trend_p: float
    rows: int
    directions: int
    tried: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RepairedOrder:
    """Out-of-fold scores of the same learner with the labels as they stand and in the best other order."""

    before: Estimate
    after: Estimate


@fact(cost="pass")
def label_orders(train: Train, matrix: Matrix, target: Target, schema: Schema) -> LabelOrders:
    """Try every shift of the labels, forwards and backwards, and the order of every column that could have been a key."""
    n = min(train.table.n_rows, WINDOW)
    limit = int(np.clip(n // 15, 3, DIRECTIONS))
    features = plain_features(train.table, matrix, np.arange(n))
    u, v = orthonormal(features, limit), label_directions(target, np.arange(n))
    if not u.shape[1] or not v.shape[1]:
        raise Unavailable("features or labels do not vary")
    k, c = u.shape[1], v.shape[1]
    present, trend_p = explained(u, v), drift_p(v)
    found = [*_shifts(u, target, n), *_sorts(train.table, schema, target, u, trend_p)]
    best = min(found, key=lambda each: (each.p, -each.best))
    last = target.y[target.known]
    steps = np.diff(last)
    return LabelOrders(
        best=replace(best, copy=_copy(features, target, best.order[:n]), repeated=_repeated(train.table, matrix, target, best.order[:n])),
        present=present,
        present_p=explained_p(present, n, k, c),
        sorted_labels=bool(len(steps) and ((steps >= 0).all() or (steps <= 0).all()) and steps.any()),
        trend_p=trend_p,
        rows=n,
        directions=k,
        tried=2 * n + max(len(found) - 2, 0),
    )


def plain_features(table: Table, matrix: Matrix, rows: Rows) -> Floats:
    """Ranks, their distance from the middle, missingness, and the commonest levels: what a linear fit can use of any column."""
    encoders = matrix.encoders[:MAX_FEATURES]
    x = encode(table.take(rows), encoders)
    parts: list[Floats] = []
    for place, encoder in enumerate(encoders):
        column = x[:, place]
        if encoder.labels is not None:
            parts += [(column == code).astype(float) for code in range(4)]
            continue
        missing = np.isnan(column)
        rank = np.where(
            missing, 0.0, midranks(np.where(missing, np.nanmedian(column) if not missing.all() else 0.0, column)) / len(column) - 0.5
        )
        parts += [rank, np.abs(rank), missing.astype(float)]
    return np.column_stack(parts)


def label_directions(target: Target, rows: Rows) -> Floats:
    """The labels of these rows as orthonormal columns: ranks for numbers, indicators of the commonest classes; 0 where missing."""
    y = target.y[rows]
    known = ~np.isnan(y)
    if known.sum() < 2:
        return np.empty((len(y), 0))
    if not target.is_classification:
        ranks = np.zeros(len(y))
        ranks[known] = midranks(y[known]) / known.sum() - 0.5
        return orthonormal(ranks[:, None], 1)
    common = np.argsort(-np.bincount(y[known].astype(int)))[:10]
    return orthonormal(np.column_stack([(y == code).astype(float) for code in common]), len(target.classes) - 1)


def drift_p(v: Floats, blocks: int = 10) -> float:
    """Chance that labels in no order differ so much between ten equal stretches of rows."""
    place = np.arange(len(v)) * blocks // max(len(v), 1)
    steps = orthonormal((place[:, None] == np.arange(blocks)).astype(float), blocks - 1)
    return explained_p(explained(steps, v), len(v), steps.shape[1], v.shape[1]) if steps.shape[1] else 1.0


def _shifts(u: Floats, target: Target, n: int) -> list[LabelOrder]:
    total = len(target.y)
    straight, turned = np.arange(total), np.arange(total)[::-1]
    forward, backward = (scan_shifts(u, label_directions(target, order[:n])) for order in (straight, turned))
    present = forward.present
    whole = backward.present >= backward.best  # turned over without a shift
    back = replace(backward, lag=0, best=backward.present, second=max(backward.best, backward.typical)) if whole else backward
    p_back = min(1.0, 2 * (backward.p if not whole else _plain_p(backward, u, target, n)))
    return [
        _order("shift", np.roll(straight, -forward.lag), forward, present, min(1.0, 2 * forward.p)),
        _order("reversal", np.roll(turned, -back.lag), back, present, p_back),
    ]


def _plain_p(scan: ShiftScan, u: Floats, target: Target, n: int) -> float:
    share = 1 - (1 - scan.present) ** (1 / scan.spread)
    return min(1.0, n * explained_p(share, n, u.shape[1], max(1, label_directions(target, np.arange(n)).shape[1])))


def _order(kind: str, order: Rows, scan: ShiftScan, present: float, p: float, key: str = "") -> LabelOrder:
    return LabelOrder(
        kind=kind, order=order, lag=scan.lag, key=key, best=scan.best, present=present, second=scan.second, typical=scan.typical, p=p, copy=0.0
    )  # fmt: skip


def _sorts(table: Table, schema: Schema, target: Target, u: Floats, trend_p: float) -> list[LabelOrder]:
    """Labels that stand in the order of a key while the rows do not. Labels that drift along the rows fit any key: left out."""
    n, total = len(u), table.n_rows
    keys = [each.name for each in schema.columns if each.role != "target" and each.kind != "empty" and each.n_distinct >= max(20, n // 20)]
    if trend_p < 0.01 or total > 1_000_000:
        return []
    found = []
    present, typical = explained(u, label_directions(target, np.arange(n))), u.shape[1] / n
    for name in keys[:MAX_KEYS]:
        order = np.empty(total, dtype=np.int64)
        order[table.column(name).arg_sort(nulls_last=True).to_numpy()] = np.arange(total)
        if np.array_equal(order, np.arange(total)):
            continue
        v = label_directions(target, order[:n])
        share = explained(u, v)
        p = min(1.0, len(keys) * explained_p(share, n, u.shape[1], v.shape[1]))
        scan = ShiftScan(lag=0, best=share, present=present, second=typical, typical=typical, p=p, spread=1.0)
        found.append(_order("sort", order, scan, present, p, key=name))
    return found


def _copy(features: Floats, target: Target, order: Rows) -> float:
    """The best single column's rank agreement with the reordered labels, 0 none to 1 complete."""
    y = target.y[order]
    known = ~np.isnan(y)
    if not target.is_classification:
        return float(np.nanmax(np.abs(spearman_columns(features[known], y[known])), initial=0.0))
    codes = np.unique(y[known])[:5]
    each = [np.abs(2 * auc_columns(features[known], (y[known] == code).astype(float)) - 1) for code in codes]
    return float(np.nanmax(each, initial=0.0))


def _repeated(table: Table, matrix: Matrix, target: Target, order: Rows) -> float:
    """The most that a column of numbers, on the scale of the labels, equals the reordered labels above chance (Cohen's kappa)."""
    columns = tuple(each for each in matrix.encoders[:MAX_FEATURES] if each.labels is None)
    x = encode(table.take(np.arange(len(order))), columns)
    y = target.y[order]
    found = [_kappa(_on_scale(column[both], y[both]), y[both]) for column in x.T if (both := ~np.isnan(column) & ~np.isnan(y)).sum() > 1]
    return max(found, default=0.0)


def _on_scale(column: Floats, y: Floats) -> Floats:
    """The column under the straight line that most steps from row to row agree on, rounded as the labels are told apart."""
    steps, rises = np.diff(column), np.diff(y)
    moved = steps != 0
    if not moved.any():
        return column
    scale = float(np.median(rises[moved] / steps[moved]))
    moved_over = column * scale
    moved_over += float(np.median(y - moved_over))
    values = np.unique(y)
    nearest = values[np.clip(np.searchsorted(values, moved_over), 0, len(values) - 1)]
    before = values[np.clip(np.searchsorted(values, moved_over) - 1, 0, len(values) - 1)]
    nearest = np.where(np.abs(before - moved_over) < np.abs(nearest - moved_over), before, nearest)
    return np.where(np.isclose(nearest, moved_over), nearest, np.inf)


def _kappa(left: Floats, right: Floats) -> float:
    values, codes = np.unique(np.concatenate([left, right]), return_inverse=True)
    shares = [np.bincount(side, minlength=len(values)) / len(left) for side in np.split(codes, 2)]
    chance = float(shares[0] @ shares[1])
    return (float((left == right).mean()) - chance) / (1 - chance) if chance < 1 else 0.0


@fact(cost="fits")
def repaired_order(
    orders: LabelOrders, scores: NonlinearScores, matrix: Matrix, folds: Folds, metric: Metric, target: Target, settings: Settings
) -> RepairedOrder:
    """Fit on the reordered labels, same rows and folds. Unavailable where no order is better than chance would find."""
    best = orders.best
    if best.p > WORTH_A_FIT or best.best <= best.present:
        raise Unavailable("no other order of the labels fits better")
    y = target.y[best.order[matrix.rows]]
    kept = np.flatnonzero(~np.isnan(y))
    other = replace(matrix, x=matrix.x[kept], y=y[kept], rows=matrix.rows[kept])
    learner = nonlinear(metric.task, metric.n_classes, metric.positive, matrix.categorical, settings.seed)
    after = out_of_fold("reordered", learner, other, replace(folds, fold=folds.fold[kept]), metric)
    return RepairedOrder(before=estimate(scores.result, metric), after=estimate(after, metric))
