"""A bounded, seeded sample of the training rows, stable when other rows come or go."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rung.core.marks import fact
from rung.inputs.case import Train
from rung.inputs.settings import Settings
from rung.inputs.table import Rows, Table


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """Rows that facts may look at one by one.

    table : at most `settings.sample_rows` rows in table order.   rows : their positions in the training table.
    total : rows of the whole training table.
    """

    table: Table
    rows: Rows
    total: int

    @property
    def complete(self) -> bool:
        """Whether the sample is the whole table."""
        return len(self.rows) == self.total

    def note(self) -> str | None:
        """The contract's wording for a sampled case, None for a complete one."""
        return None if self.complete else f"{len(self.rows)} of {self.total} rows"


@fact(cost="pass")
def sample(train: Train, settings: Settings) -> Sample:
    """The rows with the smallest keys: a row is drawn or not by its own key, whatever the other rows are."""
    rows = draw(train.table, settings.sample_rows, settings.seed)
    return Sample(table=take(train.table, rows), rows=rows, total=train.table.n_rows)


def draw(table: Table, size: int, seed: int) -> Rows:
    """Positions of at most `size` rows, in table order."""
    return draw_from(table.positions, size, seed)


def draw_from(positions: Rows, size: int, seed: int) -> Rows:
    """Places of at most `size` of these positions, in their order."""
    if len(positions) <= size:
        return np.arange(len(positions))
    keys = row_keys(positions, seed)
    return np.sort(np.argpartition(keys, size)[:size])


def take(table: Table, rows: Rows) -> Table:
    """These rows; the table itself where they are all of it."""
    return table if len(rows) == table.n_rows else table.take(rows)


def row_keys(positions: Rows, seed: int) -> NDArray[np.float64]:
    """A uniform number in 0..1 for each row position.

    Source: the finaliser of splitmix64, Steele, Lea & Flood (2014).
    """
    state = positions.astype(np.uint64) + np.uint64((seed * 0x9E3779B97F4A7C15 + 0x9E3779B97F4A7C15) % 2**64)
    state = (state ^ (state >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    state = (state ^ (state >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return (state ^ (state >> np.uint64(31))).astype(np.float64) / 2.0**64
