"""`Model`: any fitted estimator, seen through plain functions, its pipeline opened step by step."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from rung.inputs.table import Table

Floats = NDArray[np.float64]
StepKind = Literal["scaler", "imputer", "encoder", "target-encoder", "selector", "transformer", "sampler", "estimator"]
ModelKind = Literal["classifier", "regressor", "unknown"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of a fitted pipeline.

    path : names from the outermost pipeline to this step, joined by '/'.   type_name : class name.
    columns : the user's columns that reach it, where they can be told.
    statistics : fitted arrays by attribute name ('mean_', 'statistics_'), each aligned with `columns` where shapes allow.
    categories : column -> categories learned.   settings : constructor parameters with plain values.
    inputs : asks the steps before this one: table -> what this step was or would be given (2-D float array), None where unknown.
    """

    path: str
    type_name: str
    kind: StepKind
    columns: tuple[str, ...] = ()
    statistics: Mapping[str, Floats] = field(default_factory=dict)
    categories: Mapping[str, tuple[object, ...]] = field(default_factory=dict)
    settings: Mapping[str, object] = field(default_factory=dict)
    library: str = ""
    inputs: Callable[[Table], Floats] | None = None


class Refit(Protocol):
    """Fits a fresh clone of the user's estimator."""

    def __call__(self, table: Table, target: NDArray[np.generic], features: tuple[str, ...], **parameters: object) -> Model: ...


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Model:
    """A fitted model.

    predict : table -> labels or numbers, shape (n_rows,).   probabilities : table -> shape (n_rows, n_classes), None where it has none.
    features : the columns it wants, in order; empty where it does not say.   classes : labels in the order of `probabilities`.
    refit : fits a clone on other rows or columns, None where that is impossible (a callable, a native booster).
    steps : the opened pipeline, in the order of the data's way; the last one is the estimator.
    parameters : the estimator's own constructor parameters, plain values only.
    fitted : plain facts of the fit (n_iter_, best_iteration, n_features_in_ ...).
    versions : library -> version under which it was saved, where the artefact tells.
    native_missing, scale_sensitive, tree_based : what kind of learner the last step is; None where unknown.
    rebuild : saves and loads the artefact again and returns the copy, None where there is nothing to save.
    ranks_only : its scores lie in 0..1 and rank rows, yet are no probabilities (squeezed decision values).
    predicts_column : the column that is the prediction, for a table that carries its predictions along.
    """

    name: str
    predict: Callable[[Table], NDArray[np.generic]]
    kind: ModelKind = "unknown"
    probabilities: Callable[[Table], Floats] | None = None
    classes: tuple[object, ...] = ()
    features: tuple[str, ...] = ()
    refit: Refit | None = None
    steps: tuple[Step, ...] = ()
    parameters: Mapping[str, object] = field(default_factory=dict)
    fitted: Mapping[str, float] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)
    native_missing: bool | None = None
    scale_sensitive: bool | None = None
    tree_based: bool | None = None
    rebuild: Callable[[], Model] | None = None
    ranks_only: bool = False
    predicts_column: str | None = None
    source: str = ""
    notes: tuple[str, ...] = ()
