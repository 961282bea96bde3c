"""What is predicted, for production rows: from the training table's target, a snapshot, or the model alone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from rung.core.errors import Unavailable
from rung.core.marks import fact
from rung.facts.score import Metric
from rung.facts.score import metric as metric_of
from rung.facts.target import Target, coded, label_texts
from rung.inputs.case import Current
from rung.inputs.model import Floats, Model
from rung.inputs.snapshot import Reference


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """The target as production needs it: its `y` may be empty.   metric : the score of its task."""

    target: Target
    metric: Metric


@dataclass(frozen=True, slots=True, kw_only=True)
class CurrentLabels:
    """Labels of production rows as far as they have come.

    y : class codes or numbers, NaN where there is none yet, shape (n_rows,).   unseen : labels that the reference does not know.
    """

    y: Floats
    unseen: tuple[str, ...]
    n_unseen: int


@fact(cost="instant")
def goal(reference: Reference | None, target: Target | None, model: Model | None) -> Goal:
    """The first of snapshot, training target and model that tells. Unavailable where none does."""
    found = _of_snapshot(reference) if reference is not None else target
    found = found or (_of_model(model) if model is not None else None)
    if found is None:
        raise Unavailable("needs a target (--target) or a model (--model)")
    return Goal(target=found, metric=metric_of(found))


def _of_snapshot(reference: Reference) -> Target | None:
    kept = reference.snapshot
    if kept.task is None or kept.target is None:
        return None
    return Target(name=kept.target, task=kept.task, y=np.empty(0), classes=kept.classes, positive=kept.positive)


def _of_model(model: Model) -> Target | None:
    """A classifier names its classes; the later one of two is taken for the positive class, as its own library does."""
    if model.kind == "regressor":
        return Target(name="", task="regression", y=np.empty(0), classes=(), positive=-1)
    if len(model.classes) < 2:
        return None
    texts = tuple(label_texts(pl.Series(list(model.classes), strict=False)).to_list())
    return Target(
        name="", task="binary" if len(texts) == 2 else "multiclass", y=np.empty(0), classes=texts, positive=1 if len(texts) == 2 else -1
    )


@fact(cost="pass")
def current_labels(current: Current, goal: Goal) -> CurrentLabels:
    """Code the labels. Unavailable where production rows carry none."""
    target = goal.target
    if not target.name or target.name not in current.table.columns:
        raise Unavailable("needs labels in the production frame")
    series = current.table.column(target.name)
    if series.null_count() == series.len():
        raise Unavailable("no production row has a label yet")
    if target.task == "regression":
        numbers = series.cast(pl.Float64, strict=False).to_numpy().astype(float)
        return CurrentLabels(y=np.where(np.isfinite(numbers), numbers, np.nan), unseen=(), n_unseen=0)
    y = coded(series, target.classes)
    strange = label_texts(series).filter(pl.Series(np.isnan(y)) & series.is_not_null())
    return CurrentLabels(y=y, unseen=tuple(sorted(strange.unique().to_list())[:20]), n_unseen=strange.len())
