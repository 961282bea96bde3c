"""Labels that have not come yet: which rows are ripe, and in what the early ones differ."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from rung.core.errors import Unavailable
from rung.core.experiment import Estimate
from rung.core.marks import fact
from rung.facts.current_scores import CurrentScores
from rung.facts.goal import CurrentLabels, Goal
from rung.facts.matrix import Floats, numbers_of
from rung.facts.reference_columns import ReferenceColumns
from rung.facts.schema import date_format
from rung.inputs.case import Current, Train
from rung.inputs.contract import Contract
from rung.inputs.table import Table
from rung.stats.association import auc_columns, null_auc_sd
from rung.stats.distributions import normal_p, two_sided_z
from rung.stats.expected import pooled
from rung.stats.maturity import early_bias

AGES = 12
STRATA = 4
MAX_COLUMNS = 60
COMPLETE = 0.99  # labelled share from which nothing is missing
# Rows of an age count as ripe when their labelled share comes this close to that of the oldest; by hand: a twentieth of late labels moves no rate much.
NEAR = 0.95
FAR = 0.75  # share of the ripe rows' labelled share below which an age is far from ripe; by hand
NOISE = 2.0  # standard errors that chance is given when ages are told ripe from unripe
MIN_SIDE = 20
SCORE = "the model's score"  # among names of columns, one of which may be 'score'


@dataclass(frozen=True, slots=True, kw_only=True)
class Delay:
    """How labels come.

    ripe : shape (n_rows,), rows old enough for their label, None where age does not matter or is not known.   ages, shares : middle age of a
    group of rows (days, or units of the time column) and its labelled share, youngest first.   ripe_from : that age, NaN where none is.
    labelled, waiting : rows.   early : labelled rows that are not ripe.
    differs : (column or `SCORE`, AUC of labelled against waiting rows of one age, p-value), surest first.
    bias : mean outcome of early labels minus that of all labels once they have come; score_bias : the same for the score's AUC.
    method : how the bias was estimated.
    """

    ripe: NDArray[np.bool_] | None
    ages: tuple[float, ...]
    shares: tuple[float, ...]
    ripe_from: float
    labelled: int
    waiting: int
    early: int
    differs: tuple[tuple[str, float, float], ...]
    bias: Estimate | None
    rate: float
    method: str
    time: str | None


@fact(cost="pass")
def delay(
    current: Current, labels: CurrentLabels, goal: Goal, columns: ReferenceColumns, contract: Contract, scores: CurrentScores | None,
    train: Train | None,
) -> Delay:  # fmt: skip
    """Unavailable where every production row has its label."""
    known = ~np.isnan(labels.y)
    if known.mean() >= COMPLETE:
        raise Unavailable("every production row has its label")
    when = clock(current.table, columns.time)
    came = clock(current.table, contract.label_time)
    age = _ages(when, came)
    edges = np.unique(np.quantile(age, np.linspace(0, 1, AGES + 1))) if age is not None else np.empty(0)
    group = (
        np.clip(np.searchsorted(edges, age, "right") - 1, 0, max(edges.size - 2, 0)) if age is not None else np.zeros(len(known), dtype=int)
    )
    shares = np.bincount(group, known) / np.maximum(np.bincount(group), 1)
    ripe, start = _ripe(known, group, shares, edges) if age is not None else (None, math.nan)
    young = ~ripe if ripe is not None else np.ones(len(known), dtype=bool)
    differs = _differs(current.table, known, young, group, columns, scores)
    outcome = _outcome(labels.y, goal)
    bias, method = _bias(
        outcome, known, young, age, when, came, ripe, group if age is not None else None, scores, train, columns, contract, goal
    )
    middles = [float(np.median(age[group == each])) for each in range(len(shares)) if (group == each).any()] if age is not None else []
    return Delay(
        ripe=ripe, ages=tuple(middles), shares=tuple(shares[np.bincount(group, minlength=len(shares)) > 0].tolist()) if age is not None else (),
        ripe_from=start, labelled=int(known.sum()), waiting=int((~known).sum()), early=int((known & young).sum()), differs=differs, bias=bias,
        rate=float(outcome[known & young].mean()) if outcome is not None and (known & young).any() else math.nan, method=method,
        time=columns.time if age is not None else None,
    )  # fmt: skip


def clock(table: Table, name: str | None) -> Floats | None:
    """A column of times as numbers (days for dates), None where there is none that reads as such."""
    if name is None or name not in table.columns:
        return None
    series = table.column(name)
    if series.dtype.is_numeric():
        return numbers_of(series, "numeric")
    found = numbers_of(series, "datetime", "" if series.dtype.is_temporal() else date_format(series.drop_nulls().cast(pl.String)))
    return found if np.isfinite(found).any() else None


def _ages(when: Floats | None, came: Floats | None) -> Floats | None:
    if when is None or not np.isfinite(when).all():
        return None
    now = max(float(when.max()), float(np.nanmax(came)) if came is not None and np.isfinite(came).any() else -math.inf)
    age = now - when
    return age if np.ptp(age) > 0 else None


def _ripe(known: NDArray[np.bool_], group: NDArray[np.int64], shares: Floats, edges: Floats) -> tuple[NDArray[np.bool_] | None, float]:
    """Rows of the ages from which on the labelled share no longer rises; None where it does not rise at all, no row where it has not stopped yet."""
    counts = np.bincount(group)
    # The oldest third tells how many labels ever come.
    old = np.arange(len(shares)) >= len(shares) * 2 // 3
    final = float(np.average(shares[old], weights=counts[old])) if counts[old].sum() else 1.0
    noise = NOISE * np.sqrt(final * (1 - final) / np.maximum(counts, 1))
    # The share can only rise with age: what falls is noise, and is evened out.
    good = pooled(shares, counts.astype(float)) >= NEAR * final - noise
    if good.all():
        return None, math.nan
    bad = np.flatnonzero(~good)
    first = int(bad[-1]) + 1
    if first >= len(shares):
        return np.zeros(len(known), dtype=bool), math.nan
    ripe = group >= first
    return (ripe, float(edges[first])) if not _rises(known[ripe], group[ripe], final) else (np.zeros(len(known), dtype=bool), math.nan)


def _rises(known: NDArray[np.bool_], group: NDArray[np.int64], final: float) -> bool:
    """Whether the older half of these rows has more labels than the younger half, by twice what counts as ripe."""
    old = group > (group.min() + group.max()) / 2
    if min(old.sum(), (~old).sum()) < MIN_SIDE:
        return False
    a, b = known[old], known[~old]
    error = math.sqrt(a.mean() * (1 - a.mean()) / a.size + b.mean() * (1 - b.mean()) / b.size)
    return bool(a.mean() - b.mean() > max(2 * (1 - NEAR) * final, NOISE * error))


def _outcome(y: Floats, goal: Goal) -> Floats | None:
    if goal.target.task == "multiclass":
        return None
    return np.where(np.isnan(y), np.nan, y == goal.target.positive) if goal.target.task == "binary" else y


def _differs(
    table: Table, known: NDArray[np.bool_], young: NDArray[np.bool_], group: NDArray[np.int64], columns: ReferenceColumns,
    scores: CurrentScores | None,
) -> tuple[tuple[str, float, float], ...]:  # fmt: skip
    """Columns by which labelled rows differ from waiting rows of the same age: AUCs within groups of age, joined by their precision."""
    names = [
        each.name for each in columns.columns
        if each.role == "feature" and not each.clock and each.kind in ("numeric", "boolean", "category") and each.name in table.columns
    ][:MAX_COLUMNS]  # fmt: skip
    x = [_numbers(table.column(name)) for name in names]
    if scores is not None and scores.predicted.score.ndim == 1:
        score = np.full(table.n_rows, np.nan)
        score[scores.predicted.rows] = scores.predicted.score
        names, x = [SCORE, *names], [score, *x]
    if not x:
        return ()
    matrix = np.column_stack(x)
    top, total = np.zeros(len(names)), np.zeros(len(names))
    for each in np.unique(group[young]):
        rows = young & (group == each)
        n, m = int((known & rows).sum()), int((~known & rows).sum())
        if min(n, m) < MIN_SIDE:
            continue
        auc = auc_columns(matrix[rows], known[rows])
        weight = 1 / null_auc_sd(n, m) ** 2
        top += np.nan_to_num(auc - 0.5) * weight
        total += weight
    if not total.any():
        return ()
    mean, z = top / total, top / np.sqrt(total)
    found = [(name, 0.5 + float(gap), normal_p(float(each))) for name, gap, each in zip(names, mean, z, strict=True)]
    return tuple(sorted(found, key=lambda each: each[2]))


def _numbers(series: pl.Series) -> Floats:
    if series.dtype.is_numeric() or series.dtype == pl.Boolean:
        return numbers_of(series, "numeric")
    counts = series.cast(pl.String).value_counts(name="n").sort(["n", series.name], descending=[True, False])
    codes = dict(zip(counts[series.name].to_list(), range(counts.height), strict=True))
    return series.cast(pl.String).replace_strict(codes, default=None, return_dtype=pl.Float64).to_numpy().astype(float)


def _bias(
    outcome: Floats | None, known: NDArray[np.bool_], young: NDArray[np.bool_], age: Floats | None, when: Floats | None, came: Floats | None,
    ripe: NDArray[np.bool_] | None, group: NDArray[np.int64] | None, scores: CurrentScores | None, train: Train | None, columns: ReferenceColumns, contract: Contract, goal: Goal,
) -> tuple[Estimate | None, str]:  # fmt: skip
    """What early labels would have said where all have come; else what the waiting rows' scores let expect."""
    if outcome is None:
        return None, ""
    if age is not None and came is not None and when is not None:
        limit = float(np.median(age[young])) if young.any() else float(np.median(age))
        past = _of_reference(train, columns, contract, goal)
        if past is not None:
            return _early_minus_all(past[0], past[1], limit), "reference rows, by when their labels came"
        done = known & (ripe if ripe is not None else False) & np.isfinite(came)
        if done.sum() >= 2 * MIN_SIDE:
            return _early_minus_all(came[done] - when[done], outcome[done], limit), "ripe production rows, by when their labels came"
    score = np.full(len(known), np.nan)
    if scores is not None and scores.predicted.score.ndim == 1:
        score[scores.predicted.rows] = scores.predicted.score
    if ripe is not None and group is not None and goal.target.task == "binary":
        youngest = _youngest(known, ripe, group)
        beside = early_bias(outcome, known, ripe, youngest, group, score)
        if beside is not None:
            how = "ripe rows of like score" if np.isfinite(score).any() else "ripe rows"
            return Estimate(value=beside.value, low=beside.low, high=beside.high, n=int((known & youngest).sum())), how
    if not np.isfinite(score).any():
        return None, ""
    return _by_score(outcome, known, young & np.isfinite(score), score), "labelled rows weighted to the scores of all rows of their age"


def _youngest(known: NDArray[np.bool_], ripe: NDArray[np.bool_], group: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Unripe rows of ages at which many labels are still to come, or all unripe ones: a little bias of many rows hides the large one of the youngest."""
    share = (np.bincount(group, known) / np.maximum(np.bincount(group), 1))[group]
    far = ~ripe & (share < FAR * known[ripe].mean()) if ripe.any() else ~ripe
    return far if (known & far).sum() >= MIN_SIDE else ~ripe


def _of_reference(train: Train | None, columns: ReferenceColumns, contract: Contract, goal: Goal) -> tuple[Floats, Floats] | None:
    """Delays and outcomes of reference rows whose label's time is known."""
    from rung.facts.target import coded

    if train is None or goal.target.name not in train.table.columns:
        return None
    when, came = clock(train.table, columns.time), clock(train.table, contract.label_time)
    if when is None or came is None:
        return None
    series = train.table.column(goal.target.name)
    y = coded(series, goal.target.classes) if goal.target.is_classification else numbers_of(series, "numeric")
    outcome = _outcome(y, goal)
    kept = np.isfinite(came - when) & ~np.isnan(y)
    return (came - when)[kept], outcome[kept] if outcome is not None else y[kept]


def _early_minus_all(wait: Floats, outcome: Floats, limit: float) -> Estimate | None:
    early = wait <= limit
    if min(early.sum(), (~early).sum()) < MIN_SIDE:
        return None
    late_share = float((~early).mean())
    gap = float(outcome[early].mean() - outcome[~early].mean())
    error = math.hypot(float(outcome[early].std()) / math.sqrt(early.sum()), float(outcome[~early].std()) / math.sqrt((~early).sum()))
    half = two_sided_z(0.95) * error * late_share
    return Estimate(value=gap * late_share, low=gap * late_share - half, high=gap * late_share + half, n=len(wait))


def _by_score(outcome: Floats, known: NDArray[np.bool_], young: NDArray[np.bool_], score: Floats) -> Estimate | None:
    """Outcomes of labelled rows, weighted so that their scores are distributed as those of all young rows."""
    labelled = known & young
    if min(labelled.sum(), (young & ~known).sum()) < MIN_SIDE:
        return None
    edges = np.unique(np.quantile(score[young], np.linspace(0, 1, 11)[1:-1]))
    place = np.searchsorted(edges, score, "right")
    every, own = (np.bincount(place[rows], minlength=edges.size + 1).astype(float) for rows in (young, labelled))
    held = own > 0
    w = np.where(held, every / np.maximum(own, 1), 0.0)[place[labelled]]
    y = outcome[labelled]
    mean = float(np.average(y, weights=w))
    naive = float(y.mean())
    error = float(np.sqrt(np.sum(np.square((w / w.sum() - 1 / len(y)) * (y - mean)))))
    half = two_sided_z(0.95) * error
    return Estimate(value=naive - mean, low=naive - mean - half, high=naive - mean + half, n=len(y))
