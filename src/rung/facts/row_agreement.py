"""How well labels and out-of-fold predictions agree along the rows, and the stretch of rows where they do not."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rung.core.errors import Unavailable
from rung.core.marks import fact
from rung.facts.label_order import DIRECTIONS, WINDOW, label_directions, plain_features
from rung.facts.matrix import Matrix
from rung.facts.out_of_fold import NonlinearScores
from rung.facts.score import FoldScores, Metric
from rung.facts.target import Target
from rung.inputs.case import Train
from rung.inputs.table import Rows
from rung.stats.alignment import ShiftScan, Stretch, explained, explained_p, orthonormal, scan_shifts, stretch
from rung.stats.arrays import midranks

Floats = NDArray[np.float64]
BINS = 100
WORTH_A_SCAN = (
    4.5  # standard errors; on rows in no order the best of all runs of 100 bins passes 4.3 one time in a hundred (400 simulated tables)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RowAgreement:
    """Product of centred label and centred prediction, averaged in bins of rows: above 0 where the model knows, 0 where it does not.

    starts : first row of each bin, and the end.   means, counts : per bin.   stretch : the bins that fall out most.
    first, end : the rows of that stretch.   inside_error : standard error of the mean inside it.
    """

    starts: Rows
    means: Floats
    counts: Floats
    stretch: Stretch
    first: int
    end: int
    inside_error: float


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockOrder:
    """The stretch looked at by itself: does another order of its labels fit its features?

    kind : 'shift' or 'reversal'.   order : label of row i is label order[i], for the whole table, changed inside the stretch only.
    best, present, second, typical, p : as for the whole table.   present_p : chance of the present signal inside without any.
    elsewhere : linear signal in as many rows outside.   expected_p : chance of that signal, if there were none, at the stretch's size.
    foreign : largest difference of a feature's mean inside and outside, in standard deviations.
    """

    kind: str
    order: Rows
    lag: int
    first: int
    end: int
    best: float
    present: float
    second: float
    typical: float
    p: float
    present_p: float
    elsewhere: float
    expected_p: float
    foreign: float


@fact(cost="pass")
def row_agreement(scores: NonlinearScores, metric: Metric, train: Train) -> RowAgreement:
    """Bin the rows that were scored, in table order, and look for the run of bins that agrees least."""
    agreement, rows = agreements(scores.result, metric)
    if len(rows) < 100:
        raise Unavailable(f"only {len(rows)} scored rows: too few to see a stretch of them")
    place = np.linspace(0, len(rows), min(BINS, len(rows) // 5) + 1).astype(int)
    counts = np.diff(place).astype(float)
    means = np.add.reduceat(agreement, place[:-1]) / counts
    found = stretch(means, counts, float(agreement.std()) or 1.0)
    inside = agreement[place[found.first] : place[found.end]]
    starts = np.r_[rows[place[:-1]], train.table.n_rows]
    starts[0] = 0
    return RowAgreement(
        starts=starts,
        means=means,
        counts=counts,
        stretch=found,
        first=int(starts[found.first]),
        end=int(starts[found.end]),
        inside_error=float(inside.std() / np.sqrt(len(inside))),
    )


def agreements(scores: FoldScores, metric: Metric) -> tuple[Floats, Rows]:
    """Agreement of each scored row in table order, and the rows."""
    prediction = scores.prediction if scores.prediction.ndim == 2 else scores.prediction[:, None]
    known = np.flatnonzero(np.isfinite(prediction).all(axis=1))
    y, prediction = scores.y[known], prediction[known]
    truth = (y[:, None] == np.arange(metric.n_classes)).astype(float) if metric.task == "multiclass" else y[:, None]
    if metric.task == "binary":
        truth = (truth == metric.positive).astype(float)
    if metric.task == "regression":
        truth, prediction = (
            midranks(each[:, 0])[:, None] / len(each) for each in (truth, prediction)
        )  # one far value must not make a stretch
    centred = [each - each.mean(axis=0) for each in (truth, prediction)]
    value = (centred[0] * centred[1]).sum(axis=1)
    order = np.argsort(scores.rows[known], kind="stable")
    return value[order], scores.rows[known][order]


@fact(cost="pass")
def block_order(agreement: RowAgreement, train: Train, matrix: Matrix, target: Target) -> BlockOrder:
    """Try every shift inside the stretch, forwards and backwards. Unavailable where no stretch stands out."""
    first, end = agreement.first, agreement.end
    if agreement.stretch.z < WORTH_A_SCAN:
        raise Unavailable("labels and predictions agree alike along the rows")
    inside = np.arange(first, min(end, first + WINDOW))
    if len(inside) < 50:
        raise Unavailable(f"the stretch holds {len(inside)} rows: too few to look into")
    outside = np.r_[np.arange(first), np.arange(end, train.table.n_rows)]
    outside = outside[np.unique(np.linspace(0, len(outside) - 1, min(len(outside), WINDOW)).astype(int))]
    x_in, x_out = plain_features(train.table, matrix, inside), plain_features(train.table, matrix, outside)
    limit = int(np.clip(len(inside) // 15, 3, DIRECTIONS))
    u, v = orthonormal(x_in, limit), label_directions(target, inside)
    if not u.shape[1] or not v.shape[1]:
        raise Unavailable("features or labels do not vary inside the stretch")
    scans = [scan_shifts(u, label_directions(target, rows)) for rows in (inside, inside[::-1])]
    kind, best = _better(scans[0], scans[1])
    shape = (len(inside), u.shape[1], v.shape[1])
    u_out, v_out = orthonormal(x_out, limit), label_directions(target, outside)
    elsewhere = max(explained(u_out, v_out) - u_out.shape[1] / len(outside), 0.0) if v_out.shape[1] == v.shape[1] else 0.0
    return BlockOrder(
        kind=kind,
        order=_whole(kind, best[0], first, end, train.table.n_rows),
        lag=best[0],
        first=first,
        end=end,
        best=best[1],
        present=explained(u, v),
        second=best[2],
        typical=scans[0].typical,
        p=best[3],
        present_p=explained_p(explained(u, v), *shape),
        elsewhere=elsewhere,
        expected_p=explained_p(elsewhere, *shape),
        foreign=_foreign(x_in, x_out),
    )


def _better(forward: ShiftScan, backward: ShiftScan) -> tuple[str, tuple[int, float, float, float]]:
    """The likelier of the two scans as (lag, best, second, p); a reversal may do without a shift."""
    straight = (forward.lag, forward.best, forward.second, min(1.0, 2 * forward.p))
    turned = (backward.lag, backward.best, backward.second, min(1.0, 2 * backward.p))
    return ("reversal", turned) if turned[1] > straight[1] else ("shift", straight)


def _whole(kind: str, lag: int, first: int, end: int, n: int) -> Rows:
    order = np.arange(n)
    inside = order[first:end] if kind == "shift" else order[first:end][::-1]
    order[first:end] = np.roll(inside, -lag)
    return order


def _foreign(inside: Floats, outside: Floats) -> float:
    spread = np.r_[inside, outside].std(axis=0)
    varies = spread > 1e-12
    return float(np.max(np.abs(inside.mean(axis=0) - outside.mean(axis=0))[varies] / spread[varies], initial=0.0))
