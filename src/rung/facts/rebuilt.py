"""What the model predicts after it was saved and loaded, and what a stored prediction column says."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from rung.core.errors import Unavailable
from rung.core.marks import fact
from rung.facts.sample import draw
from rung.facts.target import Target
from rung.inputs.case import Test, Train
from rung.inputs.contract import Contract
from rung.inputs.model import Floats, Model
from rung.inputs.table import Table

MAX_ROWS = 2_000  # a lost state shows in the first rows


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """Two sets of predictions for the same rows.

    steady : rows where the model agrees with itself when asked twice.   rows : positions of at most 50 that differ.
    here, there : the values of the model and of the copy or column in these rows, as text.   largest : difference of the scores, NaN for labels.
    """

    n: int
    n_differing: int
    rows: tuple[int, ...]
    here: tuple[str, ...]
    there: tuple[str, ...]
    largest: float
    role: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rebuilt:
    """The model against its own copy after saving and loading; `error` where it cannot be saved or loaded."""

    agreement: Agreement | None
    error: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredPredictions:
    """The model against the declared column of predictions."""

    column: str
    agreement: Agreement


@fact(cost="pass")
def rebuilt(model: Model, train: Train, test: Test | None, target: Target | None) -> Rebuilt:
    """Ask the model twice and its copy once. Unavailable where the model cannot be asked or has nothing to save."""
    if model.rebuild is None:
        raise Unavailable("the model has nothing to save")
    table, role = _rows(model, train, test, target)
    first, again = _ask(model, table), _ask(model, table)
    try:
        copy = model.rebuild()
        other = _ask(copy, table)
    except Unavailable as reason:
        return Rebuilt(agreement=None, error=reason.message)
    except Exception as error:  # noqa: BLE001 - a class may break in any way when it is saved; that is what is looked for
        return Rebuilt(agreement=None, error=f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}")
    return Rebuilt(agreement=_compared(first, other, ~_differs(first, again), table, role), error="")


@fact(cost="pass")
def stored_predictions(model: Model, contract: Contract, train: Train, test: Test | None, target: Target) -> StoredPredictions:
    """Compare the declared prediction column with the model. Unavailable without both."""
    if contract.prediction is None or model.predicts_column is not None:
        raise Unavailable("needs a model and a column of its predictions (--prediction)")
    table, role = _rows(model, train, test, target)
    if contract.prediction not in table.columns:
        raise Unavailable(f"'{contract.prediction}' is not in the table")
    stored = table.column(contract.prediction)
    here = _like(model, table, stored, target)
    there = stored.cast(pl.Float64).to_numpy().astype(float) if here.dtype.kind == "f" else stored.cast(pl.String).fill_null("").to_numpy()
    known = ~stored.is_null().to_numpy()
    return StoredPredictions(column=contract.prediction, agreement=_compared(here, there, known, table, role))


def _like(model: Model, table: Table, stored: pl.Series, target: Target) -> NDArray[np.generic]:
    """The model's predictions in the form of the column: probabilities of the positive class, numbers, or labels."""
    if stored.dtype.is_numeric() and target.task == "binary" and model.probabilities is not None and stored.n_unique() > 2:
        return np.asarray(model.probabilities(table), dtype=float)[:, target.positive]
    values = _ask(model, table)
    if stored.dtype.is_numeric() and values.dtype.kind in "fiub":
        return values.astype(float)
    return values.astype(str)


def _rows(model: Model, train: Train, test: Test | None, target: Target | None) -> tuple[Table, str]:
    table, role = (test.table, "test") if test is not None and test.table.n_rows else (train.table, "train")
    part = table.take(draw(table, MAX_ROWS, 0))
    return (part if model.features or target is None else part.drop([target.name])), role


def _ask(model: Model, table: Table) -> NDArray[np.generic]:
    try:
        if model.probabilities is not None:
            return np.asarray(model.probabilities(table), dtype=float)
        return np.asarray(model.predict(table))
    except Exception as error:
        raise Unavailable(f"the model fails on '{table.source}': {type(error).__name__}: {str(error)[:100]}") from error


def _differs(a: NDArray[np.generic], b: NDArray[np.generic]) -> NDArray[np.bool_]:
    if a.shape != b.shape:
        return np.ones(len(a), dtype=bool)
    if a.dtype.kind in "fiub" and b.dtype.kind in "fiub":
        x, y = a.astype(float), b.astype(float)
        # Sums in another order differ in the last digits: single precision is the least that a served model keeps.
        apart = ~np.isclose(x, y, rtol=1e-5, atol=1e-6 * max(1.0, float(np.nanmax(np.abs(x))) if x.size else 1.0), equal_nan=True)
    else:
        apart = a.astype(str) != b.astype(str)
    return apart.reshape(len(a), -1).any(axis=1)  # pyright: ignore[reportReturnType]


def _compared(a: NDArray[np.generic], b: NDArray[np.generic], steady: NDArray[np.bool_], table: Table, role: str) -> Agreement:
    differs = _differs(a, b) & steady
    places = np.flatnonzero(differs)[:50]
    return Agreement(
        n=int(steady.sum()), n_differing=int(differs.sum()), rows=tuple(table.positions[places].tolist()), here=_texts(a, places), there=_texts(b, places),
        largest=_largest(a, b, differs), role=role,
    )  # fmt: skip


def _texts(values: NDArray[np.generic], places: NDArray[np.int64]) -> tuple[str, ...]:
    last = values.reshape(len(values), -1)[:, -1] if len(values) else values
    return tuple(f"{last[each]:.6g}" if last.dtype.kind == "f" else str(last[each]) for each in places if each < len(last))


def _largest(a: NDArray[np.generic], b: NDArray[np.generic], differs: NDArray[np.bool_]) -> float:
    if a.shape != b.shape or a.dtype.kind != "f" or not differs.any():
        return float("nan")
    gaps: Floats = np.abs(a.astype(float) - b.astype(float))[differs]
    return float(np.nanmax(gaps))
