"""How far each column of another table lies from training, and what chance alone would give at these sizes."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

import numpy as np
import polars as pl

from rung.core.errors import Unavailable
from rung.core.marks import fact
from rung.facts.how_split import WHEN, Split, says_when, split_of
from rung.facts.matrix import numbers_of
from rung.facts.sample import draw
from rung.facts.schema import Column, Schema
from rung.inputs.case import Test, Train
from rung.inputs.model import Floats
from rung.inputs.settings import Settings
from rung.inputs.table import Table
from rung.stats.arrays import midranks
from rung.stats.distributions import chi2_tail, kolmogorov_tail
from rung.stats.divergence import pool_rare

MAX_ROWS = 20_000  # of each table: a distance of 0.02 is seen with these, far below any that matters
BINS = 20
ID_NAMES = re.compile(r"(^|_|\b)(id|ids|uuid|guid|key|index|idx|no|nr|number|row)(_|\b|$)|(Id|ID|Key)$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """One column in training and in the other table.

    distance : of the values, 0..1 (Kolmogorov-Smirnov, or total variation beyond what chance gives).   p : of that distance.
    missing_train, missing_other : shares.   missing_p : of their difference.
    edges, train_shares, other_shares : histogram on common edges; `labels` in place of edges for categories.
    median_train, median_other : NaN for categories.
    """

    name: str
    kind: str
    n: int
    m: int
    distance: float
    p: float
    missing_train: float
    missing_other: float
    missing_p: float
    edges: tuple[float, ...] = ()
    labels: tuple[str, ...] = ()
    train_shares: tuple[float, ...] = ()
    other_shares: tuple[float, ...] = ()
    median_train: float = math.nan
    median_other: float = math.nan


@dataclass(frozen=True, slots=True, kw_only=True)
class Shifts:
    """Every comparable feature of two tables.

    split : how the other rows were chosen, as far as the tables tell.   left_out : columns that move with time and are not compared.
    """

    columns: tuple[Shift, ...]
    split: Split
    n: int
    m: int
    left_out: tuple[str, ...]

    def of(self, name: str) -> Shift | None:
        """One column, None where it was not compared."""
        return next((each for each in self.columns if each.name == name), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class TestShifts:
    """Training rows against test rows."""

    __test__ = False
    shifts: Shifts


@dataclass(frozen=True, slots=True, kw_only=True)
class CurrentShifts:
    """Training rows against production rows."""

    shifts: Shifts


@fact(cost="pass")
def test_shifts(train: Train, test: Test, schema: Schema, settings: Settings) -> TestShifts:
    """Compare at most 20,000 rows of each."""
    return TestShifts(shifts=compare_tables(train.table, test.table, schema, settings))


def compare_tables(train: Table, other: Table, schema: Schema, settings: Settings) -> Shifts:
    """Every feature that both tables hold. Unavailable below 20 rows in either."""
    if min(train.n_rows, other.n_rows) < 20:
        raise Unavailable("needs 20 rows in both tables")
    split = split_of(train, other, schema)
    a, b = (table.take(draw(table, MAX_ROWS, settings.seed)) for table in (train, other))
    shared = [each for each in schema.features if each.name in other.columns and each.kind not in ("empty", "text")]
    timed = {each.name for each in shared if moves_with_time(each, a, schema) or (split == "forward" and _calendar(each, a))}
    share = effective_share(a, schema)
    columns = tuple(_shift(each, a.column(each.name), b.column(each.name), share) for each in shared if each.name not in timed)
    return Shifts(columns=columns, split=split, n=a.n_rows, m=b.n_rows, left_out=tuple(sorted(timed)))


def _calendar(column: Column, table: Table) -> bool:
    if column.kind != "numeric":
        return bool(WHEN.search(column.name))
    values = numbers_of(table.column(column.name), "numeric")
    known = values[np.isfinite(values)]
    return known.size > 0 and says_when(column.name, float(known.min()), float(known.max()))


def moves_with_time(column: Column, train: Table, schema: Schema) -> bool:
    """Whether a column only says when or where in the table a row stands, so that a comparison of its values tells nothing."""
    if names_rows(column, train):
        return True
    if column.kind != "numeric":
        return False
    if schema.time is None or schema.time not in train.columns:
        return False
    clock = schema.column(schema.time)
    when = numbers_of(train.column(schema.time), clock.kind if clock.kind == "datetime" else "numeric", clock.date_format)
    values = numbers_of(train.column(column.name), "numeric")
    known = np.isfinite(when) & np.isfinite(values)
    return bool(known.sum() > 10 and abs(_rank_correlation(when[known], values[known])) > 0.9)


def names_rows(column: Column, train: Table) -> bool:
    """Whether the column is a date or numbers the rows, so that its values cannot be compared at all."""
    if column.role == "time" or column.kind == "datetime":
        return True
    whole = column.kind == "numeric" and column.integer and column.distinct_share > 0.95 and column.n_distinct > 50
    return whole and _counts_rows(train.column(column.name), column.name)


def _counts_rows(series: pl.Series, name: str) -> bool:
    """Whether a whole number that is new in nearly every row numbers the rows: by its name, dense, or rising through the table.

    Large counts are new in nearly every row of a small table too, and they mean something.
    """
    values = numbers_of(series, "numeric")
    known = values[np.isfinite(values)]
    if ID_NAMES.search(name) or np.ptp(known) < 20 * known.size:
        return True
    return abs(_rank_correlation(np.arange(known.size, dtype=float), known)) > 0.9


def _rank_correlation(a: Floats, b: Floats) -> float:
    ranks = [midranks(each) for each in (a, b)]
    return float(np.corrcoef(*ranks)[0, 1]) if min(np.ptp(each) for each in ranks) > 0 else 0.0  # pyright: ignore[reportArgumentType, reportCallIssue]


def effective_share(train: Table, schema: Schema) -> float:
    """Rows that count as independent, as a share: rows of one entity repeat each other, so entities are counted."""
    if schema.groups is None or schema.groups not in train.columns:
        return 1.0
    return train.column(schema.groups).n_unique() / max(train.n_rows, 1)


def _shift(column: Column, a: pl.Series, b: pl.Series, share: float) -> Shift:
    missing = (a.null_count() / a.len(), b.null_count() / b.len())
    missing_p = counts_p(np.array([a.null_count(), a.len() - a.null_count()]), np.array([b.null_count(), b.len() - b.null_count()]), share)
    if column.kind == "numeric" and (b.dtype.is_numeric() or b.dtype == pl.Boolean):
        found = _numeric(numbers_of(a, "numeric"), numbers_of(b, "numeric"), share)
    else:
        found = _categories(a, b, share)
    return Shift(
        name=column.name, kind=column.kind, n=a.len(), m=b.len(), missing_train=missing[0], missing_other=missing[1], missing_p=missing_p, **found  # pyright: ignore[reportArgumentType]
    )  # fmt: skip


def _numeric(a: Floats, b: Floats, share: float) -> dict[str, object]:
    a, b = np.sort(a[np.isfinite(a)]), np.sort(b[np.isfinite(b)])
    if min(a.size, b.size) < 10:
        return {"distance": 0.0, "p": 1.0}
    distance = ks_distance(a, b)
    edges = np.unique(np.quantile(np.concatenate([a, b]), np.linspace(0, 1, BINS + 1)))
    edges = edges if edges.size > 1 else np.array([edges[0], edges[0] + 1.0])
    shares = [tuple((np.histogram(each, edges)[0] / each.size).tolist()) for each in (a, b)]
    return {
        "distance": distance, "p": ks_p(distance, a.size * share, b.size * share), "edges": tuple(edges.tolist()), "train_shares": shares[0],
        "other_shares": shares[1], "median_train": float(np.median(a)), "median_other": float(np.median(b)),
    }  # fmt: skip


def ks_distance(a: Floats, b: Floats) -> float:
    """Largest gap of the two empirical distribution functions; both sorted, without missing values."""
    both = np.concatenate([a, b])
    return float(np.abs(np.searchsorted(a, both, "right") / a.size - np.searchsorted(b, both, "right") / b.size).max())


def ks_p(distance: float, n: float, m: float) -> float:
    """p-value of a KS distance between samples of so many independent rows. Source: Kolmogorov's limit, corrected by Stephens (1970)."""
    if min(n, m) < 2:
        return 1.0
    root = math.sqrt(n * m / (n + m))
    return kolmogorov_tail((root + 0.12 + 0.11 / root) * distance)


def counts_p(a: Floats, b: Floats, share: float) -> float:
    """Chi-squared p-value of two count vectors, rare cells pooled, at the effective number of rows."""
    x, y = pool_rare(a.astype(float), b.astype(float))
    n, m = x.sum(), y.sum()
    if x.size < 2 or min(n, m) <= 0:
        return 1.0
    expected = (x + y) / (n + m)
    return float(
        chi2_tail(float(((x - n * expected) ** 2 / (n * expected) + (y - m * expected) ** 2 / (m * expected)).sum()) * share, x.size - 1)
    )


def _categories(a: pl.Series, b: pl.Series, share: float) -> dict[str, object]:
    counts = [series.cast(pl.String).drop_nulls().value_counts(name="n").rename({series.name: "level"}) for series in (a, b)]
    joined = (
        counts[0]
        .join(counts[1], on="level", how="full", coalesce=True, suffix="_b")
        .fill_null(0)
        .sort(["n", "level"], descending=[True, False])
    )
    x, y = joined["n"].to_numpy().astype(float), joined["n_b"].to_numpy().astype(float)
    if min(x.sum(), y.sum()) < 10:
        return {"distance": 0.0, "p": 1.0}
    p, q = x / x.sum(), y / y.sum()
    # Under no change the mean gap of one level is sqrt(2 v / pi): what sampling alone puts between the two.
    pooled = (x + y) / (x.sum() + y.sum())
    chance = float(np.sqrt(2 / np.pi * pooled * (1 - pooled) * (1 / x.sum() + 1 / y.sum())).sum() / 2)
    shown = slice(0, 12)
    return {
        "distance": max(0.0, float(np.abs(p - q).sum() / 2) - chance), "p": counts_p(x, y, share), "labels": tuple(joined["level"].to_list()[shown]),
        "train_shares": tuple(p[shown].tolist()), "other_shares": tuple(q[shown].tolist()),
    }  # fmt: skip
