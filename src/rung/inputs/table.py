"""`Table`: the user's rows behind one thin protocol, held by the embedded engine.

A table remembers the frame it came from (`native`), so that a fitted model is asked with exactly the object
that its author would hand it, dtypes and all. Every change makes a new table; the user's frame is never written to.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import polars as pl
from numpy.typing import NDArray

from rung.core.errors import BadInput

Rows = NDArray[np.int64]


@dataclass(frozen=True, kw_only=True, eq=False)
class Table:
    """Rows and named columns.

    frame : the rows, in the order given.   source : file name or kind of object, for messages.
    native : the object the user gave, None for files.   rows : positions of this table's rows in `native` (None: all).
    edited : columns whose values are no longer those of `native`.
    renamed : names as given where they had to change (duplicates, non-strings), new name -> given name.
    notes : what was done while reading, one sentence each.
    """

    frame: pl.DataFrame
    source: str = "table"
    native: object = None
    rows: Rows | None = None
    edited: frozenset[str] = frozenset()
    renamed: Mapping[str, object] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    @property
    def n_rows(self) -> int:
        """Number of rows."""
        return self.frame.height

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """Column names, in order."""
        return tuple(self.frame.columns)

    def column(self, name: str) -> pl.Series:
        """One column. Raises BadInput naming the nearest column where there is none of that name."""
        if name not in self.columns:
            raise no_such_column(name, self.columns, self.source)
        return self.frame.get_column(name)

    def take(self, rows: Rows | NDArray[np.bool_]) -> Table:
        """The rows at these positions (or under this mask), in this order."""
        positions = np.flatnonzero(rows) if rows.dtype == bool else rows.astype(np.int64)
        origin = positions if self.rows is None else self.rows[positions]
        return replace(self, frame=self.frame[positions], rows=origin)

    def drop(self, names: Sequence[str]) -> Table:
        """Without these columns; names that are not there are passed over."""
        return replace(self, frame=self.frame.drop([name for name in names if name in self.columns]))

    def with_column(self, name: str, values: pl.Series | NDArray[np.generic]) -> Table:
        """With this column replaced, or added at the end. `values` has one entry a row."""
        series = pl.Series(name, values) if not isinstance(values, pl.Series) else values.alias(name)
        return replace(self, frame=self.frame.with_columns(series), edited=self.edited | {name})

    def append(self, other: Table) -> Table:
        """This table's rows, then the other's; columns that only one of them has are missing in the other's rows."""
        frame = pl.concat([self.frame, other.frame], how="diagonal_relaxed")
        return replace(self, frame=frame, native=None, rows=None, edited=frozenset(self.columns))

    @property
    def positions(self) -> Rows:
        """Positions of these rows in the table as given."""
        return np.arange(self.n_rows) if self.rows is None else self.rows


def no_such_column(name: str, columns: Sequence[str], source: str) -> BadInput:
    """The error for a column that is not there, with the nearest names."""
    import difflib

    near = difflib.get_close_matches(str(name), [str(each) for each in columns], n=3, cutoff=0.5)
    shown = ", ".join(f"'{each}'" for each in (near or list(columns)[:8]))
    return BadInput(
        f"'{source}' has no column '{name}'.",
        hint=f"Did you mean {shown}?" if near else f"Its columns are {shown}{' ...' if len(columns) > 8 else ''}.",
    )
