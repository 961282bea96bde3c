"""T203: units that are silent on every row."""

from __future__ import annotations

from collections.abc import Iterator

from rung.core.evidence import Measure
from rung.core.finding import Confidence, Finding, Remedy, Severity, Subject
from rung.core.marks import check
from rung.facts.progress import Progress
from rung.facts.run_charts import at, layer_bars
from rung.facts.unit_life import LayerLife, UnitLife

MIN_ROWS = 60  # a unit that fires on one row in twenty is seen silent on 60 rows by chance in 5 of 100 cases


@check("T203", severity="warning", explains=("flat-loss", "plateaued-loss", "underfitting", "vanishing-gradients", "learning-rate-too-low"))
def dead_units(life: UnitLife, progress: Progress | None, *, min_share: float = 0.5, min_units: int = 3) -> Iterator[Finding]:
    """Units of a rectifier give 0 on every row, so that no gradient will ever wake them.

    Why it matters:
        The net is smaller than it looks; where a whole layer is silent, nothing before it learns.
    Likely cause:
        A bias far below zero, a step so large that it pushed the units over the edge, or inputs that are never negative with weights that are.
    How it decides:
        A unit is dead if it is 0 on all of at least 60 different rows. The share of zero entries says nothing: half of them are zero in a sound net, and 40 dead
        units of 64 hide in it. Found where at least `min_share` of a layer's units, and at least `min_units`, are dead at the end.
    When it is wrong:
        Very wide layers are sparse by design and keep enough living units: then the run learns well and the finding is a note.
    Fix:
        Start with He initialisation and biases at zero, lower the rate, or take LeakyReLU or GELU.
    Verify:
        Count again: less than a tenth of the units are silent.
    Prevent:
        assert (activation > 0).any(dim=0).float().mean() > 0.5  # over a large batch
    Sources:
        Lu et al. (2020) on dying ReLUs. Limits chosen by hand, see benchmarks/run_training.py.

    min_share : share of a layer's units that are dead
    min_units : number of dead units from which it counts
    """
    for layer in life.layers:
        if layer.saturating or layer.rows < MIN_ROWS or layer.is_output:
            continue
        dead = round(layer.idle_last * layer.units)
        if layer.idle_last >= min_share and dead >= min(min_units, layer.units):
            yield _finding(layer, life, dead, progress)


def _finding(layer: LayerLife, life: UnitLife, dead: int, progress: Progress | None) -> Finding:
    named = tuple(each for each in (layer.path, layer.feeder) if each)
    born = layer.idle_first >= 0.8 * layer.idle_last
    return Finding(
        subject=Subject(kind="layer", names=named, where=layer.where),
        message=f"{dead} of {layer.units} units of '{layer.path}' are 0 on all {layer.rows:,} rows seen{at(layer.where)}; "
        + ("they were so from the start." if born else f"{round(layer.idle_first * layer.units)} were so at the start."),
        # Units that died were killed by something: they stand below what killed them.
        severity=_severity(layer, progress) if born else min(_severity(layer, progress), Severity.WARNING, key=lambda each: each.weight),
        confidence=_confidence(layer, born=born),
        evidence=(
            Measure(
                title="Dead units",
                value=layer.idle_last,
                limit=0.5,
                reading=f"Share of units; {layer.zero_share:.0%} of all entries are zero.",
            ),
            layer_bars(
                "Share of dead units by layer",
                [each.path for each in life.layers],
                [each.idle_last for each in life.layers],
                marked=(layer.path,),
            ),
        ),
        remedy=Remedy(
            cause="Biases or weights started below the edge." if born else "Steps pushed the units over the edge.",
            fix=f"Initialise '{layer.feeder}' anew (He, bias 0), lower the rate, or use a leaky activation.",
            patch=f"# after '{layer.feeder}'\nnn.LeakyReLU(0.01)",
            verify="Count the silent units over several batches again.",
            experiment="initialise-anew" if born else "lower-rate",
        ),
    )


def _confidence(layer: LayerLife, *, born: bool) -> Confidence:
    """How sure it is that this is where the trouble begins: units that died in a layer that still works died of something else."""
    if born:
        return Confidence.NEAR_CERTAIN if layer.rows >= 200 else Confidence.LIKELY
    return Confidence.LIKELY if layer.idle_last >= 0.9 else Confidence.POSSIBLE


def _severity(layer: LayerLife, progress: Progress | None) -> Severity:
    """A silent layer is an error; a half-silent one matters where little is learned or few units are left."""
    if layer.idle_last >= 0.9:
        return Severity.ERROR
    good = progress is not None and progress.learned > 0.8
    # What sparse training leaves alive is enough where the run learns; units that never lived were not meant to be dead.
    spare = layer.units * (1 - layer.idle_last) >= 48 or layer.idle_first < 0.5
    return Severity.NOTE if good and spare else Severity.WARNING
