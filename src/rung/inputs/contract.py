"""What the user declares about the problem; whatever is left out is inferred and shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Task = Literal["binary", "multiclass", "regression"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract:
    """The user's declarations.

    target : column to predict.   task : overrides the inferred one.   positive : label of the positive class.
    metric : a name of `rung.stats.metrics`.   time : column of the event's time.   groups : column of the entity.
    cost_fp, cost_fn : cost of one false alarm and of one miss, in any common unit.
    prediction : column that holds a model's predictions (hard or probability of the positive class).
    features : the only columns to use, empty for all.   not_available : columns not known when a prediction is made.
    label_time : column that says when the label of a row became known.   fresh : the reference rows were not used to fit the model.
    prevalence : share of the positive class where the model is used.   prediction_time, owner : when and by whom the prediction is used.
    min_recall, min_precision : smallest share of positives that must be found, of calls that must be right; each asks for a threshold.
    protected : columns whose groups must be served alike.
    categories : name -> condition on the columns, as SQL: {"night flights": "hour >= 22 OR hour < 6"}.
    """

    target: str | None = None
    task: Task | None = None
    positive: str | None = None
    metric: str | None = None
    time: str | None = None
    groups: str | None = None
    cost_fp: float | None = None
    cost_fn: float | None = None
    prediction: str | None = None
    features: tuple[str, ...] = ()
    not_available: tuple[str, ...] = ()
    label_time: str | None = None
    fresh: bool = False
    prevalence: float | None = None
    prediction_time: str | None = None
    owner: str | None = None
    min_recall: float | None = None
    min_precision: float | None = None
    protected: tuple[str, ...] = ()
    categories: Mapping[str, str] = field(default_factory=dict)
