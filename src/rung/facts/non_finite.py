"""Infinite numbers: in the tables, and made by the steps of a pipeline."""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
import polars as pl

from rung.core.marks import fact
from rung.facts.schema import Schema
from rung.inputs.case import Current, Test, Train
from rung.inputs.model import Model, Step
from rung.inputs.table import Table

MAX_ASKED = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class InfiniteColumn:
    """Infinite values of one column of one table."""

    column: str
    where: str
    above: int
    below: int
    n_rows: int
    rows: tuple[int, ...]
    is_target: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class BadStep:
    """A step that turned finite rows into non-finite ones.

    n_bad of n_asked rows; `columns` : positions of the columns, among those the next step is given, that hold them.   rows : in `where`.
    """

    path: str
    type_name: str
    where: str
    n_bad: int
    n_asked: int
    columns: tuple[str, ...]
    rows: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NonFinite:
    """All of both."""

    columns: tuple[InfiniteColumn, ...]
    steps: tuple[BadStep, ...]


@fact(cost="pass")
def non_finite(train: Train, schema: Schema, test: Test | None, current: Current | None, model: Model | None) -> NonFinite:
    """Count infinities in every float column, and follow finite rows through the pipeline."""
    tables = [("train", train.table), *((name, given.table) for name, given in (("test", test), ("current", current)) if given is not None)]
    names = {each.name for each in schema.columns if each.role in ("feature", "target", "time", "prediction")}
    found = [each for where, table in tables for each in _infinite(where, table, names, schema.target)]
    steps = [each for where, table in tables for each in _bad_steps(where, table, model, schema)] if model is not None else []
    return NonFinite(columns=tuple(found), steps=tuple(steps[:1]))


def _infinite(where: str, table: Table, names: set[str], target: str | None) -> list[InfiniteColumn]:
    floats = [name for name, kind in table.frame.schema.items() if kind.is_float() and name in names]
    if not floats or not table.n_rows:
        return []
    counts = table.frame.select(pl.col(floats).is_infinite().sum()).row(0)
    found = []
    for name, count in zip(floats, counts, strict=True):
        if count:
            series = table.column(name)
            rows = tuple(series.is_infinite().fill_null(value=False).arg_true().head(50).to_list())
            above = int((series == float("inf")).sum())
            found.append(
                InfiniteColumn(
                    column=name,
                    where=where,
                    above=above,
                    below=int(count) - above,
                    n_rows=table.n_rows,
                    rows=rows,
                    is_target=name == target,
                )
            )
    return found


def _bad_steps(where: str, table: Table, model: Model, schema: Schema) -> list[BadStep]:
    """The steps after which rows that were finite in every numeric feature are not any more."""
    numeric = [each.name for each in schema.features_of("numeric", "boolean") if each.name in table.columns]
    if not numeric or len(model.steps) < 2:
        return []
    fine = (
        table.frame.select(pl.all_horizontal(pl.col(numeric).cast(pl.Float64, strict=False).is_finite().fill_null(value=False)))
        .to_series()
        .to_numpy()
    )
    rows = np.flatnonzero(fine)[:MAX_ASKED]
    part = table.take(rows)
    for place, step in enumerate(model.steps):
        given = _given(step, part) if rows.size else None
        if given is None or step.kind == "encoder":
            continue
        known = ~np.isnan(given).all(axis=0)  # texts arrive as columns of nothing but NaN
        bad = (~np.isfinite(given[:, known])).any(axis=1)
        text = np.isnan(given).any(axis=0) & known & ~np.isinf(given).any(axis=0)
        if bad.any() and not (text.any() and _has_text(step, schema)):
            maker = _maker(model.steps, place)
            if maker is None:
                return []
            columns = np.flatnonzero(known)[(~np.isfinite(given[:, known])).any(axis=0)]
            names = tuple(step.columns[each] if each < len(step.columns) else f"column {each}" for each in columns.tolist())
            return [
                BadStep(
                    path=maker.path, type_name=maker.type_name, where=where, n_bad=int(bad.sum()), n_asked=len(rows),
                    columns=names[:20], rows=tuple(rows[bad][:50].tolist()),
                )
            ]  # fmt: skip
    return []


def _has_text(step: Step, schema: Schema) -> bool:
    """Whether a text column, whose words read as NaN, may be among what the step is given."""
    texts = {each.name for each in schema.columns if each.kind in ("category", "text", "datetime")}
    return not step.columns or bool(texts & set(step.columns))


def _given(step: Step, table: Table) -> np.ndarray | None:
    if step.inputs is None:
        return None
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            values = step.inputs(table)
        except Exception:  # noqa: BLE001 - a step that fails is told of by the rules that ask the model; here there is nothing to look at
            return None
    return values if values.ndim == 2 and values.shape[1] else None


def _maker(steps: tuple[Step, ...], place: int) -> Step | None:
    """The step before this one: in the same pipeline where there is one, else the nearest before."""
    parent = steps[place].path.rpartition("/")[0]
    siblings = [step for step in steps[:place] if step.path.rpartition("/")[0] == parent]
    return (siblings or list(steps[:place]) or [None])[-1]
