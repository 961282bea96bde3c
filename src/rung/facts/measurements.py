"""The numeric features as they stand: bounded rows, infinities kept, and what the other columns say of each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import polars as pl
from numpy.typing import NDArray

from rung.core.errors import Unavailable
from rung.core.marks import fact
from rung.facts.matrix import encodable, numbers_of
from rung.facts.sample import Sample, draw
from rung.facts.schema import Schema
from rung.facts.target import Target
from rung.inputs.settings import Settings
from rung.inputs.table import Rows, Table
from rung.stats.scores import normal_scores

Floats: TypeAlias = NDArray[np.float64]
MAX_ROWS = 20_000  # enough to see one odd value in a thousand twenty times
MAX_PREDICTORS = 400  # inverting a larger covariance costs more than it tells
MAX_LEVELS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurements:
    """Numeric features of at most 20,000 rows.

    x : shape (n, k), NaN for missing, infinities as given.   names, integer : the k columns, and which hold whole numbers only.
    rows : positions in the training table.   n_rows : rows of the whole training table.
    """

    x: Floats
    names: tuple[str, ...]
    integer: tuple[bool, ...]
    rows: Rows
    n_rows: int

    def column(self, name: str) -> Floats:
        """One column, shape (n,)."""
        return self.x[:, self.names.index(name)]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedRanks:
    """What all other columns (and the target) say of each measurement, on the scale of normal scores.

    z : the values' own normal scores, NaN where missing.   hat : linear prediction from the others, shape (n, k).
    r2 : share of the variance of z that `hat` explains, shape (k,); 0 where nothing can be said.
    """

    z: Floats
    hat: Floats
    r2: Floats


@fact(cost="pass")
def measurements(sample: Sample, schema: Schema, settings: Settings) -> Measurements:
    """Take the numeric features out of the sample. Unavailable without any."""
    columns = schema.features_of("numeric")
    if not columns or not sample.table.n_rows:
        raise Unavailable("no numeric feature")
    chosen = draw(sample.table, MAX_ROWS, settings.seed)
    frame = sample.table.frame.select([each.name for each in columns])[chosen]
    return Measurements(
        x=frame.select(pl.all().cast(pl.Float64, strict=False)).to_numpy().astype(float, copy=True),
        names=tuple(each.name for each in columns),
        integer=tuple(each.integer for each in columns),
        rows=sample.rows[chosen],
        n_rows=sample.total,
    )


@fact(cost="pass")
def expected_ranks(measured: Measurements, sample: Sample, schema: Schema, target: Target | None) -> ExpectedRanks:
    """Predict every column from all others at once.

    The precision matrix P holds every such regression: z_j - hat_j = (z P)_j / P_jj, Whittaker (1990). Ranks keep far values
    from mattering; missing values count as the median.
    """
    z = normal_scores(measured.x)
    others = [each for each in (_levels(sample.table, schema, measured.rows, sample), _answer(target, measured.rows)) if each is not None]
    design = np.column_stack([z, *others])[:, :MAX_PREDICTORS]
    n, width = design.shape
    k = min(len(measured.names), width)
    hat, r2 = np.zeros(z.shape), np.zeros(z.shape[1])
    if n < 30 or width < 2 or n < 2 * width:
        return ExpectedRanks(z=z, hat=hat, r2=r2)
    design = np.where(np.isnan(design), 0.0, design)
    design = (design - design.mean(axis=0)) / np.maximum(design.std(axis=0), 1e-12)
    precision = np.linalg.inv(design.T @ design / n + 1e-3 * np.eye(width))  # the ridge keeps exact copies invertible
    residual = (design @ precision[:, :k]) / np.diag(precision)[:k]
    hat[:, :k] = design[:, :k] - residual
    # Adjusted for the predictors spent, so that noise explains nothing.
    r2[:k] = np.clip(1 - residual.var(axis=0) * (n - 1) / max(n - width, 1) / np.maximum(design[:, :k].var(axis=0), 1e-12), 0.0, 1.0)
    return ExpectedRanks(z=z, hat=hat, r2=r2)


def _answer(target: Target | None, rows: Rows) -> Floats | None:
    if target is None or target.task == "multiclass":
        return None
    return normal_scores(target.y[rows][:, None])


def _levels(table: Table, schema: Schema, rows: Rows, sample: Sample) -> Floats | None:
    """One column of 0 and 1 a level of every small category."""
    place = np.searchsorted(sample.rows, rows)
    blocks = []
    for column in schema.features_of("category", "boolean", "datetime"):
        if column.kind == "datetime" and encodable(column):
            blocks.append(normal_scores(numbers_of(table.column(column.name)[place], "datetime", column.date_format)[:, None]))
        elif 2 <= column.n_distinct <= MAX_LEVELS:
            codes = table.column(column.name)[place].cast(pl.String).fill_null("").rank("dense").to_numpy()
            blocks.append((codes[:, None] == np.arange(1, codes.max())).astype(float))
    return np.column_stack(blocks) if blocks else None
