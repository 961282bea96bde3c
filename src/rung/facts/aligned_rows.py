"""Production rows that are rows of another table, in the same order: what differs was done on the way."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from rung.core.errors import Unavailable
from rung.core.evidence import Cell
from rung.core.marks import fact
from rung.facts.schema import Schema
from rung.inputs.case import Current, Test, Train
from rung.inputs.table import Table

MAX_SHOWN = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Differing:
    """One column whose values differ in rows that are the same otherwise.

    share : of rows that differ, 0..1.   rows : positions of at most ten of them.   theirs, ours : the values in the other table and in production.
    """

    name: str
    share: float
    rows: tuple[int, ...]
    theirs: tuple[Cell, ...]
    ours: tuple[Cell, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AlignedRows:
    """Production rows matched one by one. `same`: columns that agree in every row."""

    role: str
    same: tuple[str, ...]
    differing: tuple[Differing, ...]
    n: int


@fact(cost="pass")
def aligned_rows(current: Current, schema: Schema, train: Train, test: Test | None) -> AlignedRows:
    """Match production rows with test rows, else with training rows. Unavailable where neither table has the same rows."""
    names = [each.name for each in schema.columns if each.role not in ("target", "prediction") and each.name in current.table.columns]
    for role, given in (("test", test), ("train", train)):
        if given is not None and given.table.n_rows == current.table.n_rows:
            found = _aligned(role, given.table, current.table, [name for name in names if name in given.table.columns])
            if found is not None:
                return found
    raise Unavailable("the production rows are not those of another table")


def _aligned(role: str, other: Table, current: Table, names: list[str]) -> AlignedRows | None:
    differs = {name: _differs(other.column(name), current.column(name)) for name in names}
    same = tuple(name for name in names if not differs[name].any())
    # Equal columns that tell at least 20 rows apart, and half of what can be told: then the order is the same and not a coincidence of constants.
    if not same or current.n_rows < 20 or other.frame.select(same).n_unique() < max(20, 0.3 * other.frame.select(names).n_unique()):
        return None
    return AlignedRows(
        role=role, same=same, differing=tuple(_differing(name, differs[name], other, current) for name in names if differs[name].any()), n=current.n_rows
    )  # fmt: skip


def _differs(a: pl.Series, b: pl.Series) -> NDArray[np.bool_]:
    if a.dtype.is_numeric() and b.dtype.is_numeric():
        x, y = a.cast(pl.Float64).to_numpy(), b.cast(pl.Float64).to_numpy()
        return ~np.isclose(x, y, rtol=1e-9, atol=0.0, equal_nan=True)
    return a.cast(pl.String).ne_missing(b.cast(pl.String)).to_numpy()


def _differing(name: str, differs: NDArray[np.bool_], other: Table, current: Table) -> Differing:
    rows = np.flatnonzero(differs)[:MAX_SHOWN]
    theirs, ours = (_cells(table.column(name)[rows]) for table in (other, current))
    return Differing(name=name, share=float(differs.mean()), rows=tuple(rows.tolist()), theirs=theirs, ours=ours)


def _cells(values: pl.Series) -> tuple[Cell, ...]:
    return tuple(each if each is None or isinstance(each, str | int | float | bool) else str(each) for each in values.to_list())
