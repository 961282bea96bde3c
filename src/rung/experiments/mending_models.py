"""The model as it is once a fault of its fit or its settings is mended."""

from __future__ import annotations

from rung.core.errors import Unavailable
from rung.core.finding import Finding
from rung.core.marks import mend
from rung.facts.probes import LongerProbes, LooserProbes, TighterProbes, best_gain
from rung.facts.score import Metric
from rung.facts.threshold_move import ThresholdMove
from rung.inputs.lab import Lab
from rung.inputs.mended import Mended

PROBES = {"train-longer": LongerProbes, "relax-regularisation": LooserProbes, "strengthen-regularisation": TighterProbes}


@mend("preprocessing-leakage")
def fitted_on_training_rows(_lab: Lab, _finding: Finding) -> Mended:
    """The whole pipeline fitted anew, on the training rows alone."""
    return Mended(model="refit")


@mend("unscaled-features")
def behind_a_standardiser(_lab: Lab, _finding: Finding) -> Mended:
    """The same estimator on standardised columns."""
    return Mended(model="scaled")


@mend(
    "not-converged",
    "over-regularised",
    "overfitting",
    "underfitting",
    "not-better-than-baseline",
    "wrong-model-type",
    "linear-beats-nonlinear",
)
def with_other_settings(lab: Lab, finding: Finding) -> Mended:
    """The settings that raised the score, or a plain model in place of one whose kind is to blame."""
    probes = PROBES.get(finding.remedy.experiment or "")
    if probes is None:
        return Mended(model="linear" if finding.name == "linear-beats-nonlinear" else "reference")
    asked = lab.ask(probes)
    found = best_gain(lab.ask(Metric), asked.own, asked.tried)
    if found is None:
        raise Unavailable("no setting was found that mends it")
    return Mended(model="refit", parameters=dict(found[0].changed))


@mend("constant-predictions", "uncorrected-imbalance")
def with_another_threshold(lab: Lab, finding: Finding) -> Mended:
    """The threshold that serves both classes, or a plain model where the scores themselves are dead."""
    if finding.remedy.experiment != "move-threshold":
        return Mended(model="reference")
    moved = lab.ask(ThresholdMove)
    return Mended(model="threshold", parameters={"threshold": moved.threshold, "minority": moved.minority})
