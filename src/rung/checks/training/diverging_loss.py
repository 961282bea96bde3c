"""T102: a training loss that climbs."""

from __future__ import annotations

from collections.abc import Iterator

from rung.core.evidence import Measure
from rung.core.finding import Confidence, Finding, Remedy, Severity, Subject
from rung.core.marks import check
from rung.facts.loss_course import LossCourse
from rung.facts.run_charts import loss_chart
from rung.inputs.history import History

Z = 4.0  # standard errors: one false alarm in 30,000 curves of noise
JUMPS = 20.0  # a peak of so many starts is an explosion, even where the loss comes back


@check("T102", severity="warning", explains=("oscillating-loss", "flat-loss", "plateaued-loss"))
def diverging_loss(course: LossCourse, history: History, *, min_rise: float = 0.5) -> Iterator[Finding]:
    """The training loss climbs, beyond what the noise of batches explains.

    Why it matters:
        Each update makes the model worse; the run will not mend itself.
    Likely cause:
        Steps that are too large for the curvature, gradients that add up because they are not cleared, or a loss with the wrong sign.
    How it decides:
        The last level is above the start and above the lowest level by four standard errors, and by at least `min_rise` of the fall or of the level at
        the start. Levels are medians of stretches; their errors come from the run's own noise. A peak of twenty times the start counts as well.
    When it is wrong:
        A loss that carries a growing weight (annealed penalties) may climb on purpose; two nets that compete are not judged.
    Fix:
        Lower the learning rate tenfold, or mend the cause named above it.
    Verify:
        The first hundred steps fall.
    Prevent:
        Stop the run when the loss exceeds three times its start.
    Sources:
        Limits chosen by hand, held by benchmarks/curves.py (simulated and real curves).

    min_rise : rise above the lowest level, as a share of the fall or of the loss at the start, from which it is no noise
    """
    if course.n < 4 or course.by_hand:
        return
    error = (course.end.error**2 + course.best.error**2) ** 0.5
    rise = course.end.value - course.best.value
    climbs = rise > max(Z * error, min_rise * course.size) and course.end.value > course.start.value + Z * error / 2
    climbs = climbs and (course.tail.z > 1.0 or course.end.value > 2 * abs(course.start.value) + Z * error)
    exploded = course.peak > JUMPS * max(abs(course.start.value), 1e-3) and course.peak > 20 * course.noise
    if climbs or exploded or _broke_climbing(course):
        yield _finding(course, history, rise, climbs=climbs)


def _broke_climbing(course: LossCourse) -> bool:
    """The last finite values multiply before the end."""
    return course.broke_at is not None and course.n >= 2 and course.values[-1] > 3 * abs(course.start.value) + 4 * course.noise


def _finding(course: LossCourse, history: History, rise: float, *, climbs: bool) -> Finding:
    top = course.end.value if climbs else course.peak
    return Finding(
        subject=Subject(kind="metric", names=("training loss",)),
        message=f"The training loss climbs from {course.start.value:.4g} to {top:.4g}.",
        severity=Severity.WARNING,
        confidence=Confidence.POSSIBLE,
        evidence=(
            Measure(title="Rise above the lowest level", value=rise, reading="In the unit of the loss."),
            *loss_chart(history, reading="A healthy loss ends below its start."),
        ),
        remedy=Remedy(
            fix="Lower the learning rate tenfold; look first at the causes named above.",
            patch="for group in optimizer.param_groups:\n    group['lr'] *= 0.1",
        ),
    )
