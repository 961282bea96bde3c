"""Rows that stand in training and test alike: equal, equal but for a column or two, or equal but for a jitter."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from rung.core.errors import Unavailable
from rung.core.marks import fact
from rung.facts.matrix import numbers_of
from rung.facts.sample import draw
from rung.facts.schema import Schema
from rung.inputs.case import Test, Train
from rung.inputs.settings import Settings
from rung.inputs.table import Rows, Table

Floats = NDArray[np.float64]
Hashes = NDArray[np.uint64]
MAX_QUERY = 20_000  # test rows that are looked up
MAX_LOOSE = 4_000  # of them in the search that forgives differences, against at most five times as many training rows
MAX_WIDTH = 60  # columns in which distances are taken
MAX_PAIRED = 15  # columns up to which any two may differ


@dataclass(frozen=True, slots=True, kw_only=True)
class Matches:
    """Test rows with a twin in training, found in one way.

    way : 'equal' or 'nearly equal'.   test_rows, train_rows : positions of the pairs, one a test row.
    n_asked : test rows that were looked up.   expected, n_null : the share that has a twin when training rows are held out instead, and of how many.
    """

    way: str
    test_rows: Rows
    train_rows: Rows
    n_asked: int
    expected: float
    n_null: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlap:
    """Both ways; `columns` are those that were compared."""

    equal: Matches
    near: Matches
    columns: tuple[str, ...]

    def told(self, message: str) -> tuple[Matches, ...]:
        """The ways that a finding speaks of; equal rows where it names none."""
        nearly = self.near.way in message
        equally = not nearly or f"are {self.equal.way} " in message
        return (*([self.equal] if equally else []), *([self.near] if nearly else []))


@dataclass(frozen=True, slots=True)
class _Rows:
    """Rows ready for comparison: one hash a row of both tables, shape (n,); of `chosen` rows a hash a column and standardised numbers."""

    total: Hashes
    chosen: Rows
    hashes: Hashes
    numbers: Floats

    def place(self, rows: Rows) -> Rows:
        """Where these rows of both tables stand among the chosen ones."""
        return np.searchsorted(self.chosen, rows)


@fact(cost="pass")
def overlap(train: Train, test: Test, schema: Schema, settings: Settings) -> Overlap:
    """Look test rows up in training, and held-out training rows in the rest of training: the repeats that are natural here."""
    skipped = {"ignored", "prediction"}
    columns = tuple(
        each.name for each in schema.columns if each.role not in skipped and each.kind != "empty" and each.name in test.table.columns
    )
    if len(columns) < 2 or train.table.n_rows < 20 or test.table.n_rows < 5:
        raise Unavailable("too few rows or shared columns to compare training and test")
    asked = draw(test.table, MAX_QUERY, settings.seed)
    rng = settings.rng("overlap")
    held = np.sort(rng.permutation(train.table.n_rows)[: min(len(asked), max(5, train.table.n_rows // 4))])
    n = train.table.n_rows
    pool = np.setdiff1d(np.arange(n), held)
    loose = np.sort(rng.permutation(n)[: 5 * MAX_LOOSE])
    # Every row of both tables in one frame, so that types and scales are one.
    both = _ready(train.table, test.table.take(asked), schema, columns, np.union1d(np.union1d(loose, held), np.arange(n, n + len(asked))))
    total = both.total
    order = np.arange(n)
    found, twin = _lookup(total[:n], total[n:], order)
    null, _ = _lookup(total[pool], total[held], pool)
    counts = np.unique(total[:n], return_counts=True)[1]
    # For equal rows every training row can be held out by itself: its chance of a twin is whether it has one.
    natural = float(counts[counts > 1].sum() / n)
    equal = Matches(way="equal", test_rows=asked[found], train_rows=twin[found], n_asked=len(asked), expected=natural, n_null=n)
    return Overlap(equal=equal, near=_near(both, n, asked, found, (pool, held, null), loose), columns=columns)


def _ready(train: Table, test: Table, schema: Schema, columns: tuple[str, ...], chosen: Rows) -> _Rows:
    total = np.zeros(train.n_rows + test.n_rows, dtype=np.uint64)
    hashes, numbers, counted = [], [], 0
    for place, name in enumerate(columns):
        series = _joined(train.column(name), test.column(name))
        hashed = series.hash(seed=place + 1).to_numpy().astype(np.uint64, copy=False)
        with np.errstate(over="ignore"):
            total += hashed
        hashes.append(hashed[chosen])
        kind = schema.column(name).kind
        measured = kind == "numeric" and schema.column(name).n_distinct > 10
        if len(numbers) < MAX_WIDTH:
            # A category becomes a place on a long line: equal ones meet, others hardly ever.
            numbers.append(_scaled(numbers_of(series[chosen], kind)) if measured else (hashes[-1] % np.uint64(65_521)) / 6_552.1)
        counted += measured
    return _Rows(total, chosen, np.column_stack(hashes), np.column_stack(numbers) if counted else np.empty((len(chosen), 0)))


def row_keys_of(train: Table, test: Table, columns: tuple[str, ...]) -> tuple[Hashes, Hashes]:
    """One hash a row of each table, equal where rows are equal in these columns, whatever types the two files were read with."""
    total = np.zeros(train.n_rows + test.n_rows, dtype=np.uint64)
    for place, name in enumerate(columns):
        with np.errstate(over="ignore"):
            total += _joined(train.column(name), test.column(name)).hash(seed=place + 1).to_numpy().astype(np.uint64, copy=False)
    return total[: train.n_rows], total[train.n_rows :]


def _joined(left: pl.Series, right: pl.Series) -> pl.Series:
    if left.dtype.is_numeric() and right.dtype.is_numeric():
        left, right = left.cast(pl.Float64) + 0.0, right.cast(pl.Float64) + 0.0
    elif left.dtype != right.dtype or left.dtype in (pl.Categorical, pl.Enum):
        left, right = left.cast(pl.String, strict=False), right.cast(pl.String, strict=False)
    return pl.concat([left, right.alias(left.name)])


def _scaled(x: Floats) -> Floats:
    known = x[np.isfinite(x)]
    low, middle, high = np.percentile(known, [10, 50, 90]) if known.size else (0.0, 0.0, 1.0)
    return np.clip((np.where(np.isfinite(x), x, middle) - middle) / ((high - low) or 1.0), -20, 20)


def _sum(hashes: Hashes) -> Hashes:
    with np.errstate(over="ignore"):
        return hashes.sum(axis=1, dtype=np.uint64)


def _lookup(known: Hashes, wanted: Hashes, positions: Rows) -> tuple[NDArray[np.bool_], Rows]:
    """Which of `wanted` are among `known`, and the position of one such row (-1 for none)."""
    order = np.argsort(known, kind="stable")
    place = np.clip(np.searchsorted(known[order], wanted), 0, len(known) - 1)
    hit = known[order][place] == wanted
    return hit, np.where(hit, positions[order][place], -1)


def _near(both: _Rows, n: int, asked: Rows, equal: NDArray[np.bool_], held: tuple[Rows, Rows, NDArray[np.bool_]], train: Rows) -> Matches:
    """The same for rows that are not equal, on bounded numbers of rows."""
    pool, query, null_equal = held
    left = np.flatnonzero(~equal)[:MAX_LOOSE]
    null_left, null_train = query[~null_equal][:MAX_LOOSE], np.intersect1d(train, pool)
    if not len(left) or not len(null_left) or not len(null_train):
        empty = np.empty(0, dtype=np.int64)
        return Matches(way="nearly equal", test_rows=empty, train_rows=empty, n_asked=len(left), expected=1.0, n_null=0)
    factor = len(train) / len(null_train)
    ways = [
        (_loose(both, train, n + left), _loose(both, null_train, null_left)),
        _close(both, train, n + left, null_train, null_left),
    ]
    # Each way has repeats of its own that are natural: the one with the larger excess speaks, they are never mixed.
    twin, null_twin = max(ways, key=lambda way: _excess((way[0] >= 0).mean(), (way[1] >= 0).mean() * factor, len(null_left)))
    found, expected = twin >= 0, float((null_twin >= 0).mean()) * factor
    return Matches(
        way="nearly equal",
        test_rows=asked[left[found]],
        train_rows=twin[found],
        n_asked=len(left),
        expected=expected,
        n_null=len(null_left),
    )


def _excess(share: float, expected: float, n: int) -> float:
    """The excess in its own error."""
    natural = min(0.999, expected + 1 / n)
    return float((share - natural) / np.sqrt(natural * (1 - natural)))


def _loose(both: _Rows, known: Rows, wanted: Rows) -> Rows:
    """A twin that is equal in all columns but one, or but two in narrow tables; -1 for none."""
    hashes, width = both.hashes, both.hashes.shape[1]
    left, right = hashes[both.place(known)], hashes[both.place(wanted)]
    left_total, right_total = both.total[known], both.total[wanted]
    twin = np.full(len(wanted), -1)
    if width < 4:
        return twin
    left_out = [(first,) for first in range(width)]
    if 6 <= width <= MAX_PAIRED:
        left_out += [(first, second) for first in range(width) for second in range(first)]
    for columns in left_out:
        with np.errstate(over="ignore"):
            left_rest, right_rest = left_total - _sum(left[:, columns]), right_total - _sum(right[:, columns])
        hit, place = _lookup(left_rest, right_rest, known)
        twin = np.where((twin < 0) & hit, place, twin)
    return twin


def _close(both: _Rows, known: Rows, wanted: Rows, null_known: Rows, null_wanted: Rows) -> tuple[Rows, Rows]:
    """Twins under a jitter: nearer than a limit below which far more test rows than held-out training rows have a neighbour."""
    if not both.numbers.shape[1]:
        return np.full(len(wanted), -1), np.full(len(null_wanted), -1)
    distance, place = _nearest(both.numbers[both.place(known)], both.numbers[both.place(wanted)])
    null_distance, null_place = _nearest(both.numbers[both.place(null_known)], both.numbers[both.place(null_wanted)])
    limit = _limit(distance, null_distance)
    return np.where(distance < limit, known[place], -1), np.where(null_distance < limit, null_known[null_place], -1)


def _limit(distance: Floats, null: Floats) -> float:
    """The distance at which the excess of near test rows is largest in its own error, at most a tenth of the usual distance."""
    limits = 0.1 * float(np.median(null)) * 0.5 ** np.arange(12)
    near = (distance[:, None] < limits).mean(axis=0)
    expected = ((null[:, None] < limits).sum(axis=0) + 1) / (len(null) + 2)
    return float(limits[int(np.argmax((near - expected) / np.sqrt(expected * (1 - expected))))])


def _nearest(known: Floats, wanted: Floats) -> tuple[Floats, Rows]:
    """Distance to the nearest known row, and its place. By blocks, so that no matrix of all pairs is held."""
    squares, places, distances = (known**2).sum(axis=1), [], []
    for start in range(0, len(wanted), 100):
        block = wanted[start : start + 100]
        products = block @ known.T
        products *= -2
        products += squares
        place = products.argmin(axis=1)
        places.append(place)
        distances.append(np.sqrt(((block - known[place]) ** 2).sum(axis=1)))
    return np.concatenate(distances), np.concatenate(places)
