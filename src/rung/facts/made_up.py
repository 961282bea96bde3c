"""Rows made up between others: in several columns at once they have more decimals than any row of the class that was left alone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rung.core.errors import Unavailable
from rung.core.marks import fact
from rung.facts.matrix import numbers_of
from rung.facts.schema import Schema
from rung.facts.target import Target, TestTarget
from rung.inputs.case import Test, Train
from rung.inputs.table import Rows, Table

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
MAX_DECIMALS = 6  # measured numbers have no more; a mean of two has as many as fit
ALONE = 0.999  # share of a class that must keep to the grid
FEWEST = 50  # values other than zero of the class that sets the grid
LEAST = 20  # rows
PARENTS = 5  # measured rows that each class raised must still hold: one that keeps no grid at all is written otherwise
ALIKE = 0.05
TOGETHER = 0.9
DISTINCT = 0.8  # of the values off the grid: an imputed constant repeats
SCREENED = 5_000


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeUpRows:
    """Rows off the grid.

    labels : their classes.   columns : where they leave the grid.   decimals : of the rows left alone, a number a column.
    train_rows, test_rows : positions.   n_train, n_test : rows of these classes.
    """

    labels: tuple[str, ...]
    columns: tuple[str, ...]
    decimals: tuple[int, ...]
    train_rows: Rows
    test_rows: Rows
    n_train: int
    n_test: int


_NO_ROWS = np.empty(0, dtype=np.int64)
NONE = MadeUpRows(labels=(), columns=(), decimals=(), train_rows=_NO_ROWS, test_rows=_NO_ROWS, n_train=0, n_test=0)


@fact(cost="pass")
def made_up_rows(train: Train, test: Test, schema: Schema, target: Target, truth: TestTarget) -> MadeUpRows:
    """Empty where no rows leave a grid that another class keeps. Unavailable for numbers, and with fewer than two columns of fractions.

    Interpolation (Chawla et al. 2002, SMOTE) gives values between two measured ones, which have all the decimals that fit.
    """
    if not target.is_classification:
        raise Unavailable("only classes are balanced by rows made up")
    y = np.r_[target.y, truth.y]
    names = [each.name for each in schema.features if each.kind == "numeric" and not each.integer and each.name in test.table.columns]
    if len(names) < 2:
        raise Unavailable("fewer than two columns of fractions")
    some = np.linspace(0, len(y) - 1, min(len(y), SCREENED)).astype(np.int64)
    n = len(target.y)
    values = {name: _values(train.table, test.table, name, some[some < n], some[some >= n] - n) for name in names}
    needed = {name: _decimals(values[name]) for name in names}
    if len(_left(needed, values, y[some], _alone(needed, values, y[some]))) < 2:
        return NONE
    values = {name: _values(train.table, test.table, name) for name in names}
    needed = {name: _decimals(values[name]) for name in names}
    code = _alone(needed, values, y)
    left = _left(needed, values, y, code)
    if len(left) < 2 or not _together(list(left.values())):
        return NONE
    made = np.sum(list(left.values()), axis=0) >= 1
    codes = np.unique(y[made]).astype(int)
    if not _raised(y, code, codes) or min((y[~made] == each).sum() for each in codes) < PARENTS:
        return NONE
    of_class = np.isin(y, codes)
    return MadeUpRows(
        labels=tuple(target.classes[each] for each in codes),
        columns=tuple(left),
        decimals=tuple(_grid(needed[name], y, code) for name in left),
        train_rows=np.flatnonzero(made[:n]),
        test_rows=np.flatnonzero(made[n:]),
        n_train=int(of_class[:n].sum()),
        n_test=int(of_class[n:].sum()),
    )


def _raised(y: Floats, code: int, codes: Ints) -> bool:
    """Whether the class left alone is the most frequent one, and of several others each is as frequent: a class that is merely written otherwise is not."""
    counts = np.bincount(y[~np.isnan(y)].astype(int))
    alike = np.abs(counts[codes] / counts[code] - 1) <= ALIKE
    return bool(counts[code] >= (1 - ALIKE) * counts.max() and (len(codes) == 1 or alike.all()))


def _together(off: list[Ints]) -> bool:
    """Most rows leave the grid in two columns, or what leaves it in one has nearly always left it in the commonest: a row is made up as a whole."""
    total = np.sum(off, axis=0)
    first = max(off, key=lambda each: int(each.sum()))
    others = (total - first) >= 1
    return bool((total >= 2).sum() >= 0.5 * (total >= 1).sum() or first[others].mean() >= TOGETHER)


def _values(train: Table, test: Table, name: str, of_train: Rows | None = None, of_test: Rows | None = None) -> Floats:
    sides = ((train.column(name), of_train), (test.column(name), of_test))
    return np.concatenate([numbers_of(column if rows is None else column[rows], "numeric") for column, rows in sides])


def _decimals(x: Floats) -> Ints:
    """Decimals that each value needs, one more than the most where these do not suffice; 0 for missing ones."""
    needed = np.zeros(len(x), dtype=np.int64)
    left = np.flatnonzero(np.isfinite(x))
    for places in range(MAX_DECIMALS + 1):
        scaled = x[left] * 10.0**places
        left = left[np.abs(scaled - np.round(scaled)) > np.maximum(1e-9, 1e-13 * np.abs(scaled))]
        needed[left] = places + 1
    return needed


def _grid(needed: Ints, y: Floats, code: int) -> int:
    """Decimals that nearly all rows of a class make do with."""
    return int(np.quantile(needed[y == code], ALONE, method="inverted_cdf"))


def _alone(needed: dict[str, Ints], values: dict[str, Floats], y: Floats) -> int:
    """The class that was left alone: beside it the most rows leave the grid."""
    codes = [int(each) for each in np.unique(y[~np.isnan(y)]) if (y == each).sum() >= FEWEST]
    return max(codes, key=lambda code: int(np.sum(list(_left(needed, values, y, code).values()) or [0])), default=-1)


def _left(needed: dict[str, Ints], values: dict[str, Floats], y: Floats, code: int) -> dict[str, Ints]:
    """For each column that has a grid: 1 for the rows of other classes that leave it, if they are many and their values differ."""
    found: dict[str, Ints] = {}
    if code < 0:
        return found
    for name, places in needed.items():
        kept = y == code
        if (np.nan_to_num(values[name][kept]) != 0).sum() < FEWEST or _grid(places, y, code) > MAX_DECIMALS:
            continue
        # A class may be written with a digit more than another; no measured value needs more than six.
        off = (places > MAX_DECIMALS) & ~kept & ~np.isnan(y)
        if off.sum() >= LEAST and len(np.unique(values[name][off])) >= DISTINCT * off.sum():
            found[name] = off.astype(np.int64)
    return found
