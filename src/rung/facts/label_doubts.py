"""Labels that confident out-of-fold predictions contradict."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from rung.core.errors import Unavailable
from rung.core.evidence import Evidence, Grid, Line, Lines, Ranking
from rung.core.marks import fact
from rung.facts.matrix import Matrix
from rung.facts.out_of_fold import LinearScores, NonlinearScores
from rung.facts.score import FoldScores
from rung.facts.target import Classes, Continuous
from rung.stats.label_noise import LEAST_SLOPE, NoiseFloor, noise_floor
from rung.stats.robust import robust_scale
from rung.stats.tails import TailExcess, tail_excess

Floats = NDArray[np.float64]
ROWS_A_COLUMN = 10


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

    def curve(self) -> Lines:
        """Disagreement by certainty."""
        line = Line(name="disagreement", x=tuple(self.bins.tolist()), y=tuple(self.rates.tolist()))
        floor = Line(name="floor", x=(float(self.bins[0]), float(self.bins[-1])), y=(self.floor.rate, self.floor.rate))
        reading = "Honest doubt falls to zero on the right; wrong labels keep the curve up."
        return Lines(
            title="Disagreement as predictions grow surer", x_label="log-odds", y_label="rate", lines=(line, floor), reading=reading
        )

    def flipped(self, names: tuple[str, ...]) -> tuple[Evidence, ...]:
        """Sure rows by label and prediction (of 30 classes at most), then the surest contradictions one by one."""
        shown = (each[:50].tolist() for each in (self.rows, self.given, self.predicted, self.sure))
        rows = tuple((row, names[given], names[seen], round(sure, 2)) for row, given, seen, sure in zip(*shown, strict=True))
        ranking = Ranking(title="Rows to look at", columns=("row", "label", "predicted", "log-odds"), rows=rows, reading="Surest first.")
        if len(names) > 30:
            return (ranking,)
        grid = tuple(tuple(float(each) for each in line) for line in self.flips.tolist())
        title = "Sure rows by label and prediction"
        return Grid(title=title, rows=names, columns=names, values=grid, reading="Off the diagonal: wrong."), ranking


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
def label_doubts(classes: Classes, linear: LinearScores, nonlinear: NonlinearScores, matrix: Matrix) -> LabelDoubts:
    """Follow the disagreement along two measures of certainty, and keep the one that shows the clearer floor.

    The geometric mean of both learners' probabilities: only what both are sure of counts as sure. And the linear learner's own log-odds on the rows
    where both name the same class: trees that are fitted on wrong labels are never surer than these allow, a straight line goes on.
    """
    size = len(classes.target.classes)
    if size < 2:
        raise Unavailable("only one class")
    positive = classes.target.positive
    joint = both_sure(linear.result, nonlinear.result, positive)
    straight, bent = (class_columns_of(each.prediction, positive) for each in (linear.result, nonlinear.result))
    known = np.flatnonzero(np.isfinite(joint).all(axis=1))
    agreed = known[straight[known].argmax(axis=1) == bent[known].argmax(axis=1)]
    found = [along(joint, known, nonlinear.result, size)]
    if len(agreed) >= ROWS_A_COLUMN * matrix.x.shape[1]:  # with fewer a line is sure of everything
        found.append(along(straight, agreed, nonlinear.result, size))
    best = min(found, key=lambda each: each.floor.p)
    return replace(best, n=len(known), floor=replace(best.floor, p=min(1.0, len(found) * best.floor.p)))


def along(p: Floats, known: NDArray[np.int64], scores: FoldScores, size: int, least_slope: float = LEAST_SLOPE) -> LabelDoubts:
    """Certainty by these probabilities, on these rows; `least_slope` as in `noise_floor`."""
    share = p[known] / p[known].sum(axis=1, keepdims=True)
    y, predicted, top = scores.y[known].astype(int), share.argmax(axis=1), np.clip(share.max(axis=1, initial=0.0), 0, 1 - 1e-6)
    margin, wrong = np.log(top / (1 - top)), share.argmax(axis=1) != y
    floor = noise_floor(margin, wrong, least_slope)
    sure = margin >= np.sort(margin)[len(margin) - max(floor.sure_rows, 1)] if len(margin) else np.zeros(0, dtype=bool)
    flips = np.zeros((size, size), dtype=np.int64)
    np.add.at(flips, (y[sure], predicted[sure]), 1)
    order = np.argsort(-margin, kind="stable")
    order = order[wrong[order] & sure[order]]
    parts = np.array_split(np.argsort(margin, kind="stable"), 20)
    return LabelDoubts(
        floor=floor,
        n=len(known),
        rows=scores.rows[known][order],
        given=y[order],
        predicted=predicted[order],
        sure=margin[order],
        flips=flips,
        bins=np.array([margin[part].mean() for part in parts if len(part)]),
        rates=np.array([wrong[part].mean() for part in parts if len(part)]),
    )


def both_sure(one: FoldScores, other: FoldScores, positive: int) -> Floats:
    """The geometric mean of two learners' probabilities, one column a class; NaN where a row was not scored."""
    both = [np.clip(class_columns_of(each.prediction, positive), 1e-6, 1.0) for each in (one, other)]
    return np.sqrt(both[0] * both[1])


def class_columns_of(p: Floats, positive: int) -> Floats:
    """Scores as one column a class code."""
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
