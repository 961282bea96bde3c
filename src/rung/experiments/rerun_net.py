"""Take the run's first steps again with other weights, units or scales."""

from __future__ import annotations

from rung.core.experiment import Outcome
from rung.core.finding import Finding
from rung.core.marks import experiment
from rung.experiments.rerun import rerun_outcome
from rung.inputs.lab import Lab
from rung.inputs.rerun import Change


@experiment("initialise-anew")
def initialise_anew(lab: Lab, finding: Finding) -> Outcome:
    """Let every module draw its weights as it does by itself."""
    return rerun_outcome(
        lab, finding, experiment="initialise-anew", changed="the library's own initialisation", change=Change(initialise=True)
    )


@experiment("replace-activation")
def replace_activation(lab: Lab, finding: Finding) -> Outcome:
    """ReLU with He initialisation in place of sigmoid and tanh."""
    return rerun_outcome(
        lab, finding, experiment="replace-activation", changed="ReLU with He initialisation", change=Change(activation="ReLU")
    )


@experiment("normalise-inputs")
def normalise_inputs(lab: Lab, finding: Finding) -> Outcome:
    """Standardised columns."""
    return rerun_outcome(lab, finding, experiment="normalise-inputs", changed="standardised inputs", change=Change(normalise_inputs=True))


@experiment("normalise-targets")
def normalise_targets(lab: Lab, finding: Finding) -> Outcome:
    """Standardised targets."""
    return rerun_outcome(
        lab, finding, experiment="normalise-targets", changed="standardised targets", change=Change(normalise_targets=True)
    )


@experiment("less-dropout")
def less_dropout(lab: Lab, finding: Finding) -> Outcome:
    """A dropout of at most a fifth."""
    return rerun_outcome(lab, finding, experiment="less-dropout", changed="dropout of at most 0.2", change=Change(dropout=0.2))
