"""T310 seen in the course of the loss: it falls for ever, and ever faster."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from rung.core.evidence import Measure
from rung.core.finding import Confidence, Finding, Remedy, Severity, Subject
from rung.core.marks import witness
from rung.facts.loss_course import LossCourse
from rung.facts.run_charts import at, loss_chart
from rung.inputs.history import History

MIN_BLOCKS = 12
FAR = 1000.0  # times the loss's largest size over the first twentieth, below zero
FASTER = 2.0  # the last falls over those in the middle: a log-density that narrows falls evenly or ever slower


@witness("T310")
def bottomless_loss(course: LossCourse, history: History) -> Iterator[Finding]:
    """A loss without a floor: thousands of times its first size below zero, and the falls grow. A sign or a term is the wrong way round."""
    levels = np.array([each.value for each in course.blocks])
    if len(levels) < MIN_BLOCKS:
        return
    size = float(np.abs(course.values[: max(3, course.n // 20)]).max())
    falls, third = -np.diff(levels), len(levels) // 3
    faster = falls[-third:].mean() > FASTER * max(float(falls[third:-third].mean()), 0.0)
    if levels[-1] < -FAR * size and faster and (falls[-third:] > 0).all():
        yield _finding(course, history)


def _finding(course: LossCourse, history: History) -> Finding:
    where = next((each.where for each in history.losses if each.phase == "train"), None)
    told = f"the loss has no floor: it goes from {course.start.value:.3g} to {course.end.value:.3g}, ever faster"
    return Finding(
        subject=Subject(kind="line", names=("loss",), where=where),
        message=f"{told[0].upper()}{told[1:]}; a sign or a term is the wrong way round{at(where)}.",
        severity=Severity.ERROR,
        confidence=Confidence.NEAR_CERTAIN,
        evidence=(Measure(title="Last level of the loss", value=course.end.value), *loss_chart(history)),
        remedy=Remedy(
            cause="A penalty that is subtracted, a likelihood without its minus, or a product of scores that can grow without end.",
            fix="Write each term so that it is smallest where the model is best, and check its sign alone.",
            patch="kl = -0.5 * (1 + logvar - mu**2 - logvar.exp()).sum(1).mean()\nloss = reconstruction + kl",
            verify="The loss approaches a level instead of falling ever faster.",
        ),
    )
