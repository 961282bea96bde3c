"""Columns that are missing on exactly the same rows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from rung.core.errors import Unavailable
from rung.core.marks import fact
from rung.facts.sample import Sample
from rung.facts.schema import Schema


@dataclass(frozen=True, slots=True, kw_only=True)
class JointMissing:
    """The largest group of two or more columns with one and the same pattern of missing rows, in one unbroken run.

    names : its columns.   n_rows, share : rows that are missing.   rows : the first of them.   place : where in the table.
    """

    names: tuple[str, ...]
    n_rows: int
    share: float
    rows: tuple[int, ...]
    place: str


@fact(cost="pass")
def joint_missing(sample: Sample, schema: Schema) -> JointMissing:
    """Unavailable where no two columns are missing together in a run of rows."""
    frame = sample.table.frame
    groups: dict[bytes, list[str]] = {}
    for column in schema.features:
        if 0 < column.n_missing < column.n_rows and column.kind != "empty":
            mask = frame.get_column(column.name).is_null().to_numpy()
            groups.setdefault(np.packbits(mask).tobytes(), []).append(column.name)
    runs = {key: names for key, names in groups.items() if len(names) > 1 and _one_run(frame.get_column(names[0]))}
    if not runs:
        raise Unavailable("no two columns are missing on the same run of rows")
    names = max(runs.values(), key=len)
    rows = np.flatnonzero(frame.get_column(names[0]).is_null().to_numpy())
    place = "at the end" if rows[-1] == frame.height - 1 else "at the start" if rows[0] == 0 else "in the middle"
    shown = tuple(int(each) for each in sample.rows[rows[:50]])
    return JointMissing(names=tuple(names), n_rows=len(rows), share=len(rows) / frame.height, rows=shown, place=place)


def _one_run(series: pl.Series) -> bool:
    missing = np.flatnonzero(series.is_null().to_numpy())
    return len(missing) > 1 and bool(missing[-1] - missing[0] + 1 == len(missing))
