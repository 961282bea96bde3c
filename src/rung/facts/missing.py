"""Missing values: how many, where, and whether the model can live with them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from rung.core.marks import fact
from rung.facts.how_split import HowSplit
from rung.facts.schema import Schema
from rung.inputs.case import Current, Test, Train
from rung.inputs.model import Model
from rung.inputs.table import Table
from rung.stats.clusters import independent_share

MAX_ASKED = 200  # rows that the model is asked about: one is enough to make it fail


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingColumn:
    """Missing values of one feature: (missing, rows) in each table that has it; `imputed` by a step of the model's pipeline.

    fill : the value that the pipeline's imputer puts in their place, None where unknown.
    worth : independent rows over rows, below 1 where whole declared entities miss the column together.
    """

    column: str
    train: tuple[int, int]
    later: dict[str, tuple[int, int]]
    imputed: bool
    fill: float | None
    worth: float = 1.0

    @property
    def share(self) -> float:
        """In training, 0..1."""
        return self.train[0] / self.train[1] if self.train[1] else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingValues:
    """Features with a missing value anywhere, the largest training share first.

    rows : positions of training rows with a missing value (at most 50), n_rows_missing of them in all.
    refused : what the model said when asked about rows with missing values, '' where it answered or was not asked.
    answers_complete : whether it answers rows without any.   refused_in : the table where that was.
    natural : whether the test rows are another period or other entities, whose gaps may honestly differ.
    """

    columns: tuple[MissingColumn, ...]
    n_columns: int
    rows: tuple[int, ...]
    n_rows_missing: int
    refused: str
    refused_in: str
    answers_complete: bool
    natural: bool


@fact(cost="pass")
def missing_values(
    train: Train, schema: Schema, test: Test | None, current: Current | None, model: Model | None, split: HowSplit | None
) -> MissingValues:
    """Count every feature in every table, and ask the model about rows with and without missing values."""
    features = [each.name for each in schema.features]
    later = {name: given.table for name, given in (("test", test), ("current", current)) if given is not None}
    entities = None if schema.groups is None else train.table.column(schema.groups).cast(pl.String).fill_null("").rank("dense").to_numpy()
    counts = [_column(name, train.table, later, model, entities) for name in features]
    found = sorted((each for each in counts if each.train[0] or any(pair[0] for pair in each.later.values())), key=lambda each: -each.share)
    mask = _any_missing(train.table, features)
    refused, where, complete = _asked(model, {"train": train.table, **later}, features) if model is not None and found else ("", "", True)
    return MissingValues(
        columns=tuple(found),
        n_columns=len(features),
        rows=tuple(np.flatnonzero(mask)[:50].tolist()),
        n_rows_missing=int(mask.sum()),
        refused=refused,
        refused_in=where,
        answers_complete=complete,
        natural=split is not None and split.natural,
    )


def _column(name: str, train: Table, later: dict[str, Table], model: Model | None, entities: NDArray[np.generic] | None) -> MissingColumn:
    own = train.column(name)
    steps = [step for step in model.steps if step.kind == "imputer" and name in step.columns] if model is not None else []
    fills = [step.statistics["statistics_"] for step in steps if "statistics_" in step.statistics]
    fill = float(fills[0][steps[0].columns.index(name)]) if fills and len(fills[0]) == len(steps[0].columns) else None
    pairs = {where: (table.column(name).null_count(), table.n_rows) for where, table in later.items() if name in table.columns}
    worth = independent_share(entities, own.is_null().to_numpy()) if entities is not None and own.null_count() else 1.0
    return MissingColumn(column=name, train=(own.null_count(), own.len()), later=pairs, imputed=bool(steps), fill=fill, worth=worth)


def _any_missing(table: Table, features: list[str]) -> np.ndarray:
    names = [name for name in features if name in table.columns]
    if not names:
        return np.zeros(table.n_rows, dtype=bool)
    return table.frame.select(pl.any_horizontal(pl.col(names).is_null())).to_series().to_numpy()


def _asked(model: Model, tables: dict[str, Table], features: list[str]) -> tuple[str, str, bool]:
    """(what it said to rows with missing values, in which table, whether it answers complete rows)."""
    for where, table in tables.items():
        mask = _any_missing(table, features)
        if not mask.any():
            continue
        said = _failure(model, table.take(np.flatnonzero(mask)[:MAX_ASKED]))
        if said:
            complete = np.flatnonzero(~mask)[:MAX_ASKED]
            return said, where, bool(complete.size) and not _failure(model, table.take(complete))
    return "", "", True


def _failure(model: Model, table: Table) -> str:
    """What the model raises on these rows, '' where it answers."""
    try:
        model.predict(table)
    except Exception as error:  # noqa: BLE001 - whatever a user's model raises is the evidence
        text = str(error).splitlines()[0] if str(error) else ""
        return f"{type(error).__name__}: {text}"[:300]
    return ""
