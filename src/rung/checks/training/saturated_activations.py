"""T204: units that sit in the flat part of their activation."""

from __future__ import annotations

from collections.abc import Iterator

from rung.core.evidence import Measure
from rung.core.finding import Confidence, Finding, Remedy, Severity, Subject
from rung.core.marks import check
from rung.facts.progress import Progress
from rung.facts.run_charts import at, layer_bars
from rung.facts.unit_life import LayerLife, UnitLife

MIN_ROWS = 60


@check("T204", severity="warning", explains=("vanishing-gradients", "flat-loss", "plateaued-loss", "learning-rate-too-low", "underfitting"))
def saturated_activations(life: UnitLife, progress: Progress | None, *, min_share: float = 0.5) -> Iterator[Finding]:
    """Units of a tanh or sigmoid sit at its flat ends on nearly every row, where the gradient is nothing.

    Why it matters:
        A saturated unit is a constant or a switch that can no longer turn: what comes before it does not learn.
    Likely cause:
        Weights that start too large, inputs on a raw scale, or a rate that drove the weights apart.
    How it decides:
        A unit counts as saturated if it lies beyond 99 % of its range on more than nine rows of ten. Found where at least `min_share` of the units of a hidden layer
        are. The activation at the output is left out: a sure classifier saturates it rightly.
    When it is wrong:
        Gates and attention masks may be binary on purpose; then the run learns well and this is a note.
    Fix:
        Scale the inputs, start with Xavier initialisation, lower the rate, or normalise before the activation.
    Verify:
        Count again at the start of training: less than a tenth of the units are flat.
    Prevent:
        Look at the spread of each layer's input before the first step; it should be near one.
    Sources:
        Glorot and Bengio (2010). Limits chosen by hand, see benchmarks/run_training.py.

    min_share : share of a layer's units that are saturated
    """
    for layer in life.layers:
        if layer.saturating and not layer.is_output and layer.rows >= MIN_ROWS and layer.units >= 2 and layer.often_flat >= min_share:
            yield _finding(layer, life, progress)


def _finding(layer: LayerLife, life: UnitLife, progress: Progress | None) -> Finding:
    good = progress is not None and progress.learned > 0.8
    hidden = [each for each in life.layers if each.saturating]
    return Finding(
        subject=Subject(kind="layer", names=tuple(each for each in (layer.path, layer.feeder) if each), where=layer.where),
        message=f"{round(layer.often_flat * layer.units)} of {layer.units} units of '{layer.path}' ({layer.kind}) are flat on more than nine rows of ten{at(layer.where)}.",
        severity=Severity.NOTE if good else Severity.ERROR if layer.often_flat >= 0.9 else Severity.WARNING,
        confidence=Confidence.LIKELY,
        evidence=(
            Measure(title="Saturated units", value=layer.often_flat, limit=0.5, reading="Share of the layer's units."),
            layer_bars(
                "Share of saturated units by layer",
                [each.path for each in hidden],
                [each.often_flat for each in hidden],
                marked=(layer.path,),
            ),
        ),
        remedy=Remedy(
            cause=f"The sums that '{layer.feeder}' hands to '{layer.path}' are far outside the activation's slope.",
            fix="Scale the inputs and start with Xavier initialisation.",
            patch=f"nn.init.xavier_uniform_(model.get_submodule({layer.feeder!r}).weight)",
            experiment="initialise-anew",
        ),
    )
