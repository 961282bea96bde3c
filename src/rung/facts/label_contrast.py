"""Whether the labels of the training rows agree less with the features than those of the test rows do."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from rung.core.errors import Unavailable
from rung.core.evidence import Bars
from rung.core.experiment import Estimate
from rung.core.marks import fact
from rung.facts.folds import Folds
from rung.facts.label_doubts import both_sure, class_columns_of
from rung.facts.label_order import LabelOrders
from rung.facts.learners import linear, nonlinear
from rung.facts.matrix import Matrix, TestMatrix
from rung.facts.out_of_fold import LinearScores, NonlinearScores
from rung.facts.overlap import Matches, Overlap
from rung.facts.schema import Schema
from rung.facts.score import Metric
from rung.facts.target import Classes
from rung.facts.test_signal import test_share
from rung.inputs.case import Test, Train
from rung.inputs.settings import Settings
from rung.stats.delong import macro_auc
from rung.stats.distributions import normal_p

Floats = NDArray[np.float64]
LEAST_TEST, LEAST_CLASS = 60, 5
WORTH = 0.95  # two fits are spent where the training labels keep less than this part of the linear signal in the test rows
TWINS = 0.02  # share of test rows with a twin in training, beyond what is natural, above which those rows are left out


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelContrast:
    """The same learners on rows that they were not fitted on: training rows out of fold, and test rows by the fit of one fold.

    train, test : mean one-against-rest AUC of both learners together, with errors of one deviation.
    lost : share of the signal above chance that the training labels lack. Where labels are wrong at random, it is the sum of the shares of wrong
    labels among those labelled positive and among those labelled negative (Menon et al. 2015).
    p : one-sided, that the labels agree equally well.   n_train, n_test : rows scored.
    """

    train: float
    test: float
    lost: Estimate
    p: float
    n_train: int
    n_test: int

    def told(self) -> str:
        """One sentence."""
        lost = self.lost
        return (
            f"Training labels lack {lost.value:.0%} ({max(lost.low, 0):.0%} to {min(lost.high, 1):.0%}) of the signal that the same learners find in "
            f"the test labels (AUC {self.train:.3f} against {self.test:.3f} on unseen rows): a part of them is wrong."
        )

    def bars(self) -> Bars:
        """Both scores."""
        reading = f"Labels of one quality would give equal bars; chance of such a gap {self.p:.1g}."
        title, labels = "AUC on rows that the learners did not see", ("training rows", "test rows")
        return Bars(title=title, labels=labels, values=(self.train, self.test), marked=labels[:1], reading=reading)


@fact(cost="fits")
def label_contrast(
    classes: Classes, straight: LinearScores, bent: NonlinearScores, orders: LabelOrders, matrix: Matrix, test: TestMatrix, given: Test,
    train: Train, folds: Folds, metric: Metric, schema: Schema, overlap: Overlap | None, settings: Settings,
) -> LabelContrast:  # fmt: skip
    """One fit of each learner, on the rows that one fold was scored by: under equal labels, test rows are as good as that fold's.

    Test rows with a twin or an entity in training are left out. Unavailable where the folds go forward in time (their fits know less than one fit
    on all that is earlier), and where a linear fit finds as much in the training rows.
    """
    if folds.scheme == "forward":
        raise Unavailable("rows in time: later rows are scored by fits that know more")
    rows = _foreign(given, train, test, schema, overlap)
    here, there = max(orders.present - orders.directions / max(orders.rows, 1), 0.0), test_share(given, matrix, test, classes.target)
    if here > WORTH * there:
        raise Unavailable("a linear fit finds as much in the training rows as in the test rows")
    y, scored = test.y[rows].astype(int), np.flatnonzero(folds.fold >= 0)
    counted = _countable(bent.result.y[scored].astype(int), y, metric.n_classes, folds.n_folds)
    if len(rows) < LEAST_TEST or not len(counted):
        raise Unavailable(f"only {len(rows)} test rows that are not of a training entity, or none of a class")
    here_score = _by_fold(both_sure(straight.result, bent.result, metric.positive), bent.result.y.astype(int), folds, counted)
    there_score = macro_auc(y, _one_fit(matrix, test, folds, metric, settings)[rows], counted)
    return _contrast(here_score, there_score, len(scored), len(rows))


def _foreign(given: Test, train: Train, test: TestMatrix, schema: Schema, overlap: Overlap | None) -> NDArray[np.int64]:
    """Places in the test matrix that training has no twin of (where twins are more than natural), nor rows of the same declared entity."""
    twins = [each.test_rows for each in (overlap.equal, overlap.near) if _excess(each) > TWINS] if overlap is not None else []
    free = ~np.isin(test.rows, np.concatenate([np.empty(0, dtype=np.int64), *twins]))
    if schema.groups is not None and schema.groups in given.table.columns:
        known = train.table.column(schema.groups).cast(pl.String).unique()
        free &= ~given.table.column(schema.groups).cast(pl.String)[test.rows].is_in(known.implode()).fill_null(value=False).to_numpy()
    return np.flatnonzero(free)


def _excess(found: Matches) -> float:
    return len(found.test_rows) / found.n_asked - found.expected if found.n_asked and found.n_null else 0.0


def _countable(y: NDArray[np.int64], other: NDArray[np.int64], n_classes: int, n_folds: int) -> NDArray[np.int64]:
    """Classes with rows enough in both; of two, one stands for both."""
    here, there = (np.bincount(each, minlength=n_classes) for each in (y, other))
    good = np.flatnonzero((here >= LEAST_CLASS * n_folds) & (there >= LEAST_CLASS))
    if n_classes == 2:
        return good[-1:] if len(good) == 2 else good[:0]
    return good


def _by_fold(scores: Floats, y: NDArray[np.int64], folds: Folds, counted: NDArray[np.int64]) -> tuple[float, float]:
    """Mean over the folds: each has its own fit, whose scores are ranked by themselves."""
    known = np.isfinite(scores).all(axis=1)
    each = [macro_auc(y[part], scores[part], counted) for part in (known & (folds.fold == number) for number in range(folds.n_folds))]
    values = np.array([pair for pair in each if np.isfinite(pair).all()]).reshape(-1, 2)
    if not len(values):
        raise Unavailable("no fold has rows of two classes")
    return float(values[:, 0].mean()), float(np.sqrt((values[:, 1] ** 2).sum()) / len(values))


def _one_fit(matrix: Matrix, test: TestMatrix, folds: Folds, metric: Metric, settings: Settings) -> Floats:
    fitted = next(trained for trained, _ in folds.splits())
    learners = (
        linear(metric.task, metric.n_classes, metric.positive, matrix.categorical),
        nonlinear(metric.task, metric.n_classes, metric.positive, matrix.categorical, settings.seed),
    )
    told = [class_columns_of(learner(matrix.x[fitted], matrix.y[fitted])(test.x), metric.positive) for learner in learners]
    return np.sqrt(np.clip(told[0], 1e-6, 1.0) * np.clip(told[1], 1e-6, 1.0))


def _contrast(train: tuple[float, float], test: tuple[float, float], n_train: int, n_test: int) -> LabelContrast:
    (a, error_a), (b, error_b) = train, test
    if not (b > 0.5 and np.isfinite([a, b, error_a, error_b]).all()):
        raise Unavailable("no signal in the test rows")
    kept = (a - 0.5) / (b - 0.5)
    error = float(np.hypot(error_a, kept * error_b)) / (b - 0.5)
    gap_error = float(np.hypot(error_a, error_b))
    p = normal_p((b - a) / gap_error) / 2 if b > a and gap_error > 0 else 1.0
    lost = Estimate(value=1 - kept, low=1 - kept - 1.96 * error, high=1 - kept + 1.96 * error, n=n_train + n_test)
    return LabelContrast(train=a, test=b, lost=lost, p=p, n_train=n_train, n_test=n_test)
