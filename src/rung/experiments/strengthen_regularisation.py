"""Fit the user's own estimator again with stronger regularisation."""

from __future__ import annotations

from rung.core.errors import Unavailable
from rung.core.experiment import Outcome
from rung.core.finding import Finding
from rung.core.marks import experiment
from rung.experiments.measure import outcome
from rung.facts.probes import TighterProbes, best_gain, spoken
from rung.facts.score import Metric
from rung.inputs.lab import Lab


@experiment("strengthen-regularisation")
def strengthen_regularisation(lab: Lab, finding: Finding) -> Outcome:
    """The same estimator, rows and folds with stronger regularisation; the score must rise."""
    probes = lab.ask(TighterProbes)
    found = best_gain(lab.ask(Metric), probes.own, probes.tried)
    if found is None:
        raise Unavailable(f"{', '.join(finding.subject.names)} has no regularisation that could be strengthened")
    changed = f"with {spoken(found[0].changed)}"
    return outcome(lab, experiment="strengthen-regularisation", changed=changed, before=probes.own, after=found[0].scores, expected="rises")
