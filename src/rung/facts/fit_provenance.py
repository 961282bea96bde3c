"""On which rows the steps of a fitted pipeline were fitted, told from their statistics."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from rung.core.errors import Unavailable
from rung.core.marks import fact
from rung.facts.target import Target, TestTarget
from rung.inputs.case import Test, Train
from rung.inputs.model import Floats, Model, Step
from rung.inputs.table import Table

MODULES = ("sklearn.preprocessing", "sklearn.impute", "sklearn.feature_selection", "sklearn.decomposition")
# Order matters little; these are what a step learns from its rows as plain arrays, one entry a column.
ATTRIBUTES = (
    "mean_", "var_", "scale_", "center_", "data_min_", "data_max_", "max_abs_", "statistics_", "scores_", "variances_", "quantiles_", "lambdas_",
)  # fmt: skip
MAX_CELLS = 20_000_000  # rows x columns refitted for one step; beyond it the comparison costs more than it tells
MAX_ENCODED_ROWS = 200_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """One statistic of one step: as fitted, and as worked out anew from training rows alone and from training and test rows.

    fitted, on_train, on_both : shape (k,), entries without a finite value left out.   columns : aligned, '' where unknown.
    n_seen : rows that the step says it was fitted on, NaN where it does not.   supervised : whether the statistic uses the target.
    """

    path: str
    type_name: str
    kind: str
    attribute: str
    columns: tuple[str, ...]
    fitted: Floats
    on_train: Floats
    on_both: Floats
    n_seen: float
    supervised: bool

    def n_telling(self, apart: float) -> int:
        """Entries whose values over training rows and over all rows differ by more than this share of them."""
        return int(self._telling(apart).sum())

    def _telling(self, apart: float) -> NDArray[np.bool_]:
        return np.abs(self.on_train - self.on_both) > apart * self._scale()

    def _scale(self) -> Floats:
        size = np.maximum(np.abs(self.on_both), np.abs(self.on_train))
        return np.maximum(size, 1e-3 * (float(np.median(size)) if size.size else 0.0)) + 1e-300

    def saw_both(self, n_both: int, same: float, apart: float) -> bool:
        """Whether every entry equals the value over both tables, and none that can tell equals the training value.

        A thousandth of the gap is allowed where it is wider: iterative statistics do not agree to the last digit.
        """
        telling, gap = self._telling(apart), np.abs(self.on_train - self.on_both)
        near = np.abs(self.fitted - self.on_both) <= np.maximum(same * self._scale(), 1e-3 * np.where(telling, gap, 0.0))
        return bool(telling.any() and near.all() and (np.isnan(self.n_seen) or self.n_seen == n_both))


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignCategories:
    """Categories that an encoder learned and that only test rows hold. `n_test_only`: how many such categories there are in all."""

    path: str
    type_name: str
    column: str
    learned: tuple[str, ...]
    n_test_only: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FitProvenance:
    """Every statistic that could be worked out anew, and every encoder's foreign categories."""

    statistics: tuple[Provenance, ...]
    categories: tuple[ForeignCategories, ...]
    n_train: int
    n_test: int


@fact(cost="pass")
def fit_provenance(model: Model, train: Train, test: Test, target: Target, test_target: TestTarget) -> FitProvenance:
    """Fit a fresh copy of each step on training rows and on both, with what the steps before it hand over. Unavailable without opened steps."""
    steps = [step for step in model.steps if step.kind != "estimator"]
    if not steps:
        raise Unavailable("the model has no preprocessing step that can be looked into")
    labels = (target.y, test_target.y)
    return FitProvenance(
        statistics=tuple(each for step in steps for each in _statistics(step, train.table, test.table, labels)),
        categories=tuple(each for step in steps for each in _foreign(step, train.table, test.table)),
        n_train=train.table.n_rows,
        n_test=test.table.n_rows,
    )


def _statistics(step: Step, train: Table, test: Table, labels: tuple[Floats, Floats]) -> Iterator[Provenance]:
    known = [name for name in ATTRIBUTES if name in step.statistics]
    maker = _maker(step)
    encodings = [name for name in step.statistics if name.startswith("encodings_")]
    if maker is None or not (known or encodings):
        return
    given = _texts(step, train, test) if encodings else _numbers(step, train, test)
    if given is None:
        return
    (x_train, x_test), (y_train, y_test) = given, labels
    fresh = _refitted(maker, step, x_train, y_train)
    both = _refitted(maker, step, np.concatenate([x_train, x_test]), np.concatenate([y_train, y_test]))
    if fresh is None or both is None:
        return
    for name in [*known, *encodings]:
        yield from _compared(step, name, fresh, both)


def _maker(step: Step) -> type | None:
    if step.library != "sklearn":
        return None
    for name in MODULES:
        found = getattr(importlib.import_module(name), step.type_name, None)
        if isinstance(found, type):
            return found
    return None


def _numbers(step: Step, train: Table, test: Table) -> tuple[Floats, Floats] | None:
    """What reaches the step in both tables; None where a step before it fails on these rows or they are too many."""
    if step.inputs is None:
        return None
    try:
        x_train, x_test = step.inputs(train), step.inputs(test)
    except Exception:  # noqa: BLE001 - a user's step may raise anything on rows it was not made for; then nothing can be told about it
        return None
    fits = x_train.ndim == 2 and x_train.shape[1:] == x_test.shape[1:] and x_train.size + x_test.size <= MAX_CELLS
    return (x_train, x_test) if fits else None


def _texts(step: Step, train: Table, test: Table) -> tuple[NDArray[np.generic], NDArray[np.generic]] | None:
    """The columns of an encoder as texts, None where they are not columns of the tables."""
    if not step.columns or not set(step.columns) <= set(train.columns) & set(test.columns) or train.n_rows > MAX_ENCODED_ROWS:
        return None
    parts = [table.frame.select(pl.col(step.columns).cast(pl.String).fill_null("")).to_numpy().astype(object) for table in (train, test)]
    return parts[0], parts[1]


def _refitted(maker: type, step: Step, x: NDArray[np.generic], y: Floats) -> Step | None:
    """The step's statistics after a fresh fit with its plain settings; None where it cannot be fitted so."""
    import warnings

    from rung.facts.fresh_steps import opened

    known = ~np.isnan(y)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return opened(maker, dict(step.settings), x[known], y[known])
    except Exception:  # noqa: BLE001 - settings that are no plain values (callables, lists) are left out, so any error is possible; then it tells nothing
        return None


def _compared(step: Step, name: str, fresh: Step, both: Step) -> Iterator[Provenance]:
    if name not in fresh.statistics or name not in both.statistics:
        return
    arrays = [np.asarray(each.statistics[name], dtype=float) for each in (step, fresh, both)]
    if name.startswith("encodings_"):
        arrays = _by_category(name, (step, fresh, both))
    if len({each.shape for each in arrays}) != 1 or not arrays[0].size:
        return
    columns = _columns_of(step, arrays[0].shape)
    flat = [each.ravel() for each in arrays]
    kept = np.isfinite(flat).all(axis=0)
    n_seen = step.statistics.get("n_samples_seen_")
    yield Provenance(
        path=step.path,
        type_name=step.type_name,
        kind=step.kind,
        attribute=name.partition("_")[0] + "_" if name.startswith("encodings_") else name,
        columns=tuple(np.asarray(columns, dtype=object)[kept]),
        fitted=flat[0][kept],
        on_train=flat[1][kept],
        on_both=flat[2][kept],
        n_seen=float(np.max(n_seen)) if n_seen is not None and n_seen.size else float("nan"),
        supervised=step.kind in ("target-encoder", "selector") and name != "variances_",
    )


def _by_category(name: str, steps: tuple[Step, Step, Step]) -> list[Floats]:
    """Encodings of the categories that all three know, in one order: a fit on more rows may have learned more categories."""
    place = int(name.rpartition("_")[2])
    tables = []
    for step in steps:
        learned = list(step.categories.values())
        values = np.asarray(step.statistics[name], dtype=float)
        if place >= len(learned) or len(learned[place]) != len(values):
            return [np.empty(0)] * 3
        tables.append({str(label): value for label, value in zip(learned[place], values, strict=True)})
    shared = [label for label in tables[0] if label in tables[1] and label in tables[2]]
    return [np.array([table[label] for label in shared]) for table in tables]


def _columns_of(step: Step, shape: tuple[int, ...]) -> list[str]:
    if len(shape) == 1 and len(step.columns) == shape[0]:
        return list(step.columns)
    if len(shape) == 2 and len(step.columns) == shape[1]:
        return list(step.columns) * shape[0]
    return [step.columns[0] if len(step.columns) == 1 else ""] * int(np.prod(shape))


def _foreign(step: Step, train: Table, test: Table) -> Iterator[ForeignCategories]:
    if step.settings.get("categories", "auto") != "auto":  # a list that the user wrote down learns nothing from rows
        return
    for column, learned in step.categories.items():
        if column not in train.columns or column not in test.columns:
            continue
        held, elsewhere = (set(table.column(column).cast(pl.String).drop_nulls().unique().to_list()) for table in (train, test))
        only = elsewhere - held
        found = sorted({str(each) for each in learned} & only)
        # Categories that no table holds come from elsewhere: a list written down, or other training rows.
        if found and {str(each) for each in learned if each is not None and str(each) != "nan"} <= held | elsewhere:
            yield ForeignCategories(path=step.path, type_name=step.type_name, column=column, learned=tuple(found), n_test_only=len(only))
