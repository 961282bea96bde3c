"""Labels that learners contradict which were fitted without the contradicted rows: wrong labels no longer blur what these learners are sure of."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rung.core.errors import Unavailable
from rung.core.marks import fact
from rung.facts.folds import Folds
from rung.facts.label_doubts import LabelDoubts, along, both_sure
from rung.facts.learners import Learner, linear, nonlinear
from rung.facts.matrix import Matrix
from rung.facts.out_of_fold import LinearScores, NonlinearScores
from rung.facts.score import FoldScores, Metric, score_folds
from rung.facts.target import Classes
from rung.inputs.settings import Settings
from rung.stats.label_noise import LEAST_SLOPE, NoiseFloor, noise_floor

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
# Ten fits are spent where the first look's floor, of all rows or of one predicted class, has a chance no larger, in this share of the rows.
WORTH, SHARE = 0.02, 0.05
MOST, FEWEST = 5, 50  # predicted classes that are looked at one by one, and rows of one
# Learners that were fitted on rows they agree with are too sure of themselves: by a factor of four on honest tables, see fault bench.
SLOPE = 0.25


@dataclass(frozen=True, slots=True, kw_only=True)
class OneWay:
    """Rows predicted to be of one class.

    seen : its code.   given : the code that most sure contradicted rows bear.   floor : of these rows alone.   n : their number.
    contradicted : sure rows labelled `given`.   settled, doubted : rows predicted to be `given`, and the share of them that bear another label.
    """

    seen: int
    given: int
    floor: NoiseFloor
    n: int
    contradicted: int
    settled: int
    doubted: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SettledDoubts:
    """The second look.

    whole : as the first look's, by learners fitted without contradicted rows.   first : chance of the first look's floor.
    one_way : the predicted class whose labels are contradicted most surely, None where there is none; its chance counts the classes looked at.
    rows : rows contradicted by both looks, the surest first.
    """

    whole: LabelDoubts
    first: float
    one_way: OneWay | None
    rows: Ints


@fact(cost="fits")
def settled_doubts(
    classes: Classes, doubts: LabelDoubts, straight: LinearScores, bent: NonlinearScores, matrix: Matrix, folds: Folds, metric: Metric, settings: Settings
) -> SettledDoubts:  # fmt: skip
    """Fit both learners again out of fold, without the rows whose label they contradicted; every label is judged as given.

    Source: learning with the confident rows, Northcutt, Jiang & Chuang (2021). Unavailable where the first look has no hint of a floor.
    """
    positive = classes.target.positive
    before = both_sure(straight.result, bent.result, positive)
    y = bent.result.y.astype(np.int64)
    if not any(_hints(each, doubts.n) for each in (doubts.floor, *(way.floor for way in _by_class(before, y, LEAST_SLOPE)))):
        raise Unavailable("labels are contradicted no more than honest doubt explains")
    known = np.asarray(np.isfinite(before).all(axis=1))
    kept = ~known | (np.where(known[:, None], before, 0.0).argmax(axis=1) == y)
    learners = (
        linear(metric.task, metric.n_classes, metric.positive, matrix.categorical),
        nonlinear(metric.task, metric.n_classes, metric.positive, matrix.categorical, settings.seed),
    )
    again = [_without_doubted(each, kept, matrix, folds, metric) for each in learners]
    after = both_sure(again[0], again[1], positive)
    ways = _by_class(after, y, SLOPE)
    told = np.asarray(np.isfinite(after).all(axis=1))
    whole = along(after, np.flatnonzero(told), bent.result, len(classes.target.classes), SLOPE)
    sure = np.where(told[:, None], after, 0.0)
    accused = np.flatnonzero(~kept & (sure.max(axis=1) > 0) & (sure.argmax(axis=1) != y))
    return SettledDoubts(
        whole=whole,
        first=doubts.floor.p,
        one_way=min(ways, key=lambda each: each.floor.p) if ways else None,
        rows=bent.result.rows[accused[np.argsort(-sure[accused].max(axis=1), kind="stable")]],
    )


def _hints(floor: NoiseFloor, n: int) -> bool:
    return floor.p <= WORTH and floor.sure_rows >= SHARE * n


def _without_doubted(learner: Learner, kept: NDArray[np.bool_], matrix: Matrix, folds: Folds, metric: Metric) -> FoldScores:
    shape = (len(matrix.y), metric.n_classes) if metric.task == "multiclass" else len(matrix.y)
    prediction = np.full(shape, np.nan)
    for trained, scored in folds.splits():
        fitted = trained[kept[trained]]
        if len(fitted) and len(scored):
            prediction[scored] = learner(matrix.x[fitted], matrix.y[fitted])(matrix.x[scored])
    return score_folds("without doubted rows", metric, matrix.y, prediction, folds.fold, matrix.rows)


def _by_class(p: Floats, y: Ints, slope: float) -> list[OneWay]:
    """The floor among the rows of each of the commonest predicted classes; chances are multiplied by their number."""
    known = np.isfinite(p).all(axis=1)
    p, y = p[known] / p[known].sum(axis=1, keepdims=True), y[known]
    seen, top = p.argmax(axis=1), np.clip(p.max(axis=1, initial=0.0), 0, 1 - 1e-6)
    margin, counts = np.log(top / (1 - top)), np.bincount(seen, minlength=p.shape[1])
    common = [int(code) for code in np.argsort(-counts, kind="stable")[:MOST] if counts[code] >= FEWEST]
    return [_one_way(code, margin, seen, y, slope, len(common)) for code in common]


def _one_way(code: int, margin: Floats, seen: Ints, y: Ints, slope: float, tried: int) -> OneWay:
    inside = np.flatnonzero(seen == code)
    floor = noise_floor(margin[inside], y[inside] != code, slope)
    sure = inside[np.argsort(-margin[inside], kind="stable")[: floor.sure_rows]]
    wrong = y[sure][y[sure] != code]
    given = int(np.bincount(wrong).argmax()) if len(wrong) else code
    other = seen == given
    return OneWay(
        seen=code,
        given=given,
        floor=NoiseFloor(rate=floor.rate, low=floor.low, high=floor.high, p=min(1.0, tried * floor.p), sure_rows=floor.sure_rows, sure_rate=floor.sure_rate),
        n=len(inside),
        contradicted=int((wrong == given).sum()),
        settled=int(other.sum()),
        doubted=float((y[other] != given).mean()) if other.any() else 1.0,
    )  # fmt: skip
