"""What is to be predicted: task, classes, and the target as numbers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from rung.core.errors import BadInput, Unavailable
from rung.core.marks import fact
from rung.facts.schema import Column, Schema, require_target
from rung.inputs.case import Test, Train
from rung.inputs.contract import Contract, Task

Codes = NDArray[np.int64]
Floats = NDArray[np.float64]

POSITIVE_NAMES = (
    "1",
    "yes",
    "true",
    "y",
    "t",
    "positive",
    "pos",
    "bad",
    "default",
    "churn",
    "fraud",
    "died",
    "dead",
    "late",
    "case",
    "malignant",
)
# A whole-number target with so few values is taken for classes; above it, or with decimals, for a quantity. Chosen by hand: digits (10), months (12)
# and letter grades are classes, counts and ages are not. `--task` overrides.
MAX_WHOLE_CLASSES = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """The target of every training row.

    y : class codes (0..k-1, positions in `classes`) or numbers, NaN where missing, shape (n_rows,).
    classes : labels as text, in the order of the codes; empty for regression.   positive : code of the positive class, binary only.
    inferred : what was inferred, one sentence each.
    """

    name: str
    task: Task
    y: Floats
    classes: tuple[str, ...]
    positive: int
    inferred: tuple[str, ...] = ()

    @property
    def known(self) -> NDArray[np.bool_]:
        """Rows with a target."""
        return ~np.isnan(self.y)

    @property
    def is_classification(self) -> bool:
        """Whether the target is a class."""
        return self.task != "regression"


@dataclass(frozen=True, slots=True, kw_only=True)
class Classes:
    """The target of a classification task: exists for no other."""

    target: Target
    counts: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Continuous:
    """The target of a regression task: exists for no other."""

    target: Target


@dataclass(frozen=True, slots=True, kw_only=True)
class TestTarget:
    """The target of every test row under the training classes; NaN where missing or of a class never seen in training."""

    __test__ = False
    y: Floats
    unseen: tuple[str, ...]


@fact(cost="pass")
def target(train: Train, schema: Schema, contract: Contract) -> Target:
    """Decide the task and code the target."""
    name = require_target(schema)
    series, column = train.table.column(name), schema.column(name)
    if column.kind == "empty" or not series.len():
        raise Unavailable(f"the target '{name}' has no value")
    task, why = _task(series, column, contract)
    if task == "regression":
        return Target(name=name, task=task, y=_numbers(series), classes=(), positive=-1, inferred=(why,))
    labels = ordered_labels(series)
    positive, reason = _positive(series, labels, contract) if task == "binary" else (-1, "")
    inferred = tuple(each for each in (why, reason) if each)
    return Target(name=name, task=task, y=coded(series, labels), classes=labels, positive=positive, inferred=inferred)


def _task(series: pl.Series, column: Column, contract: Contract) -> tuple[Task, str]:
    if contract.task is not None:
        return contract.task, ""
    if column.n_distinct <= 2:
        return "binary", ""
    if column.kind == "numeric" and (not column.integer or column.n_distinct > MAX_WHOLE_CLASSES):
        return "regression", f"task regression: '{column.name}' holds {column.n_distinct} different numbers; override with --task"
    if column.kind == "datetime" or (column.kind in ("category", "text") and column.n_distinct > max(50, 0.5 * series.len())):
        raise Unavailable(
            f"'{column.name}' has {column.n_distinct} different values of kind {column.kind}: no target that a model can learn"
        )
    return "multiclass", f"task multiclass: '{column.name}' holds {column.n_distinct} different values; override with --task"


def _numbers(series: pl.Series) -> Floats:
    numbers = series.cast(pl.Float64, strict=False).to_numpy().astype(float)
    return np.where(np.isfinite(numbers), numbers, np.nan)


LARGEST_WHOLE = 2.0**53  # beyond, neighbouring floats are more than one apart


def label_texts(series: pl.Series) -> pl.Series:
    """Labels as text; whole floats without their '.0', so that 1.0 and 1 are one class."""
    known = series.drop_nulls() if series.dtype.is_float() else series.head(0)
    if series.dtype.is_float() and bool(((known == known.round()) & (known.abs() < LARGEST_WHOLE)).all()):
        series = series.cast(pl.Int64, strict=False)
    if series.dtype == pl.Boolean:
        return series.cast(pl.Int8).cast(pl.String)
    return series.cast(pl.String)


def ordered_labels(series: pl.Series) -> tuple[str, ...]:
    """Labels in the order of their values, as scikit-learn's `classes_`."""
    texts = label_texts(series.unique().sort()).drop_nulls().unique(maintain_order=True).to_list()
    return tuple(texts) if series.dtype.is_numeric() or series.dtype == pl.Boolean else tuple(sorted(texts))


def coded(series: pl.Series, labels: tuple[str, ...]) -> Floats:
    """Codes 0..k-1 as floats, NaN for missing and unknown labels."""
    mapping = {label: float(code) for code, label in enumerate(labels)}
    return label_texts(series).replace_strict(mapping, default=None, return_dtype=pl.Float64).to_numpy().astype(float)


def _positive(series: pl.Series, labels: tuple[str, ...], contract: Contract) -> tuple[int, str]:
    if contract.positive is not None:
        declared = contract.positive.removesuffix(".0") if contract.positive.removesuffix(".0") in labels else contract.positive
        if declared in ("True", "False", "true", "false") and declared not in labels:
            declared = "1" if declared.lower() == "true" else "0"
        if declared not in labels:
            raise BadInput(f"'{contract.positive}' is no label of the target.", hint=f"Its labels are {', '.join(labels[:10])}.")
        return labels.index(declared), ""
    named = [code for code, label in enumerate(labels) if label.lower() in POSITIVE_NAMES]
    if len(named) == 1:
        return named[0], f"positive class '{labels[named[0]]}': by its name; override with --positive"
    counts = np.bincount(coded(series, labels)[~np.isnan(coded(series, labels))].astype(int), minlength=len(labels))
    rarer = int(np.argmin(counts)) if len(labels) > 1 else 0
    return rarer, f"positive class '{labels[rarer]}': the rarer one; override with --positive"


@fact(cost="instant")
def classes(target: Target) -> Classes:
    """Class counts. Unavailable for regression."""
    if not target.is_classification:
        raise Unavailable("only for classification")
    counts = np.bincount(target.y[target.known].astype(int), minlength=len(target.classes))
    return Classes(target=target, counts=tuple(int(each) for each in counts))


@fact(cost="instant")
def continuous(target: Target) -> Continuous:
    """Unavailable for classification."""
    if target.is_classification:
        raise Unavailable("only for regression")
    return Continuous(target=target)


@fact(cost="pass")
def test_target(test: Test, target: Target) -> TestTarget:
    """Code the test labels with the training classes. Unavailable where the test set carries no target."""
    if target.name not in test.table.columns:
        raise Unavailable("the test set has no target column")
    series = test.table.column(target.name)
    if not target.is_classification:
        return TestTarget(y=_numbers(series), unseen=())
    unseen = sorted(set(label_texts(series).drop_nulls().unique().to_list()) - set(target.classes))
    return TestTarget(y=coded(series, target.classes), unseen=tuple(unseen[:20]))
