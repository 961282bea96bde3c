"""Fit the user's own estimator again with ten times the iterations."""

from __future__ import annotations

from rung.core.errors import Unavailable
from rung.core.experiment import Estimate, Outcome
from rung.core.finding import Finding
from rung.core.marks import experiment
from rung.experiments.measure import FLOOR, decide, outcome
from rung.facts.probes import LongerProbes, Probe, best_gain, spoken
from rung.facts.score import FoldScores, Metric, compare
from rung.facts.skill import skill_gain
from rung.inputs.lab import Lab


@experiment("train-longer")
def train_longer(lab: Lab, finding: Finding) -> Outcome:
    """The same estimator, rows and folds with more iterations; the score must rise."""
    probes = lab.ask(LongerProbes)
    found = best_gain(lab.ask(Metric), probes.own, probes.tried)
    if found is None:
        raise Unavailable(f"{', '.join(finding.subject.names)} has no limit of iterations that was reached")
    rises = compare(lab.ask(Metric), probes.own, found[0].scores)
    surer = best_gain(lab.ask(Metric), probes.own, probes.tried, skill_gain)
    if surer is not None and not (rises.low > 0 and rises.value > FLOOR):
        return _by_loss(probes.own, *surer)
    changed = f"with {spoken(found[0].changed)}"
    return outcome(lab, experiment="train-longer", changed=changed, before=probes.own, after=found[0].scores, expected="rises")


def _by_loss(own: FoldScores, probe: Probe, gain: Estimate) -> Outcome:
    """The ranking stays: what more iterations mend are the probabilities."""
    verdict, why = decide("log-loss skill", gain, None, "rises")
    zero = Estimate(value=0.0, low=0.0, high=0.0, n=len(own.rows))
    return Outcome(
        experiment="train-longer",
        changed=f"with {spoken(probe.changed)}",
        metric="log-loss skill gained",
        before=zero,
        after=gain,
        difference=gain,
        expected="rises",
        verdict=verdict,
        why=why,
    )
