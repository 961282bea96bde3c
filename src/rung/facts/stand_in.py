"""Rows in the place of reference rows, where only a snapshot is left: each column distributed as it was, nothing joint."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from rung.core.errors import Unavailable
from rung.core.marks import fact
from rung.facts.reference_columns import ReferenceColumns
from rung.inputs.case import Train
from rung.inputs.settings import Settings
from rung.inputs.snapshot import ColumnSketch
from rung.inputs.table import Table

ROWS = 4_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Margins:
    """A table with the reference's columns. `real`: whether it is the training table itself."""

    table: Table
    real: bool


@fact(cost="pass")
def margins(train: Train | None, columns: ReferenceColumns, settings: Settings) -> Margins:
    """The training table where there is one, else 4,000 rows drawn from the sketch of each column."""
    if train is not None:
        return Margins(table=train.table, real=True)
    rng = settings.rng("stand-in rows")
    kept = [each for each in columns.columns if each.kind not in ("text", "datetime", "empty") and (each.edges or each.levels)]
    if not kept:
        raise Unavailable("the snapshot holds no column that can be compared")
    frame = pl.DataFrame([_drawn(each, rng) for each in kept])
    return Margins(table=Table(frame=frame, source=columns.source), real=False)


def _drawn(sketch: ColumnSketch, rng: np.random.Generator) -> pl.Series:
    """Stratified draws, so that the sample's own noise stays far below that of production."""
    place = rng.permutation((np.arange(ROWS) + 0.5) / ROWS)
    gone = pl.Series(rng.permutation(ROWS) < round(sketch.missing_share * ROWS))
    if sketch.edges:
        edges, upto, below = (np.array(part) for part in (sketch.edges, sketch.upto, sketch.below))
        # Values that many rows share come back as they are; between cut points the distribution is taken as even.
        values = np.interp(place, np.column_stack([below, upto]).ravel(), np.repeat(edges, 2))
        drawn = pl.Series(sketch.name, np.round(values, _decimals(edges)) if sketch.integer or _decimals(edges) < 6 else values)
    else:
        shares = np.array([*sketch.counts, max(0, sketch.n - sketch.missing - sum(sketch.counts))], dtype=float)
        rank = np.minimum(np.searchsorted(np.cumsum(shares) / shares.sum(), place), len(shares) - 1)
        names = [*sketch.levels, None]  # the unnamed rest is left out rather than made up
        drawn = pl.Series(sketch.name, [names[each] for each in rank], dtype=pl.String)
    return pl.select(pl.when(~gone).then(drawn).otherwise(None).alias(sketch.name)).to_series()


def _decimals(edges: np.ndarray) -> int:
    """Decimals that hold every cut point exactly, at most 6; below 0 where all are round tens, hundreds ..., so that no drawn value is finer."""
    return next((each for each in range(-6, 6) if np.allclose(edges, np.round(edges, each), rtol=0, atol=1e-9)), 6)
