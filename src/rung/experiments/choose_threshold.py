"""Call from the threshold that the costs ask for; the model stays as it is."""

from __future__ import annotations

from rung.core.experiment import Estimate, Outcome
from rung.core.finding import Finding
from rung.core.marks import experiment
from rung.experiments.measure import decide
from rung.facts.decision import Decision
from rung.inputs.lab import Lab


@experiment("choose-threshold")
def choose_threshold(lab: Lab, finding: Finding) -> Outcome:
    """Each row is called by a threshold that other rows chose: the cost a row (or the distance to the floor) must fall."""
    found = lab.ask(Decision)
    if found.by in ("recall floor", "precision floor"):
        return _floor(found, finding)
    verdict, why = decide("cost a row (lower is better), its fall,", found.gain, None, "rises", floor=0.0)
    gain = found.gain
    return Outcome(
        experiment="choose-threshold",
        changed=_changed(found, finding),
        metric="cost a row" if found.by == "costs" else "share of wrong rows",
        before=Estimate(value=found.cost_now, low=found.cost_now, high=found.cost_now, n=found.n),
        after=Estimate(value=found.cost_then, low=found.cost_then, high=found.cost_then, n=found.n),
        difference=Estimate(value=-gain.value, low=-gain.high, high=-gain.low, n=gain.n),
        expected="falls",
        verdict=verdict,
        why=why,
    )


def _changed(found: Decision, finding: Finding) -> str:
    return f"threshold {found.tuned.threshold:.3g} ({found.tuned.way}) for {', '.join(finding.subject.names) or 'the model'}"


def _floor(found: Decision, finding: Finding) -> Outcome:
    name = found.by.removesuffix(" floor")
    before, after = (found.now.recall, found.then.recall) if name == "recall" else (found.now.precision, found.then.precision)
    # The two shares stand on nearly the same rows: taken as independent, the interval is wider than it need be.
    half = ((before.high - before.low) ** 2 + (after.high - after.low) ** 2) ** 0.5 / 2
    change = after.value - before.value
    difference = Estimate(value=change, low=change - half, high=change + half, n=found.n)
    verdict, why = decide(name, difference, None, "rises")
    return Outcome(
        experiment="choose-threshold",
        changed=_changed(found, finding),
        metric=name,
        before=Estimate(value=before.value, low=before.low, high=before.high, n=found.n),
        after=Estimate(value=after.value, low=after.low, high=after.high, n=found.n),
        difference=difference,
        expected="rises",
        verdict=verdict,
        why=why,
    )
