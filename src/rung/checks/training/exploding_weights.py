"""T205: weights that grow without bound."""

from __future__ import annotations

from collections.abc import Iterator

from rung.core.evidence import Measure
from rung.core.finding import Confidence, Finding, Remedy, Severity, Subject
from rung.core.marks import check
from rung.facts.progress import Progress
from rung.facts.run_charts import series_chart
from rung.facts.step_sizes import StepSizes
from rung.facts.weight_drift import Drift, WeightDrift
from rung.inputs.history import History

LARGE_STEP = 0.1  # update over weights


@check(
    "T205",
    severity="error",
    explains=(
        "overfitting-curve",
        "nan-loss",
        "diverging-loss",
        "oscillating-loss",
        "saturated-activations",
        "exploding-gradients",
        "plateaued-loss",
    ),
)
def exploding_weights(
    drift: WeightDrift, progress: Progress | None, sizes: StepSizes | None, history: History, *, min_growth: float = 10.0
) -> Iterator[Finding]:
    """The weights of a layer grow from step to step and do not settle.

    Why it matters:
        Outputs and gradients grow with them, until they overflow.
    Likely cause:
        A rate too high for the penalty on weights, a weight decay with the wrong sign, or a loss that rewards size (logits that may grow for ever).
    How it decides:
        A layer's norm is `min_growth` times what it was, or what its initialiser would give if it started near zero; the last half of the run still adds a fifth; and
        the run does not learn well. Healthy weights grow early and level off.
    When it is wrong:
        A head that starts at zero must grow: it is compared with the usual initialisation instead.
    Fix:
        Lower the rate, add decoupled weight decay, normalise layers.
    Verify:
        The norms level off.
    Prevent:
        Log the weight norms once an epoch.
    Sources:
        Limits chosen by hand, see benchmarks/run_training.py.

    min_growth : factor by which the weights grew
    """
    grown = [each for each in drift.layers if each.growth >= min_growth and each.late_growth > 1.2]
    if not grown or (progress is not None and 0.7 < progress.learned <= 1.0):
        return
    # Steps of a tenth of the weights blow up any weights: then the rate is the root, and this is what came of it.
    driven = sizes is not None and (sizes.early > LARGE_STEP or sizes.largest > 1.0)
    yield _finding(max(grown, key=lambda each: each.growth), len(grown), drift, history, driven=driven)


def _finding(worst: Drift, count: int, drift: WeightDrift, history: History, *, driven: bool) -> Finding:
    layer = history.layer(worst.path)
    shown = {each.path: each.norm for each in sorted(drift.layers, key=lambda each: -each.growth)[:4]}
    return Finding(
        subject=Subject(kind="layer", names=(worst.path,), where=layer.where if layer else None),
        message=f"The weights of '{worst.path}' grew {worst.growth:.3g}-fold and still grow"
        + (f"; so do {count - 1} other layers." if count > 1 else "."),
        severity=Severity.WARNING if driven else Severity.ERROR,
        confidence=Confidence.LIKELY,
        evidence=(
            Measure(title="Growth of the weights", value=worst.growth, limit=10.0, unit="x"),
            series_chart("Weight norm", "norm", drift.steps.tolist(), shown, "Healthy weights grow early and level off."),
        ),
        remedy=Remedy(
            fix="Lower the learning rate and check the sign of the weight decay.",
            patch="torch.optim.AdamW(model.parameters(), lr=1e-3, weight_decay=0.01)",
            experiment="lower-rate",
        ),
    )
