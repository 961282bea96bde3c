"""How the training loss went: levels, noise, trend and swings, and where it stood against a constant guess."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rung.core.errors import Unavailable
from rung.core.marks import fact
from rung.inputs.history import Curve, History
from rung.stats.course import Level, Trend, blocks, lag_one, noise_sd, stretch, trend

Floats = NDArray[np.float64]
MIN_POINTS = 4  # fewer say nothing about a course
BLOCKS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class LossCourse:
    """The training loss up to its first value that is not finite.

    values, steps : shape (n,).   unit : of the steps.   broke_at : step of the first NaN or infinity, None if there was none.
    start : the first value where it stands out, else the level of the first three.   end : level of the last twentieth, at least three points.   best : lowest level of a block.
    peak : largest value.   noise : standard deviation from point to point.   blocks : levels in order, at most 20.
    tail : trend of the points' second half (by blocks where there are many).   zigzag : correlation of neighbours, -1 for a zigzag.
    constant : loss of the best constant guess, NaN where unknown.   span : start minus best, at least 0.
    fine : there is a value for (nearly) each step, so that noise between points is that of batches.
    by_hand : no known loss function made the values, so that their level means nothing by itself.
    """

    values: Floats
    steps: NDArray[np.int64]
    unit: str
    broke_at: int | None
    start: Level
    end: Level
    best: Level
    peak: float
    noise: float
    blocks: tuple[Level, ...]
    tail: Trend
    zigzag: float
    constant: float
    span: float
    fine: bool
    by_hand: bool

    @property
    def n(self) -> int:
        """Number of finite points."""
        return len(self.values)

    @property
    def size(self) -> float:
        """A scale for differences: the larger of the fall and the level at the start."""
        return max(self.span, abs(self.start.value), 1e-12)


@fact(cost="instant")
def loss_course(history: History) -> LossCourse:
    """Unavailable without a training loss of four points, and where two nets with losses of their own compete."""
    curve = history.curve("train")
    if curve is None:
        raise Unavailable("the history holds no training loss")
    if competing(history):
        raise Unavailable("several optimizers follow losses of their own, which may rise against each other")
    return course_of(history, curve)


def competing(history: History) -> bool:
    """Several optimizers that step and several losses that are stepped on, as in adversarial training."""
    active = [each for each in history.optimizers if each.steps > 0.05 * max(1, history.n_steps)]
    lines = {each.where for each in history.losses if each.phase == "train"}
    return len(active) > 1 and len(lines) > 1


def course_of(history: History, curve: Curve) -> LossCourse:
    """The course of one curve of losses."""
    finite = np.isfinite(curve.value)
    stop = int(np.argmin(finite)) if not finite.all() else len(finite)
    values, steps = curve.value[:stop], curve.step[:stop]
    if stop < MIN_POINTS and finite.all():
        raise Unavailable(f"the training loss has {stop} points; {MIN_POINTS} are needed")
    return _course(history, curve, values, steps, int(curve.step[stop]) if stop < len(finite) else None)


def _course(history: History, curve: Curve, values: Floats, steps: NDArray[np.int64], broke_at: int | None) -> LossCourse:
    edge = max(3, len(values) // 20)
    parts = blocks(values, BLOCKS)
    noise, start = noise_sd(values), _start(values)
    lowest = min(parts, key=lambda each: each.value) if parts else start
    half = values[len(values) // 2 :]
    return LossCourse(
        values=values,
        steps=steps,
        unit=curve.unit,
        broke_at=broke_at,
        start=start,
        end=stretch(values, len(values) - edge, len(values)),
        best=lowest,
        peak=float(values.max(initial=-np.inf)),
        noise=noise,
        blocks=parts,
        tail=trend(half if len(half) <= 2 * BLOCKS else [each.value for each in blocks(half, BLOCKS)]),
        zigzag=lag_one(values[len(values) // 5 :]),
        constant=constant_loss(history),
        span=max(0.0, start.value - lowest.value) if len(values) else 0.0,
        fine=curve.unit == "step" and len(values) >= 0.5 * min(history.n_steps or len(values), 400),
        by_hand=bool(history.losses) and all(each.name == "own" for each in history.losses if each.phase == "train"),
    )


def _start(values: Floats) -> Level:
    """The first value where it stands out, else the median of the first three."""
    first = stretch(values, 0, 3)
    if len(values) and values[0] - first.value > 4 * first.error * first.n**0.5:
        return Level(value=float(values[0]), error=first.error * first.n**0.5, n=1)
    return first


def constant_loss(history: History) -> float:
    """Loss of the best constant guess for the busiest training loss, NaN where it is not known; times the factor that the loop puts on the loss."""
    calls = [each for each in history.losses if each.phase == "train" and np.isfinite(each.constant_loss)]
    return float(max(calls, key=lambda each: each.calls).constant_loss) * history.loop.factor if calls else float("nan")
