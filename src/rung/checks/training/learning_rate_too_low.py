"""T209: steps that are too short."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from rung.core.evidence import Measure
from rung.core.finding import Confidence, Finding, Remedy, Severity, Subject
from rung.core.marks import check
from rung.facts.loss_course import LossCourse
from rung.facts.progress import Progress
from rung.facts.run_charts import at, loss_chart
from rung.facts.step_sizes import StepSizes
from rung.inputs.history import History


@check("T209", severity="error", explains=("flat-loss", "underfitting", "plateaued-loss"))
def learning_rate_too_low(
    sizes: StepSizes,
    course: LossCourse,
    progress: Progress,
    history: History,
    *,
    max_travel: float = 0.05,
    max_learned: float = 0.25,
    min_steps: int = 30,
) -> Iterator[Finding]:
    """All updates together hardly move the weights, and the loss has hardly fallen.

    Why it matters:
        The run would need a hundred times as long, and looks like a model that cannot learn.
    Likely cause:
        A rate copied from fine-tuning or from another optimizer, or a typing slip in the exponent.
    How it decides:
        The sizes of all updates, summed over the run, are below `max_travel` of the weights' size; at least `min_steps` updates were made; and less than
        `max_learned` of a constant guess's loss is gained. Both together: small steps that learn are healthy, and so is a flat loss with large steps another fault.
    When it is wrong:
        Fine-tuning a model that is good at the start needs small steps: a run that starts at half the loss of a guess is not judged.
    Fix:
        Raise the rate tenfold until the loss falls visibly within a hundred steps.
    Verify:
        The same steps from the same start with ten and a hundred times the rate: the loss falls faster.
    Prevent:
        A range test; or log the size of updates over that of the weights and keep it near 1e-3.
    Sources:
        Smith (2017) for the range test. Limits chosen by hand, see benchmarks/run_training.py.

    max_travel : sum of all relative updates that is hardly a move
    max_learned : share of a constant guess's loss that was gained nevertheless
    min_steps : updates before which nothing is said
    """
    if progress.pretrained or history.n_steps < min_steps or course.broke_at is not None or sizes.largest == 0:
        return
    fall = course.span / max(abs(course.start.value), 1e-12)
    little = progress.learned < max_learned and fall < max_learned if np.isfinite(progress.constant) else fall < max_learned
    if sizes.travelled < max_travel and little:
        yield _finding(sizes, course, history)


def _finding(sizes: StepSizes, course: LossCourse, history: History) -> Finding:
    optimizer = history.optimizers[0] if history.optimizers else None
    rate = optimizer.settings.get("lr") if optimizer is not None else None
    where = optimizer.where if optimizer is not None else None
    named = f"{sizes.optimizer}, rate {rate:g}" if isinstance(rate, int | float) else sizes.optimizer or "the optimizer"
    factor = history.loop.factor
    divided = f" The loss is multiplied by {factor:.2g} before backward(), which is a rate so many times lower." if factor < 0.1 else ""
    return Finding(
        subject=Subject(kind="step", names=("learning rate",), where=where, detail=named),
        message=f"The learning rate is too low: {history.n_steps:,} updates moved the weights by at most {sizes.travelled:.2%} of their size, "
        f"and the loss went from {course.start.value:.4g} to {course.end.value:.4g} ({named}{at(where)}).{divided}",
        severity=Severity.ERROR,
        confidence=Confidence.LIKELY,
        evidence=(
            Measure(title="Sum of all updates over the size of the weights", value=sizes.travelled, limit=0.05),
            Measure(title="Typical update over the size of the weights", value=sizes.typical, reading="Usual are 1e-4 to 1e-2."),
            *loss_chart(history),
        ),
        remedy=Remedy(
            cause=f"A typical update is {sizes.typical:.1e} of the weights.{divided}",
            fix="Call backward() on the mean loss of the batch itself."
            if divided
            else "Raise the learning rate tenfold, then again, until the first hundred steps fall visibly.",
            patch="loss.backward()  # divide only what is printed"
            if divided
            else f"lr={rate * 100:g}"
            if isinstance(rate, int | float)
            else None,
            verify="The same steps from the same start fall faster with a higher rate.",
            experiment="mean-loss" if divided else "raise-rate",
        ),
    )
