"""Labels that confident out-of-fold predictions contradict."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rung.core.errors import Unavailable
from rung.core.marks import fact
from rung.facts.out_of_fold import LinearScores, NonlinearScores
from rung.facts.score import FoldScores
from rung.facts.target import Classes, Continuous
from rung.stats.label_noise import NoiseFloor, noise_floor
from rung.stats.robust import robust_scale
from rung.stats.tails import TailExcess, tail_excess

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelDoubts:
    """Classes: how many labels disagree however sure two learners are.

    floor : the share of such labels.   n : rows scored.   rows : contradicted rows, the surest first.   given, predicted : their class codes.
    sure : log-odds of the prediction for them.   flips : shape (k, k), sure rows by given (row) and predicted (column) class.
    bins, rates : mean log-odds and rate of disagreement of twenty groups of rows.
    """

    floor: NoiseFloor
    n: int
    rows: NDArray[np.int64]
    given: NDArray[np.int64]
    predicted: NDArray[np.int64]
    sure: Floats
    flips: NDArray[np.int64]
    bins: Floats
    rates: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueDoubts:
    """Numbers: targets whose out-of-fold residual lies beyond what the residuals' own tails allow.

    tails : the test.   rows : their rows, farthest first.   y, prediction : of those.   distance : residual in robust deviations.
    """

    tails: TailExcess
    n: int
    rows: NDArray[np.int64]
    y: Floats
    prediction: Floats
    distance: Floats


@fact(cost="pass")
def label_doubts(classes: Classes, linear: LinearScores, nonlinear: NonlinearScores) -> LabelDoubts:
    """Join both learners' probabilities by their geometric mean: only what both are sure of counts as sure."""
    size = len(classes.target.classes)
    if size < 2:
        raise Unavailable("only one class")
    positive = classes.target.positive
    both = [np.clip(_columns(each.result, positive), 1e-6, 1.0) for each in (linear, nonlinear)]
    joint = np.sqrt(both[0] * both[1])
    known = np.flatnonzero(np.isfinite(joint).all(axis=1))
    share = joint[known] / joint[known].sum(axis=1, keepdims=True)
    y, predicted, top = nonlinear.result.y[known].astype(int), share.argmax(axis=1), np.clip(share.max(axis=1), 0, 1 - 1e-6)
    margin, wrong = np.log(top / (1 - top)), share.argmax(axis=1) != y
    floor = noise_floor(margin, wrong)
    sure = margin >= np.sort(margin)[len(margin) - max(floor.sure_rows, 1)] if len(margin) else np.zeros(0, dtype=bool)
    flips = np.zeros((size, size), dtype=np.int64)
    np.add.at(flips, (y[sure], predicted[sure]), 1)
    order = np.argsort(-margin, kind="stable")
    order = order[wrong[order] & sure[order]]
    parts = np.array_split(np.argsort(margin, kind="stable"), 20)
    return LabelDoubts(
        floor=floor,
        n=len(known),
        rows=nonlinear.result.rows[known][order],
        given=y[order],
        predicted=predicted[order],
        sure=margin[order],
        flips=flips,
        bins=np.array([margin[part].mean() for part in parts if len(part)]),
        rates=np.array([wrong[part].mean() for part in parts if len(part)]),
    )


def _columns(scores: FoldScores, positive: int) -> Floats:
    p = scores.prediction
    if p.ndim == 2:
        return p
    return np.column_stack([1 - p, p]) if positive == 1 else np.column_stack([p, 1 - p])


@fact(cost="pass")
def value_doubts(target: Continuous, nonlinear: NonlinearScores) -> ValueDoubts:
    """Look at the tails of the residuals. Unavailable with fewer than 50 scored rows."""
    scores = nonlinear.result
    known = np.flatnonzero(np.isfinite(scores.prediction))
    if len(known) < 50:
        raise Unavailable(f"only {len(known)} scored rows of '{target.target.name}'")
    residual = scores.y[known] - scores.prediction[known]
    tails = tail_excess(residual, alpha=1e-4)
    far = np.asarray(tails.rows, dtype=np.int64)
    scale = float(robust_scale(residual, "mad")) or float(residual.std()) or 1.0
    chosen = known[far]
    return ValueDoubts(
        tails=tails, n=len(known), rows=scores.rows[chosen], y=scores.y[chosen], prediction=scores.prediction[chosen], distance=np.abs(residual[far]) / scale
    )  # fmt: skip
