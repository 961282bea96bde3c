"""T206: weights that shrink to nothing."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from rung.core.evidence import Measure
from rung.core.finding import Confidence, Finding, Remedy, Severity, Subject
from rung.core.marks import check
from rung.facts.progress import Progress
from rung.facts.run_charts import series_chart
from rung.facts.weight_drift import Drift, WeightDrift
from rung.inputs.history import History

STRONG = 0.02  # share of the weights that the decay alone takes at each step


@check(
    "T206",
    severity="error",
    explains=(
        "flat-loss",
        "plateaued-loss",
        "vanishing-gradients",
        "underfitting",
        "dead-units",
        "learning-rate-too-low",
        "learning-rate-too-high",
    ),
)
def collapsing_weights(drift: WeightDrift, progress: Progress | None, history: History, *, max_left: float = 0.2) -> Iterator[Finding]:
    """The weights of most layers shrink towards zero, so that the net says the same for every row.

    Why it matters:
        What the penalty takes away each step is more than the data give back: the model ends as a constant.
    Likely cause:
        A weight decay far too strong for the rate, or an L2 term added to the loss with a large factor.
    How it decides:
        At least half of the layers with weights keep less than `max_left` of the norm they started with, or the decay alone (rate times decay, over the momentum's
        reach) takes a fiftieth of the weights at each step; and less than a third of the loss of a constant guess is learned.
    When it is wrong:
        Weights that started far too large shrink as they should; then the run learns.
    Fix:
        Divide the weight decay by ten until the loss falls; leave biases and norms out of it.
    Verify:
        The norms level off above half of their start.
    Prevent:
        Log the weight norms once an epoch; usual decays are 1e-5 to 0.1.
    Sources:
        Loshchilov and Hutter (2019) on decay and rate. Limits chosen by hand, see benchmarks/run_training.py.

    max_left : share of the norm at the start that is left
    """
    shrunk = [each for each in drift.layers if each.growth <= max_left]
    if not drift.layers or progress is None or progress.learned > 0.35:
        return
    if drift.decay >= STRONG or len(shrunk) >= max(1, 0.5 * len(drift.layers)):
        yield _finding(min(drift.layers, key=lambda each: each.growth), max(1, len(shrunk)), drift, history)


def _finding(worst: Drift, count: int, drift: WeightDrift, history: History) -> Finding:
    layer = history.layer(worst.path)
    decay = max((each.weight_decay for each in history.parameters), default=0.0)
    shown = {each.path: np.log10(np.maximum(each.norm, 1e-30)) for each in drift.layers[:4]}
    return Finding(
        subject=Subject(kind="layer", names=(worst.path,), where=layer.where if layer else None),
        message=f"The weights of {count} of {len(drift.layers)} layers shrink, '{worst.path}' to {worst.growth:.2g} of its start"
        + (f"; the weight decay is {decay:g} and takes {min(drift.decay, 1.0):.1%} at each step." if decay else "."),
        severity=Severity.ERROR,
        confidence=Confidence.NEAR_CERTAIN if drift.decay >= STRONG / 4 else Confidence.LIKELY,
        evidence=(
            Measure(title="Share of the weight norm that is left", value=worst.growth, limit=0.2),
            series_chart(
                "log10 of the weight norm", "log10 norm", drift.steps.tolist(), shown, "A straight fall is a decay that nothing answers."
            ),
        ),
        remedy=Remedy(
            cause=f"A weight decay of {decay:g} outweighs the gradient."
            if decay
            else "Something takes more from the weights than the data give back.",
            fix="Lower the weight decay tenfold, or to 0 for a first look.",
            patch="for group in optimizer.param_groups:\n    group['weight_decay'] = 0.0",
            experiment="drop-weight-decay",
        ),
    )
