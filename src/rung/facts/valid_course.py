"""How the validation loss went after its best point."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rung.core.errors import Unavailable
from rung.core.marks import fact
from rung.inputs.history import Curve, History
from rung.stats.course import Level, Trend, blocks, level, noise_sd, running_median, trend

Floats = NDArray[np.float64]
MIN_POINTS = 6
BLOCKS = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class ValidCourse:
    """The validation loss by evaluation.

    values, steps : shape (n,).   noise : standard deviation from point to point.   best : level around the lowest smoothed point;
    best_step : its step; best_place : its position among the points.   end : level of the last points.   after : trend from there on.
    train_fall : fall of the training loss over the same stretch, over its level there; NaN where there is no training loss.
    train_end : training loss at the end, NaN likewise.
    """

    values: Floats
    steps: NDArray[np.int64]
    unit: str
    noise: float
    best: Level
    best_step: int
    best_place: int
    end: Level
    after: Trend
    train_fall: float
    train_end: float


@fact(cost="instant")
def valid_course(history: History) -> ValidCourse:
    """Unavailable with fewer than six evaluations."""
    curve = history.curve("valid") or history.curve("test")
    if curve is None:
        raise Unavailable("the history holds no validation loss")
    values, steps = _finite(curve)
    if len(values) < MIN_POINTS:
        raise Unavailable(f"the validation loss has {len(values)} points; {MIN_POINTS} are needed")
    return _course(history, curve, values, steps)


def _finite(curve: Curve) -> tuple[Floats, NDArray[np.int64]]:
    known = np.isfinite(curve.value)
    return curve.value[known], curve.step[known]


def _course(history: History, curve: Curve, values: Floats, steps: NDArray[np.int64]) -> ValidCourse:
    smooth = running_median(values, 3 if len(values) < 30 else 5)
    place = int(np.argmin(smooth))
    around = values[max(0, place - 1) : place + 2]
    later = values[place:]
    fall, end = _training(history, int(steps[place]))
    return ValidCourse(
        values=values,
        steps=steps,
        unit=curve.unit,
        noise=noise_sd(values),
        best=level(around),
        best_step=int(steps[place]),
        best_place=place,
        end=level(values[-max(3, len(values) // 10) :]),
        after=trend(later if len(later) <= 2 * BLOCKS else [each.value for each in blocks(later, BLOCKS)]),
        train_fall=fall,
        train_end=end,
    )


def _training(history: History, since: int) -> tuple[float, float]:
    """Fall of the training loss since a step as a share of its level there, and its level at the end."""
    curve = history.curve("train")
    if curve is None:
        return float("nan"), float("nan")
    values, steps = _finite(curve)
    near = values[np.argsort(np.abs(steps - since))[: max(1, len(values) // 20)]]
    last = values[-max(1, len(values) // 20) :]
    if not len(near):
        return float("nan"), float("nan")
    there, end = float(np.median(near)), float(np.median(last))
    return (there - end) / max(abs(there), 1e-12), end
