"""Put a map behind the model's probabilities; the model stays as it is."""

from __future__ import annotations

from dataclasses import replace

from rung.core.experiment import Outcome
from rung.core.finding import Finding, Verdict
from rung.core.marks import experiment
from rung.experiments.measure import decide
from rung.facts.reliability import Reliability
from rung.inputs.lab import Lab


@experiment("recalibrate")
def recalibrate(lab: Lab, finding: Finding) -> Outcome:
    """The map chosen by inner cross-validation on two thirds of the rows must lower the log loss of the last third."""
    found = lab.ask(Reliability)
    verdict, why = decide("log loss (lower is better), its fall,", found.gain, None, "rises", floor=0.002)
    difference = replace(found.gain, value=-found.gain.value, low=-found.gain.high, high=-found.gain.low)
    return Outcome(
        experiment="recalibrate",
        changed=f"a {found.repair.method} map behind the probabilities of {', '.join(finding.subject.names) or 'the model'}",
        metric="log loss",
        before=found.loss,
        after=found.mended,
        difference=difference,
        expected="falls",
        verdict=verdict if found.repair.method != "none" else Verdict.INCONCLUSIVE,
        why=why,
    )
