"""Rows in time: how training and test lie to each other, what a split at random gains, and columns that hold the future."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from rung.core.errors import Unavailable
from rung.core.experiment import Estimate
from rung.core.marks import fact
from rung.facts.folds import Folds
from rung.facts.learners import Learner
from rung.facts.matrix import Matrix, encode, numbers_of
from rung.facts.memoriser import memoriser
from rung.facts.out_of_fold import out_of_fold
from rung.facts.schema import Schema
from rung.facts.score import FoldScores, Metric
from rung.facts.target import Target
from rung.inputs.case import Test, Train
from rung.inputs.settings import Settings
from rung.inputs.table import Table
from rung.stats.distributions import two_sided_t

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
MAX_ROWS = 3_000
N_BLOCKS = 5  # the first is only trained on
N_DRAWS = 8  # orders at random with which the order in time is compared
N_TREES = 12
LEADS = (1, 2, 3, 5, 7)
MAX_COLUMNS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeGap:
    """A remembering forest on folds forward in time, and on blocks of the same sizes drawn at random.

    interleaved : share of test rows that are earlier than the last twentieth of training, NaN without test times.
    gap : random minus forward; where nothing depends on time, the order in time is one more order at random, and the interval (t distribution,
    99 %) is that of a further draw.   train_times, test_times : shares in twenty common bins.
    """

    column: str
    interleaved: float
    random: FoldScores
    forward: FoldScores
    gap: Estimate
    edges: tuple[float, ...]
    train_times: tuple[float, ...]
    test_times: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lead:
    """A column that holds the target of a later row.

    steps : rows ahead (of a mean: its width).   agreement : share of rows on which it does.   persistence : the same for the target's own present value.
    """

    column: str
    steps: int
    mean: bool
    agreement: float
    persistence: float
    n: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Leads:
    """Columns of the future, surest first."""

    time: str
    leads: tuple[Lead, ...]


def times_of(table: Table, schema: Schema) -> Floats:
    """The time column as numbers (days for dates). Raises Unavailable where there is none."""
    if schema.time is None or schema.time not in table.columns:
        raise Unavailable("needs a time column (--time)")
    series = table.column(schema.time)
    return numbers_of(series, "numeric" if series.dtype.is_numeric() else "datetime", schema.column(schema.time).date_format)


@fact(cost="fits")
def time_gap(
    train: Train, test: Test | None, schema: Schema, matrix: Matrix, target: Target, metric: Metric, settings: Settings
) -> TimeGap:
    """12 to 36 small forests on at most 3,000 rows: draws end once the order in time lies among them."""
    when = times_of(train.table, schema)
    known = np.flatnonzero(np.isfinite(when) & target.known)
    if len(known) < 60 or len(np.unique(when[known])) < 2 * N_BLOCKS:
        raise Unavailable("too few rows or moments in time")
    rng = settings.rng("time gap")
    # A stretch without holes where the table is larger: neighbours in time must stay neighbours.
    ordered = known[np.argsort(when[known], kind="stable")]
    rows = ordered if len(ordered) <= MAX_ROWS else np.concatenate([part[: MAX_ROWS // 8] for part in np.array_split(ordered, 8)])
    cut = Matrix(
        x=encode(train.table.take(rows), matrix.encoders),
        y=target.y[rows],
        names=matrix.names,
        categorical=matrix.categorical,
        rows=rows,
        encoders=matrix.encoders,
    )
    edges = np.quantile(when[rows], np.linspace(0, 1, N_BLOCKS + 1)[1:-1])
    forward = np.searchsorted(edges, when[rows], side="right").astype(np.int64) - 1
    learner = memoriser(metric.task, metric.n_classes, metric.positive, N_TREES)
    scores = [_scored(learner, cut, forward, metric)]
    for _ in range(N_DRAWS):
        scores.append(_scored(learner, cut, rng.permutation(forward), metric))
        if _usual(scores[0].mean, np.array([each.mean for each in scores[1:]])):
            break
    later = times_of(test.table, schema) if test is not None and schema.time in test.table.columns else np.empty(0)
    return TimeGap(column=str(schema.time), gap=_gap(scores), forward=scores[0], random=scores[1], **_placed(when, later))  # type: ignore[arg-type]


def _usual(forward: float, drawn: Floats) -> bool:
    """Whether the order in time is one more order at random, so that further draws would only say so again."""
    return bool((len(drawn) >= 2 and forward >= drawn.min()) or (len(drawn) >= 4 and forward >= drawn.mean() - 2 * drawn.std(ddof=1)))


def _scored(learner: Learner, cut: Matrix, blocks: Ints, metric: Metric) -> FoldScores:
    return out_of_fold("blocks", learner, cut, Folds(fold=blocks, n_folds=N_BLOCKS - 1, scheme="forward"), metric)


def _gap(scores: list[FoldScores]) -> Estimate:
    drawn = np.array([each.mean for each in scores[1:]])
    value = float(drawn.mean()) - scores[0].mean
    half = float(two_sided_t(0.99, len(drawn) - 1) * float(drawn.std(ddof=1)) * np.sqrt(1 + 1 / len(drawn)))
    return Estimate(value=value, low=value - half, high=value + half, n=len(scores[0].y))


def _placed(when: Floats, later: Floats) -> dict[str, object]:
    when, later = when[np.isfinite(when)], later[np.isfinite(later)]
    both = np.concatenate([when, later])
    edges = np.linspace(both.min(), max(both.max(), both.min() + 1e-9), 21)
    shares = [np.histogram(each, edges)[0] / max(1, len(each)) for each in (when, later)]
    return {
        "interleaved": interleaved(when, later),
        "edges": tuple(edges),
        "train_times": tuple(shares[0]),
        "test_times": tuple(shares[1]),
    }


def interleaved(when: Floats, later: Floats) -> float:
    """Share of the later table's rows that are earlier than the last twentieth of the first one's; NaN without a time."""
    when, later = when[np.isfinite(when)], later[np.isfinite(later)]
    return float((later < np.quantile(when, 0.95)).mean()) if len(later) and len(when) else float("nan")


def mixed(share: float) -> str:
    """How training and test lie to each other in time, in words."""
    return (
        "A split at random would mix past and future"
        if np.isnan(share)
        else f"{share:.0%} of the test rows are earlier than training's latest"
    )


@fact(cost="pass")
def leads(train: Train, schema: Schema, target: Target) -> Leads:
    """Put the rows in order of time (within each declared group) and compare every number with later targets."""
    when = times_of(train.table, schema)
    known = np.flatnonzero(np.isfinite(when) & target.known)
    entity = np.zeros(train.table.n_rows, dtype=np.int64)
    if schema.groups is not None:
        entity = train.table.column(schema.groups).cast(pl.String).fill_null("").rank("dense").to_numpy().astype(np.int64)
    order = known[np.lexsort((when[known], entity[known]))][:100_000]
    if len(order) < 40 or (schema.groups is None and len(np.unique(when[order])) < 0.9 * len(order)):
        raise Unavailable("rows share their moments in time: none follows another")
    y, who = target.y[order], entity[order]
    found = []
    for column in schema.features_of("numeric", "boolean", "category")[:MAX_COLUMNS]:
        x = _as_target(train.table.column(column.name)[order], target)
        found += [] if x is None else list(_of_column(column.name, x, y, who))
    return Leads(time=str(schema.time), leads=tuple(sorted(found, key=lambda each: -each.agreement)))


def _as_target(series: pl.Series, target: Target) -> Floats | None:
    """The column in the target's own values, None where it has others."""
    from rung.facts.target import coded

    if target.is_classification:
        codes = coded(series, target.classes)
        return codes if np.isnan(codes).sum() <= series.null_count() + 10 else None
    return numbers_of(series, "numeric") if series.dtype.is_numeric() else None


def _of_column(name: str, x: Floats, y: Floats, who: Ints) -> Iterator[Lead]:
    best: Lead | None = None
    for steps in LEADS:
        for mean in (False, True) if steps > 1 else (False,):
            later = _later(y, who, steps, mean)
            asked = np.isfinite(x) & np.isfinite(later)
            if asked.sum() < 30:
                continue
            scale = 1e-6 * np.abs(later[asked]) + 1e-9
            agreement = float((np.abs(x[asked] - later[asked]) <= scale).mean())
            if best is None or agreement > best.agreement:
                own = float((np.abs(y[asked] - later[asked]) <= scale).mean())
                best = Lead(column=name, steps=steps, mean=mean, agreement=agreement, persistence=own, n=int(asked.sum()))
    if best is not None and best.agreement > best.persistence:
        yield best


def _later(y: Floats, who: Ints, steps: int, mean: bool) -> Floats:
    """The target `steps` rows later, or the mean of the next `steps` targets; NaN at the end of each entity."""
    shifted = []
    for step in range(1, steps + 1):
        moved = np.full(len(y), np.nan)
        moved[:-step] = np.where(who[step:] == who[:-step], y[step:], np.nan)
        shifted.append(moved)
    return np.mean(shifted, axis=0) if mean else shifted[-1]
