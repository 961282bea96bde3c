"""T202: gradients that grow beyond all measure."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from rung.core.evidence import Evidence, Measure
from rung.core.finding import Confidence, Finding, Remedy, Severity, Subject
from rung.core.marks import check
from rung.facts.gradient_flow import GradientFlow
from rung.facts.progress import Progress
from rung.facts.run_charts import layer_bars, series_chart
from rung.inputs.history import History


@check(
    "T202",
    severity="error",
    explains=(
        "nan-loss",
        "diverging-loss",
        "oscillating-loss",
        "exploding-weights",
        "learning-rate-too-high",
        "plateaued-loss",
        "flat-loss",
        "dead-units",
    ),
)
def exploding_gradients(
    flow: GradientFlow, history: History, progress: Progress | None, *, min_norm: float = 100.0, min_growth: float = 100.0
) -> Iterator[Finding]:
    """Gradients grow on their way back, or from step to step, until a single update throws the weights away.

    Why it matters:
        One such step undoes hours of training, or ends in NaN.
    Likely cause:
        Weights that start too large in a deep or recurrent net, no normalisation, or long sequences without clipping.
    How it decides:
        At the first steps, before any rate could do harm, the total norm before clipping exceeds `min_norm` and the layers nearest the input get more than
        `min_growth` times the gradient of the last one, or the norm exceeds that of the weights tenfold; or later single steps exceed the typical norm
        `min_growth` times, and the loss broke or nothing is learned. The norm is read before clipping: after it, an explosion can never be seen.
    When it is wrong:
        A loss summed over a batch has large gradients by its unit; as long as the run learns, nothing is said.
    Fix:
        Clip the total norm, start with smaller weights (He, Xavier, orthogonal for recurrent ones), normalise between layers.
    Verify:
        The norm before clipping stays within a factor of ten of its median.
    Prevent:
        Log the value that clip_grad_norm_ returns.
    Sources:
        Pascanu et al. (2013). Limits chosen by hand, see benchmarks/run_training.py.

    min_norm : total gradient norm at the start that is no usual one
    min_growth : factor between the ends of the net, or between single steps and the typical one
    """
    poor = progress is None or progress.learned < 0.5
    if not poor or not np.isfinite(flow.total_start):
        return
    flooded = np.isfinite(flow.early_ratio) and flow.early_ratio > min_growth
    deep = flow.total_start > min_norm and (flooded or _beyond_weights(flow))
    spikes = flow.total_peak > max(min_growth * max(flow.total, flow.total_start), min_norm)
    if deep or spikes:
        yield _finding(flow, history, deep=deep, flooded=bool(flooded))


def _beyond_weights(flow: GradientFlow) -> bool:
    return bool(np.nanmax(flow.relative, initial=0.0) > 10)


def _finding(flow: GradientFlow, history: History, *, deep: bool, flooded: bool) -> Finding:
    place = int(np.nanargmax(flow.early if flooded else flow.peak))
    name = flow.names[place]
    layer = history.layer(name)
    told = f"is {flow.total_start:.3g} at the first step" if deep else f"jumps to {flow.total_peak:.3g}, usually {flow.total:.3g}"
    return Finding(
        subject=Subject(kind="layer", names=(name,), where=layer.where if layer else None),
        message=f"The gradient norm {told}; it is largest in '{name}'.",
        severity=Severity.ERROR,
        confidence=Confidence.LIKELY if deep else Confidence.POSSIBLE,
        evidence=_evidence(flow, history, name),
        remedy=Remedy(
            cause="Each layer (or time step) multiplies the gradient by more than one.",
            fix="Clip the gradient norm before the step and start from smaller weights.",
            patch="loss.backward()\ntorch.nn.utils.clip_grad_norm_(model.parameters(), max_norm=1.0)\noptimizer.step()",
            verify="The norm that clip_grad_norm_ returns stays within ten times its median.",
            experiment="clip-gradients",
        ),
    )


def _evidence(flow: GradientFlow, history: History, name: str) -> tuple[Evidence, ...]:
    norms = np.log10(np.maximum(history.steps.gradient_norm_before, 1e-30))
    return (
        Measure(title="Total gradient norm at the first step, before clipping", value=flow.total_start, limit=100.0),
        layer_bars("log10 of the largest gradient norm", flow.names, np.log10(np.maximum(flow.peak, 1e-30)).tolist(), marked=(name,)),
        series_chart("Gradient norm before clipping", "log10 norm", history.steps.step.tolist(), {"all": norms}),
    )
