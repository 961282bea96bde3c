"""T103: a training loss that does not fall."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from rung.core.evidence import Measure
from rung.core.finding import Confidence, Finding, Remedy, Subject
from rung.core.marks import check
from rung.facts.loss_course import LossCourse
from rung.facts.run_charts import loss_chart
from rung.inputs.history import History
from rung.stats.course import trend

Z = 3.0
TREND = 0.01  # a fall of less than a hundredth over a whole run is flat, however steady


@check("T103", severity="warning", explains=())
def flat_loss(course: LossCourse, history: History, *, min_fall: float = 0.03, min_steps: int = 20) -> Iterator[Finding]:
    """The training loss has not fallen since the first step.

    Why it matters:
        Nothing is learned, or so slowly that it cannot be told from nothing.
    Likely cause:
        Weights that never change (no step, no gradient, another model's parameters), a rate near zero, dead units, or labels that do not belong to the rows.
    How it decides:
        After at least `min_steps` updates (8 points of a logged curve) the last level lies within three standard errors of the start, or below it by less than
        `min_fall`, and no steady fall of a hundredth shows over the run. A run that starts at half the loss of a constant guess or less has learned before: silent.
    When it is wrong:
        A policy's loss hovers about zero while the reward rises: a loss that is mostly noise around zero is not judged.
    Fix:
        Look for the cause named above it; alone, try a rate ten times higher and overfit one small batch.
    Verify:
        The loss of one batch repeated falls to nearly nothing.
    Prevent:
        Before a long run, check that 100 steps lower the loss.
    Sources:
        Limits chosen by hand, held by benchmarks/curves.py.

    min_fall : fall of the loss, as a share of its level at the start, that counts as one
    min_steps : updates before which nothing is said
    """
    if not _enough(course, history, min_steps) or _learned_before(course) or _around_zero(course):
        return
    if not _fell(course, min_fall) and not _rose(course):
        yield _finding(course, history)


def _fell(course: LossCourse, min_fall: float) -> bool:
    """By size beyond its error; or, smaller, by a trend over the whole run that is still more than the last digits."""
    start = abs(course.start.value)
    fall = course.start.value - course.end.value
    error = float(np.hypot(course.start.error, course.end.error))
    levels = [each.value for each in course.blocks]
    by_trend = trend(levels).z < -2.6 and levels[0] - levels[-1] > TREND * start
    # A start that is blurred by noise hides a fall that the middle of the run shows.
    halves = levels[0] - course.end.value > max(min_fall * start, Z * float(np.hypot(course.blocks[0].error, course.end.error)))
    return fall > max(Z * error, min_fall * start) or by_trend or halves


def _rose(course: LossCourse) -> bool:
    return course.end.value - course.start.value > max(Z * course.end.error, 0.2 * abs(course.start.value))


def _enough(course: LossCourse, history: History, min_steps: int) -> bool:
    return course.broke_at is None and (course.n >= min_steps if course.unit == "step" else course.n >= 8 or history.n_steps >= min_steps)


def _learned_before(course: LossCourse) -> bool:
    return bool(np.isfinite(course.constant) and course.start.value < 0.5 * course.constant)


def _around_zero(course: LossCourse) -> bool:
    """The values change their sign, so that their level is no distance from a goal."""
    return bool(course.values.min() < 0 < course.values.max())


def _finding(course: LossCourse, history: History) -> Finding:
    guess = f"; a constant guess scores {course.constant:.4g}" if np.isfinite(course.constant) else ""
    return Finding(
        subject=Subject(kind="metric", names=("training loss",)),
        message=f"The training loss does not fall: {course.start.value:.4g} at the start, {course.end.value:.4g} at the end{guess}.",
        confidence=Confidence.POSSIBLE,
        evidence=(
            Measure(
                title="Fall of the training loss", value=course.start.value - course.end.value, low=None, reading="Zero within its noise."
            ),
            *loss_chart(history, reading="A loss that learns falls within the first steps."),
        ),
        remedy=Remedy(fix="Overfit one small batch: if that works, the data or the rate is to blame; if not, the wiring is."),
    )
