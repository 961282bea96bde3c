"""Whether the model's kind fits the target: hard answers of both kinds of learner, on the same rows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rung.core.errors import Unavailable
from rung.core.experiment import Estimate
from rung.core.marks import fact
from rung.facts.answers import Answers
from rung.facts.own_model import OnTest
from rung.facts.score import FoldScores
from rung.facts.standing import Standing
from rung.facts.target import Target
from rung.inputs.case import Train
from rung.inputs.model import Model
from rung.stats.intervals import mean_interval


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelTask:
    """The model's kind beside the target's.

    off_label : share of predictions that are no label (regressor on classes).   outside : share below the smallest or above the largest label.
    n_levels : classes that a classifier learned.   whole : whether all target values are whole numbers.
    squared, hits : what a plain model of the right kind gains on the same rows: squared error of codes or values over their variance,
    and share of rows met; NaN where it cannot be compared.
    """

    kind: str
    off_label: float
    outside: float
    n_levels: int
    whole: bool
    numeric_labels: bool
    squared: Estimate
    hits: Estimate


ENOUGH = 2_000  # rows that show what kind of number a model returns
UNKNOWN = Estimate(value=float("nan"), low=float("nan"), high=float("nan"))


@fact(cost="fits")
def model_task(
    model: Model, train: Train, target: Target, answers: Answers, on_test: OnTest | None, standing: Standing | None
) -> ModelTask:
    """Unavailable where the model does not say what it is."""
    if model.kind == "unknown":
        raise Unavailable("the model does not say whether it classifies or regresses")
    said = answers.predicted
    numbers = _numbers(model, train, target) if model.kind == "regressor" and target.is_classification else np.empty(0)
    squared, hits = _gains(said.labels, standing, target) if standing is not None and on_test is not None else (UNKNOWN, UNKNOWN)
    return ModelTask(
        kind=model.kind,
        off_label=float(np.mean(np.abs(numbers - np.round(numbers)) > 1e-6)) if numbers.size else 0.0,
        outside=_outside(numbers, target),
        n_levels=len(model.classes),
        whole=bool(np.all(said.y == np.round(said.y))),
        numeric_labels=all(_is_number(each) for each in target.classes),
        squared=squared,
        hits=hits,
    )


def _numbers(model: Model, train: Train, target: Target) -> np.ndarray:
    """What a regressor says about some training rows, finite ones only."""
    table = train.table.take(np.flatnonzero(target.known)[:ENOUGH])
    raw = np.asarray(model.predict(table if model.features else table.drop([target.name])))
    values = raw.astype(float).reshape(len(raw), -1)[:, 0] if raw.dtype.kind in "fiub" else np.empty(0)
    return values[np.isfinite(values)]


def _outside(numbers: np.ndarray, target: Target) -> float:
    """Share beyond the smallest and largest label, 0 where labels are no numbers."""
    if not numbers.size or not all(_is_number(each) for each in target.classes):
        return 0.0
    labels = [float(each) for each in target.classes]
    return float(np.mean((numbers < min(labels) - 1e-9) | (numbers > max(labels) + 1e-9)))


def _is_number(label: str) -> bool:
    return label.lstrip("-").replace(".", "", 1).isdigit()


def _gains(labels: np.ndarray, standing: Standing, target: Target) -> tuple[Estimate, Estimate]:
    """What the plain non-linear model of the target's own kind gains over the user's hard answers."""
    reference = standing.nonlinear
    if len(labels) != len(standing.own.rows):  # asked on test rows, scored on folds: no pairs
        return UNKNOWN, UNKNOWN
    _, left, right = np.intersect1d(standing.own.rows, reference.rows, assume_unique=True, return_indices=True)
    y, mine, theirs = reference.y[right], labels[left], _answers(reference, target)[right]
    told = np.isfinite(mine) & np.isfinite(theirs)
    y, mine, theirs = y[told], mine[told], theirs[told]
    spread = float(np.var(y)) if len(y) else 0.0
    if len(y) < 10 or spread <= 0:
        return UNKNOWN, UNKNOWN
    squared = _mean(((mine - y) ** 2 - (theirs - y) ** 2) / spread)
    nearest = np.round(mine) if target.is_classification else mine
    return squared, _mean((theirs == y).astype(float) - (nearest == y))


def _answers(reference: FoldScores, target: Target) -> np.ndarray:
    scores = reference.prediction
    if not target.is_classification:
        return scores
    return (
        scores.argmax(axis=1).astype(float)
        if scores.ndim == 2
        else np.where(scores > 0.5, target.positive, 1 - target.positive).astype(float)
    )


def _mean(values: np.ndarray) -> Estimate:
    found = mean_interval(values)
    return Estimate(value=found.value, low=found.low, high=found.high, n=len(values))
