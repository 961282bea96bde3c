"""How much of what could be learned was learned, whatever the loss function."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rung.core.marks import fact
from rung.facts.loss_course import LossCourse
from rung.inputs.history import History

LOGITS = ("cross_entropy", "nll_loss", "binary_cross_entropy", "binary_cross_entropy_with_logits")
SQUARES = ("mse_loss", "l1_loss", "smooth_l1_loss", "huber_loss")


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """The run's own success.

    start, end, constant : loss at both ends, and of the best constant guess (NaN where unknown).
    learned : 1 - end / constant where the constant guess is known, else the fall over the start; 0 is nothing, 1 all, below 0 worse than a guess.
    excess : start over the constant guess; about 1 for a sound start, NaN where unknown.   falling : the loss still falls at the end.
    kind : 'classes', 'numbers' or '' of the busiest training loss.   pretrained : the start is already half of the guess or less, or weights were loaded.
    """

    start: float
    end: float
    constant: float
    learned: float
    excess: float
    falling: bool
    kind: str
    pretrained: bool


@fact(cost="instant")
def progress(course: LossCourse, history: History) -> Progress:
    """From the training loss and the constant guess."""
    calls = sorted((each for each in history.losses if each.phase == "train"), key=lambda each: -each.calls)
    name = calls[0].name if calls else ""
    known = bool(np.isfinite(course.constant) and course.constant > 1e-9)
    broke = course.broke_at is not None
    learned = 1 - course.end.value / course.constant if known else course.span / max(abs(course.start.value), 1e-12)
    return Progress(
        start=course.start.value,
        end=course.end.value,
        constant=course.constant,
        learned=-1.0 if broke else float(learned),
        excess=course.start.value / course.constant if known else float("nan"),
        falling=course.tail.z < -2.5,
        kind="classes" if name in LOGITS else "numbers" if name in SQUARES else "",
        pretrained=history.pretrained or bool(known and course.start.value < 0.5 * course.constant),
    )
