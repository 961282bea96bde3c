"""Take the run's first steps again with the loop, the loss or the parameters put right."""

from __future__ import annotations

from rung.core.errors import Unavailable
from rung.core.experiment import Outcome
from rung.core.finding import Finding
from rung.core.marks import experiment
from rung.experiments.rerun import rerun_outcome
from rung.inputs.lab import Lab
from rung.inputs.rerun import Change

SWAPS = {"nll_loss": "cross_entropy"}


@experiment("repair-loop")
def repair_loop(lab: Lab, finding: Finding) -> Outcome:
    """Clear, backward, step, in this order and for every parameter."""
    return rerun_outcome(
        lab, finding, experiment="repair-loop", changed="zero_grad, backward, step in this order", change=Change(sound_loop=True)
    )


@experiment("unfreeze")
def unfreeze(lab: Lab, finding: Finding) -> Outcome:
    """Train every parameter, also those that were not held."""
    return rerun_outcome(lab, finding, experiment="unfreeze", changed="every parameter is trained", change=Change(unfreeze=True))


@experiment("train-mode")
def train_mode(lab: Lab, finding: Finding) -> Outcome:
    """The same steps in training mode."""
    return rerun_outcome(lab, finding, experiment="train-mode", changed="model.train() before the steps", change=Change(sound_loop=True))


@experiment("strip-activation")
def strip_activation(lab: Lab, finding: Finding) -> Outcome:
    """Hand the raw output to the loss."""
    return rerun_outcome(
        lab, finding, experiment="strip-activation", changed="without the last activation", change=Change(strip_activation=True)
    )


@experiment("swap-loss")
def swap_loss(lab: Lab, finding: Finding) -> Outcome:
    """The loss that fits the output."""
    name = SWAPS.get(finding.subject.names[0] if finding.subject.names else "")
    if name is None:
        raise Unavailable("the loss that fits needs another output than this model has")
    return rerun_outcome(lab, finding, experiment="swap-loss", changed=f"{name} as the loss", change=Change(loss=name))


@experiment("match-shapes")
def match_shapes(lab: Lab, finding: Finding) -> Outcome:
    """Output and target in one shape."""
    return rerun_outcome(
        lab, finding, experiment="match-shapes", changed="output and target in one shape", change=Change(match_shapes=True)
    )


@experiment("shuffle-rows")
def shuffle_rows(lab: Lab, finding: Finding) -> Outcome:
    """Draw the rows of each batch at random."""
    return rerun_outcome(lab, finding, experiment="shuffle-rows", changed="rows in random order", change=Change(shuffle=True))
