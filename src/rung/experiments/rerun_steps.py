"""Take the run's first steps again with other steps: longer, shorter, clipped, without a decay."""

from __future__ import annotations

from rung.core.experiment import Outcome
from rung.core.finding import Finding
from rung.core.marks import experiment
from rung.experiments.rerun import best_of, rerun_outcome
from rung.inputs.lab import Lab
from rung.inputs.rerun import Change

LOWER = (0.1, 0.01)
HIGHER = (100.0, 1000.0, 10.0)


@experiment("lower-rate")
def lower_rate(lab: Lab, finding: Finding) -> Outcome:
    """A tenth of the rate, then a hundredth: a short range test."""
    return best_of(lab, finding, experiment="lower-rate", changes=_rates(LOWER))


@experiment("raise-rate")
def raise_rate(lab: Lab, finding: Finding) -> Outcome:
    """A hundred times the rate, then others: a short range test."""
    return best_of(lab, finding, experiment="raise-rate", changes=_rates(HIGHER))


@experiment("mean-loss")
def mean_loss(lab: Lab, finding: Finding) -> Outcome:
    """The gradient of the mean loss: neither added up nor divided."""
    return rerun_outcome(lab, finding, experiment="mean-loss", changed="the mean loss, without a factor", change=Change(mean_loss=True))


@experiment("hold-rate")
def hold_rate(lab: Lab, finding: Finding) -> Outcome:
    """The first rate all along, without the schedule."""
    return rerun_outcome(lab, finding, experiment="hold-rate", changed="the first rate all along", change=Change(hold_rate=True))


@experiment("clip-gradients")
def clip_gradients(lab: Lab, finding: Finding) -> Outcome:
    """A limit of one on the gradient norm."""
    return rerun_outcome(lab, finding, experiment="clip-gradients", changed="gradient norm clipped to 1", change=Change(clip=1.0))


@experiment("loosen-clipping")
def loosen_clipping(lab: Lab, finding: Finding) -> Outcome:
    """No clipping at all."""
    return rerun_outcome(lab, finding, experiment="loosen-clipping", changed="without clipping", change=Change(clip=0.0))


@experiment("drop-weight-decay")
def drop_weight_decay(lab: Lab, finding: Finding) -> Outcome:
    """No penalty on the weights."""
    return rerun_outcome(lab, finding, experiment="drop-weight-decay", changed="without weight decay", change=Change(weight_decay=0.0))


def _rates(factors: tuple[float, ...]) -> dict[str, Change]:
    return {f"{each:g} times the rate": Change(rate=each) for each in factors}
