"""T106: a validation loss that rises while training goes on."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from rung.core.evidence import Measure
from rung.core.finding import Confidence, Finding, Remedy, Severity, Subject
from rung.core.marks import check
from rung.facts.run_charts import loss_chart
from rung.facts.valid_course import ValidCourse
from rung.inputs.history import History


@check("T106", severity="warning", explains=("overfitting", "confident-errors", "miscalibration"))
def overfitting_curve(course: ValidCourse, history: History, *, min_rise: float = 0.1, min_z: float = 2.6) -> Iterator[Finding]:
    """The validation loss passed its lowest point and rises, while the training loss still falls.

    Why it matters:
        Since then the model learns its training rows and nothing that holds for others; its probabilities grow too sure.
    Likely cause:
        Too many passes for too few rows, too large a net, no regularisation, or no early stopping.
    How it decides:
        After its lowest (smoothed) point the validation loss rises: Mann-Kendall's score is at least `min_z`, the last level is `min_rise` above the lowest
        beyond four times its noise and a twentieth of the fall before, and the training loss falls over the same stretch. A gap between the two curves, or one bad evaluation, is no evidence.
    When it is wrong:
        A rising loss with rising accuracy is over-confidence: temperature scaling mends it without new training.
    Fix:
        Keep the weights of the lowest point (early stopping), then regularise or collect more rows.
    Verify:
        Load the weights of that step and score them on rows that chose nothing.
    Prevent:
        Stop when the validation loss has not improved for a few evaluations, and restore the best weights.
    Sources:
        Mann (1945), Kendall (1975). Limits chosen by hand, held by benchmarks/curves.py.

    min_rise : rise of the validation loss over its lowest level, as a share of it
    min_z : score of the trend after the lowest point; 2.6 is one false alarm in 200 flat curves
    """
    rise = course.end.value - course.best.value
    fall = float(course.values[0]) - course.best.value
    noisy = max(4 * course.noise / max(1.0, course.end.n) ** 0.5, min_rise * abs(course.best.value), 0.05 * fall)
    falls = not np.isfinite(course.train_fall) or course.train_fall > 0.02
    points = len(course.values) - course.best_place
    if points >= 4 and rise > noisy and course.after.z >= min(min_z, _reachable(points)) and falls:
        yield _finding(course, history, rise)


def _reachable(points: int) -> float:
    """The largest score that so few points can have, less a little: a rise without exception counts even with five points."""
    variance = points * (points - 1) * (2 * points + 5) / 18
    return float((points * (points - 1) / 2 - 1) / np.sqrt(variance)) - 0.05


def _finding(course: ValidCourse, history: History, rise: float) -> Finding:
    share = rise / max(abs(course.best.value), 1e-12)
    return Finding(
        subject=Subject(kind="metric", names=("validation loss",), detail=f"{course.unit} {course.best_step}"),
        message=f"The validation loss was lowest at {course.unit} {course.best_step} ({course.best.value:.4g}) and has risen to {course.end.value:.4g} since.",
        severity=Severity.ERROR if share > 1.0 else Severity.WARNING,
        evidence=(
            Measure(title="Rise since the lowest point", value=share, limit=0.1, reading="As a share of the lowest level."),
            *loss_chart(
                history,
                reading="The curves part where the model begins to learn its rows by heart.",
                events=((float(course.best_step), "lowest validation loss"),),
            ),
        ),
        remedy=Remedy(
            fix=f"Stop at about {course.unit} {course.best_step} and keep those weights; then add regularisation or rows.",
            patch="if valid_loss < best:\n    best, kept = valid_loss, copy.deepcopy(model.state_dict())\n# at the end\nmodel.load_state_dict(kept)",
        ),
        confidence=Confidence.LIKELY,
    )
