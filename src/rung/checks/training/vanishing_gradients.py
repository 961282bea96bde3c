"""T201: gradients that die out before they reach the layers near the input."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from rung.core.evidence import Measure
from rung.core.finding import Confidence, Finding, Remedy, Severity, Subject
from rung.core.marks import check
from rung.facts.gradient_flow import GradientFlow
from rung.facts.progress import Progress
from rung.facts.run_charts import layer_bars
from rung.inputs.history import History

EXACT = 1e-12  # a gradient of exactly nothing is a cut or dead units, which have rules of their own


@check("T201", severity="error", explains=("flat-loss", "plateaued-loss", "learning-rate-too-low", "underfitting"))
def vanishing_gradients(
    flow: GradientFlow, history: History, progress: Progress | None, *, max_ratio: float = 1e-3, max_ratio_alone: float = 1e-5
) -> Iterator[Finding]:
    """Gradients shrink on their way back, so that the layers nearest the input hardly learn.

    Why it matters:
        The first layers stay random; what they throw away no later layer can bring back.
    Likely cause:
        A chain of sigmoids or tanhs, weights that start too small, or many steps through a recurrent net.
    How it decides:
        The typical gradient a weight in the layers nearest the input is below `max_ratio` of that at the output while little is learned, or below
        `max_ratio_alone` whatever is learned. Medians over the first steps that were seen, the very first apart. Frozen layers and norms are left out.
    When it is wrong:
        Optimizers that rescale gradients (Adam) move starving layers all the same, along noise; branches that start at zero starve for one step only.
    Fix:
        Use ReLU-like activations with He initialisation, normalisation layers, or skip connections.
    Verify:
        After the change the two ends differ by less than a factor of a hundred.
    Prevent:
        Log the gradient norm of the first and of the last layer.
    Sources:
        Hochreiter (1991); Glorot and Bengio (2010). Limits chosen by hand, see benchmarks/run_training.py.

    max_ratio : gradient at the input end over that at the output end, where little is learned
    max_ratio_alone : the same, whatever is learned
    """
    ratio = flow.early_ratio
    if not np.isfinite(ratio) or not flow.early[-1] > EXACT or _starved(flow) is None:
        return
    poor = progress is not None and progress.learned < 0.5 and not progress.pretrained
    if ratio < max_ratio_alone or (ratio < max_ratio and poor):
        yield _finding(flow, history, ratio, poor=poor)


def _starved(flow: GradientFlow) -> int | None:
    """The layer among the first third with the smallest gradient that is not exactly nothing."""
    first = range(max(1, len(flow.names) // 3))
    alive = [place for place in first if flow.early[place] > 1e-30]
    return min(alive, key=lambda place: flow.early[place]) if alive else None


def _finding(flow: GradientFlow, history: History, ratio: float, *, poor: bool) -> Finding:
    place = _starved(flow) or 0
    name, last = flow.names[place], flow.names[-1]
    layer = history.layer(name)
    return Finding(
        subject=Subject(kind="layer", names=(name,), where=layer.where if layer else None),
        message=f"The gradient a weight is {flow.early[place]:.1e} in '{name}' near the input and {flow.early[-1]:.1e} in '{last}': {ratio:.1e} of it arrives.",
        severity=Severity.ERROR if poor else Severity.WARNING,
        confidence=Confidence.LIKELY if poor else Confidence.POSSIBLE,
        evidence=(
            Measure(title="Gradient at the input end over the output end", value=ratio, limit=1e-3),
            layer_bars(
                "log10 of the gradient a weight, from input to output",
                flow.names,
                np.log10(np.maximum(flow.early, 1e-30)).tolist(),
                marked=(name,),
                reading="A staircase that falls towards the input: each layer passes on a fraction.",
            ),
        ),
        remedy=Remedy(
            cause=f"Each layer between '{last}' and '{name}' passes on a fraction of the gradient.",
            fix="Replace sigmoid or tanh by ReLU with He initialisation, or put normalisation or skip connections between the layers.",
            patch="nn.init.kaiming_normal_(layer.weight, nonlinearity='relu')  # with nn.ReLU() in place of nn.Sigmoid()",
            verify="The gradients of the first and of the last layer differ by less than a hundredfold.",
            experiment="replace-activation",
        ),
    )
