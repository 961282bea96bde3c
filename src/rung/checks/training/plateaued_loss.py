"""T105: a training loss that stopped falling early and high."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from rung.core.evidence import Measure
from rung.core.finding import Confidence, Finding, Remedy, Severity, Subject
from rung.core.marks import check
from rung.facts.loss_course import LossCourse
from rung.facts.run_charts import loss_chart
from rung.inputs.history import History
from rung.stats.course import trend

LONG = 400  # updates: many nets rest at the level of a constant guess before they begin to learn


@check("T105", severity="note", explains=())
def plateaued_loss(course: LossCourse, history: History, *, max_early: float = 0.4, min_left: float = 0.25) -> Iterator[Finding]:
    """The training loss fell at first and then stood still, far above what is left to learn.

    Why it matters:
        Time passes and nothing is gained; what holds the loss there may be a fault or the noise of the labels.
    Likely cause:
        A rate that decayed too early or is too high to go on, a net that is too small, an activation before the loss, or the noise floor.
    How it decides:
        The loss reached its final level within the first `max_early` of the run, shows no trend after that, and keeps at least `min_left` of its start. Alone it
        is a note, since a noise floor looks the same. It is a warning where the level is that of a constant guess, after a fall from a bad start.
    When it is wrong:
        Labels that are noisy leave a floor that no model passes; then the note is true and harmless.
    Fix:
        Overfit one small batch; if that goes far below this level, capacity and wiring are sound: look at the rate and at the labels.
    Verify:
        A rate three times lower or higher passes the level.
    Prevent:
        Compare with the loss of a constant guess and with the floor of the loss function.
    Sources:
        Limits chosen by hand, held by benchmarks/curves.py.

    max_early : share of the run within which the final level was reached
    min_left : share of the loss at the start that is left
    """
    if course.n < 12 or course.broke_at is not None or course.span <= 0 or course.start.value <= 0:
        return
    fell = course.span > 0.05 * abs(course.start.value) and _stands_out(course)
    reached = _reached(course)
    still = abs(trend([each.value for each in course.blocks[int(len(course.blocks) * max(reached, max_early)) :]]).z) < 2.0
    if fell and still and reached <= max_early and course.end.value >= min_left * course.start.value:
        yield _finding(course, history, reached, stuck=_at_constant(course) and history.n_steps >= LONG)


def _stands_out(course: LossCourse) -> bool:
    """The start, or the first stretch of the run, lies four standard errors above the end."""
    return any(
        each.value - course.end.value > 4 * float(np.hypot(each.error, course.end.error)) for each in (course.start, course.blocks[0])
    )


def _reached(course: LossCourse) -> float:
    """Share of the run after which the blocks stay within the noise of the final level (or 5 % of the fall)."""
    rest = [each.value for each in course.blocks[len(course.blocks) // 2 :]]
    level = float(np.median(rest))
    outside = [place for place, each in enumerate(course.blocks) if each.value > level + max(4 * each.error, 0.07 * course.span)]
    return (outside[-1] + 1) / len(course.blocks) if outside else 0.0


def _at_constant(course: LossCourse) -> bool:
    near = 3 * course.end.error + 0.03 * abs(course.constant)
    return bool(np.isfinite(course.constant) and abs(course.end.value - course.constant) < near)


def _finding(course: LossCourse, history: History, reached: float, *, stuck: bool) -> Finding:
    told = "the level of a constant guess" if stuck else f"{course.end.value / course.start.value:.0%} of its start"
    return Finding(
        subject=Subject(kind="metric", names=("training loss",)),
        message=f"The training loss stands at {course.end.value:.4g} ({told}) since the first {max(reached, 0.05):.0%} of the run.",
        severity=Severity.WARNING if stuck else Severity.NOTE,
        confidence=Confidence.POSSIBLE,
        evidence=(
            Measure(title="Level that it does not pass", value=course.end.value),
            *loss_chart(history, reading="Flat after an early fall: a floor, or a fault that holds it there."),
        ),
        remedy=Remedy(fix="Overfit one small batch, then try a rate three times lower and three times higher."),
    )
