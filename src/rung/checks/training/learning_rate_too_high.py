"""T208: steps that are too long."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from rung.core.evidence import Evidence, Measure
from rung.core.finding import Confidence, Finding, Remedy, Severity, Subject
from rung.core.marks import check
from rung.facts.initial_weights import InitialWeights
from rung.facts.loss_course import LossCourse
from rung.facts.progress import Progress
from rung.facts.run_charts import at, loss_chart, series_chart
from rung.facts.step_sizes import StepSizes
from rung.facts.unit_life import UnitLife
from rung.inputs.history import History
from rung.stats.course import blocks, reversals

MIN_ROWS = 60  # rows on which a dead unit is silent
GOOD = 0.8  # share of a constant guess's loss: a run that gains it spares its dead units
LASTING = 0.05  # updates of so much of the weights to the end; weights that start near zero have large ones at first


@check(
    "T208",
    severity="error",
    explains=(
        "diverging-loss", "oscillating-loss", "nan-loss", "plateaued-loss", "flat-loss", "exploding-weights", "exploding-gradients", "dead-units",
        "saturated-activations", "vanishing-gradients",
    ),
)  # fmt: skip
def learning_rate_too_high(
    sizes: StepSizes,
    course: LossCourse,
    progress: Progress,
    weights: InitialWeights | None,
    life: UnitLife | None,
    history: History,
    *,
    max_ratio: float = 0.1,
    min_learned: float = 0.3,
) -> Iterator[Finding]:
    """Each update moves the weights so far that the loss jumps instead of falling.

    Why it matters:
        The run jumps across the valley or out of it; more steps do not help.
    Likely cause:
        A rate copied from another optimizer (0.1 is usual for SGD, a hundred times too much for Adam), no warm-up, or momentum on top of a large rate.
    How it decides:
        Two things together. Size: the typical update is more than `max_ratio` of the weights over the first twenty steps (usual are 1e-4 to 1e-2), three
        times that over the first five, or one is larger than the weights themselves. Harm: the loss broke, climbs, jumps to three times its start, swings, or less than `min_learned` of a constant
        guess's loss is gained. Large steps that learn well are healthy.
        Possible: first updates of more than `max_ratio`, after which half of a layer's rectifiers are dead that were alive, in a run that does not learn well.
    When it is wrong:
        Raw inputs, weights that start too large or gradients that are never cleared make an ordinary rate too high: those rules rank above.
    Fix:
        Divide the rate by ten until the first hundred steps fall; add a warm-up.
    Verify:
        The same steps from the same start with a tenth of the rate: the loss falls.
    Prevent:
        A range test: raise the rate over a hundred steps and take a tenth of the one at which the loss turns.
    Sources:
        Smith (2017) for the range test. Limits chosen by hand, see benchmarks/run_training.py.

    max_ratio : size of an update over that of the weights
    min_learned : share of a constant guess's loss that must be gained
    """
    size = (
        sizes.early
        if sizes.early > max_ratio
        else sizes.first
        if sizes.first > 3 * max_ratio
        else sizes.largest
        if sizes.largest > 1.0
        else 0.0
    )
    small = _small(weights)
    harm = _harm(course, progress, min_learned, small=small and sizes.late < LASTING)
    if size and harm and not np.isnan(size):
        yield _finding(sizes, history, size, harm, Confidence.LIKELY)
    elif sizes.first > max_ratio and not small and progress.learned < GOOD and (harm := _deaths(life)):
        yield _finding(sizes, history, sizes.first, harm, Confidence.POSSIBLE)


def _deaths(life: UnitLife | None) -> str:
    """A layer of rectifiers of which half died while training, '' where none did: steps pushed them over the edge."""
    for each in life.layers if life is not None else ():
        died = not each.saturating and not each.is_output and each.rows >= MIN_ROWS and each.idle_first < 0.5 * each.idle_last
        if died and each.idle_last >= 0.5:
            return f"{each.idle_last:.0%} of the units of '{each.path}' died"
    return ""


def _small(weights: InitialWeights | None) -> bool:
    """Weights that start near zero: any update is large beside them."""
    return weights is not None and float(np.median([each.gain for each in weights.starts])) < 0.1


def _harm(course: LossCourse, progress: Progress, min_learned: float, *, small: bool) -> str:  # noqa: PLR0911 - one line a harm
    first = min(abs(course.start.value), abs(float(course.values[0]))) if course.n else 0.0  # the loss may jump at the very first update
    start = max(first, 1e-12)
    if course.by_hand and course.values.min(initial=0.0) < 0:
        return ""
    later = course.values[course.n // 5 :]
    if course.broke_at is not None:
        return f"the loss is no longer finite at step {course.broke_at}"
    if course.end.value > course.start.value + 0.2 * start + 4 * course.end.error:
        return f"the loss climbs from {course.start.value:.3g} to {course.end.value:.3g}"
    if course.peak > 3 * start + 6 * course.noise:
        return f"the loss jumps from {course.start.value:.3g} to {course.peak:.3g}"
    jumpy = course.peak > 1.5 * start + 6 * course.noise or not small
    if progress.learned < min_learned and not progress.falling and jumpy:
        return f"only {max(progress.learned, 0):.0%} of the loss is gained"
    if len(later) >= 24 and reversals(blocks(later, 12), floor=0.2 * max(course.span, 0.25 * start)) >= 3:
        return "the loss swings"
    return ""


def _finding(sizes: StepSizes, history: History, size: float, harm: str, confidence: Confidence) -> Finding:
    optimizer = history.optimizers[0] if history.optimizers else None
    rate = optimizer.settings.get("lr") if optimizer is not None else None
    where = optimizer.where if optimizer is not None else None
    named = f"{sizes.optimizer}, rate {rate:g}" if isinstance(rate, int | float) else sizes.optimizer or "the optimizer"
    return Finding(
        subject=Subject(kind="step", names=("learning rate",), where=where, detail=named),
        message=f"The learning rate is too high: an update moves the weights by {size:.0%} of their size, and {harm} ({named}{at(where)}).",
        severity=Severity.ERROR,
        confidence=confidence,
        evidence=_evidence(sizes, history, size),
        remedy=Remedy(
            cause=f"An update of {size:.0%} of the weights; usual are 0.01 % to 1 %.",
            fix="Divide the learning rate by ten until the first steps fall.",
            patch=f"lr={rate / 10:g}" if isinstance(rate, int | float) else None,
            verify="The same steps from the same start fall with a tenth of the rate.",
            experiment="lower-rate",
        ),
    )


def _evidence(sizes: StepSizes, history: History, size: float) -> tuple[Evidence, ...]:
    logs = np.log10(np.maximum(sizes.ratio, 1e-30))
    return (
        Measure(title="Size of an update over that of the weights", value=size, limit=0.1),
        series_chart(
            "Size of the updates", "log10 of update over weights", sizes.steps.tolist(), {"all weights": logs}, "Usual are -4 to -2."
        ),
        *loss_chart(history),
    )
