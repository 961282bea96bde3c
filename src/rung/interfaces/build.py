"""From what the user hands over to a `Case`."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import cast

import numpy as np
import polars as pl

from rung.adapters.artefacts import read_model
from rung.adapters.files import read_table
from rung.adapters.frames import is_from, to_table
from rung.adapters.sklearn import to_model
from rung.core.errors import BadInput
from rung.inputs.case import Case, Current, Pairing, Test, Train, Valid
from rung.inputs.contract import Contract
from rung.inputs.model import Model
from rung.inputs.settings import Settings
from rung.inputs.table import Table, no_such_column
from rung.interfaces.categories import categories_of
from rung.interfaces.trial import require_answer

TARGET = "target"


def build_case(
    train: object,
    *,
    contract: Contract,
    settings: Settings,
    test: object = None,
    valid: object = None,
    current: object = None,
    model: object = None,
    trust: bool = False,
    categories: Mapping[str, object] | None = None,
) -> Case:
    """Read everything and refuse what cannot work, before any work is done."""
    table, pairing, named = labelled_table(train, "train", contract.target)
    contract = _with_target(contract, named)
    inputs: list[object] = [Train(table, pairing), settings]
    texts = [each for each, kind in table.frame.schema.items() if kind in (pl.String, pl.Categorical, pl.Enum)]
    for given, kind, name in ((test, Test, "test"), (valid, Valid, "valid"), (current, Current, "current")):
        if given is not None:
            inputs.append(kind(*labelled_table(given, name, contract.target, texts)[:2]))
    answering = model_of(model, contract, trust)
    if answering is not None and model is not None:
        require_answer(answering, table, contract.target)
    inputs += [contract, answering, categories_of(contract, categories)]
    for each in inputs:
        if isinstance(each, Test | Valid | Current):
            require_shared_columns(table.columns, each.table, "the training table", loosely=isinstance(each, Current))
    return Case(*inputs)


def _with_target(contract: Contract, named: str | None) -> Contract:
    from dataclasses import replace

    return replace(contract, target=named) if named is not None and contract.target is None else contract


def labelled_table(given: object, source: str, target: str | None, texts: Collection[str] = ()) -> tuple[Table, Pairing | None, str | None]:
    """A table, and where labels came apart from it, how they were paired and under which name they joined.

    texts : columns that are texts in the table it will be compared with, so that a file without types is read alike.
    """
    if isinstance(given, tuple) and len(given) == 2:
        return _joined(given[0], given[1], source, target, texts)
    if isinstance(given, str | Path):
        return read_table(given, texts), None, None
    return to_table(given, source), None, None


def _joined(features: object, labels: object, source: str, target: str | None, texts: Collection[str]) -> tuple[Table, Pairing, str]:
    table = read_table(features, texts) if isinstance(features, str | Path) else to_table(features, source)
    series = to_table(labels if not isinstance(labels, list) else np.asarray(labels), f"y of {source}").frame.to_series()
    given = series.name if series.name not in ("x0", "0", "") else TARGET
    name = target or given
    name = name if name not in table.columns else f"{name}_y"
    pairing = Pairing(n_features=table.n_rows, n_labels=series.len(), **_index_relation(features, labels))  # type: ignore[arg-type]
    both = min(table.n_rows, series.len())
    table = table if table.n_rows == both else table.take(np.arange(both))
    return table.with_column(name, series.head(both)), pairing, name


def _index_relation(features: object, labels: object) -> dict[str, object]:
    if not (is_from(features, "pandas") and is_from(labels, "pandas")):
        return {"index": "none"}
    import pandas as pd

    left, right = cast("pd.DataFrame", features).index, cast("pd.Series", labels).index
    if left.equals(right):
        return {"index": "equal"}
    if not left.is_unique or not right.is_unique:
        return {"index": "partial" if left.isin(right).any() else "disjoint"}
    if len(left) == len(right) and left.isin(right).all():
        return {"index": "permuted", "order": right.get_indexer(left).astype(np.int64)}
    return {"index": "partial" if left.isin(right).any() else "disjoint"}


def model_of(given: object, contract: Contract, trust: bool) -> Model | None:
    """The model given, or the column that holds its predictions."""
    if given is None:
        return _column_model(contract.prediction) if contract.prediction is not None else None
    if isinstance(given, str | Path):
        return read_model(given, trust)
    return to_model(given)


def _column_model(column: str) -> Model:
    """A model that is known by its predictions alone: a column of the table."""

    def numbers(table: Table) -> np.ndarray:
        if column not in table.columns:
            raise no_such_column(column, table.columns, table.source)
        return table.column(column).to_numpy()

    def two_classes(table: Table) -> np.ndarray:
        positive = table.column(column).cast(pl.Float64, strict=False).to_numpy().astype(float)
        return np.column_stack([1 - positive, positive])

    return Model(name=f"column '{column}'", predict=numbers, probabilities=two_classes, predicts_column=column)


def require_shared_columns(known: Collection[str], other: Table, whose: str, *, loosely: bool) -> None:
    """Refuse a table about something else.   loosely : other case and signs are no other name (production may have renamed all columns so)."""

    def plain(names: Collection[str]) -> set[str]:
        return {"".join(letter for letter in name.lower() if letter.isalnum()) if loosely else name for name in names}

    if plain(known) & plain(other.columns):
        return
    shown = ", ".join(f"'{name}'" for name in other.columns[:5])
    raise BadInput(
        f"'{other.source}' shares no column with {whose}; it has {shown}.",
        hint="Both need the same header; check that it is the file you mean and that the first line of each file names the columns.",
    )
