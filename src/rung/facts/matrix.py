"""The features as numbers, for rung's own learners: bounded rows, categories as codes, missing as NaN."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import polars as pl
from numpy.typing import NDArray

from rung.core.errors import Unavailable
from rung.core.marks import fact
from rung.facts.sample import Sample, draw, row_keys
from rung.facts.schema import Column, Schema
from rung.facts.target import Target, TestTarget
from rung.inputs.case import Test
from rung.inputs.settings import Settings
from rung.inputs.table import Rows, Table

Floats: TypeAlias = NDArray[np.float64]
MAX_CODES = 255  # the histogram learner's limit of bins; rarer categories share one code
# Nearly every value differs: such a text names the row and has nothing that a learner could carry over. Chosen by hand.
NAMES_ROWS = 0.9


@dataclass(frozen=True, slots=True, kw_only=True)
class Encoder:
    """How one column becomes one column of numbers. `labels`: category -> code, None for numbers."""

    column: str
    kind: str
    labels: dict[str, int] | None = None
    date_format: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Matrix:
    """Features and target of the rows that rung's own models are fitted on.

    x : shape (n, k), NaN for missing.   y : shape (n,), class codes or numbers, never missing.
    names : the k columns.   categorical : shape (k,), True where x holds codes.
    rows : positions in the training table, shape (n,).
    """

    x: Floats
    y: Floats
    names: tuple[str, ...]
    categorical: NDArray[np.bool_]
    rows: Rows
    encoders: tuple[Encoder, ...]

    def place(self, name: str) -> int | None:
        """Position of a column, None where it is not in the matrix."""
        return self.names.index(name) if name in self.names else None


@dataclass(frozen=True, slots=True, kw_only=True)
class TestMatrix:
    """The test rows under the same encoders; `known` are the rows with a usable label."""

    __test__ = False
    x: Floats
    y: Floats
    rows: Rows


def encodable(column: Column) -> bool:
    """Whether a learner can carry anything over from this column."""
    if column.kind == "empty":
        return False
    return not (column.kind in ("category", "text") and column.distinct_share > NAMES_ROWS and column.n_distinct > 20)


@fact(cost="pass")
def matrix(sample: Sample, schema: Schema, target: Target, settings: Settings) -> Matrix:
    """Encode at most `settings.model_rows` rows whose target is known. Unavailable below 20 rows or without features."""
    columns = [each for each in schema.features if encodable(each)]
    if not columns:
        raise Unavailable("no feature that a model could learn from")
    y = target.y[sample.rows]
    chosen = _choose(np.flatnonzero(~np.isnan(y)), sample, settings)
    if len(chosen) < 20:
        raise Unavailable(f"only {len(chosen)} rows with a known target")
    table = sample.table.take(chosen)
    encoders = tuple(encoder_of(each, table) for each in columns)
    return Matrix(
        x=encode(table, encoders),
        y=y[chosen],
        names=tuple(each.name for each in columns),
        categorical=np.array([each.labels is not None for each in encoders]),
        rows=sample.rows[chosen],
        encoders=encoders,
    )


def _choose(known: Rows, sample: Sample, settings: Settings) -> Rows:
    if len(known) <= settings.model_rows:
        return known
    keys = row_keys(sample.table.positions[known], settings.seed + 1)
    return known[np.sort(np.argpartition(keys, settings.model_rows)[: settings.model_rows])]


@fact(cost="pass")
def test_matrix(test: Test, test_target: TestTarget, matrix: Matrix, settings: Settings) -> TestMatrix:
    """Encode the test rows with the training encoders; a column that the test set lacks is all missing."""
    known = np.flatnonzero(~np.isnan(test_target.y))
    if len(known) < 10:
        raise Unavailable(f"only {len(known)} test rows with a known target")
    table = test.table.take(known)
    chosen = draw(table, 2 * settings.model_rows, settings.seed)
    return TestMatrix(x=encode(table.take(chosen), matrix.encoders), y=test_target.y[known][chosen], rows=known[chosen])


def encoder_of(column: Column, table: Table) -> Encoder:
    """Learn one column's encoder: categories by frequency, the rarest ones share the last code."""
    if column.kind not in ("category", "boolean") or table.column(column.name).dtype.is_numeric():
        return Encoder(column=column.name, kind=column.kind, date_format=column.date_format)
    counts = table.column(column.name).cast(pl.String).drop_nulls().value_counts(sort=True, name="n")
    labels = counts.sort(["n", column.name], descending=[True, False])[column.name].to_list()
    return Encoder(column=column.name, kind=column.kind, labels={label: min(code, MAX_CODES - 1) for code, label in enumerate(labels)})


def encode(table: Table, encoders: tuple[Encoder, ...]) -> Floats:
    """shape (n_rows, n_encoders). A category never learned becomes missing."""
    if not encoders:
        return np.empty((table.n_rows, 0))
    return np.column_stack([encode_column(table, each) for each in encoders])


def encode_column(table: Table, encoder: Encoder) -> Floats:
    """One column as numbers, shape (n_rows,); infinities are kept out as missing."""
    if encoder.column not in table.columns:
        return np.full(table.n_rows, np.nan)
    series = table.column(encoder.column)
    if encoder.labels is not None:
        known = series.cast(pl.String).replace_strict(encoder.labels, default=None, return_dtype=pl.Float64)
        return known.to_numpy().astype(float)
    return numbers_of(series, encoder.kind, encoder.date_format)


def numbers_of(series: pl.Series, kind: str, date_format: str = "") -> Floats:
    """A column's values as floats: dates as days, texts as their length, the rest as it reads."""
    if kind == "datetime":
        if not series.dtype.is_temporal() and not date_format:
            return np.full(series.len(), np.nan)  # declared as time, though it reads as no date
        when = series if series.dtype.is_temporal() else series.str.to_datetime(date_format, strict=False)
        return when.cast(pl.Datetime("us")).dt.epoch("us").cast(pl.Float64).to_numpy().astype(float) / 86_400e6
    if kind == "text" and series.dtype == pl.String:
        return series.str.len_chars().cast(pl.Float64).to_numpy().astype(float)
    numbers = series.cast(pl.Float64, strict=False).to_numpy().astype(float)
    return np.where(np.isfinite(numbers), numbers, np.nan)


def as_kind(series: pl.Series, kind: str) -> pl.Series:
    """The same values in the kind of the column they are compared with: texts that are all numbers, and 0 and 1 that stand for true and false."""
    if kind == "numeric" and series.dtype == pl.String:
        numbers = series.str.strip_chars().cast(pl.Float64, strict=False)
        return numbers if numbers.null_count() == series.null_count() else series
    if kind == "boolean" and series.dtype.is_numeric() and series.drop_nulls().is_in([0, 1]).all():
        return series.cast(pl.Boolean)
    return series
