"""Put a plain reference model in the place of the user's own."""

from __future__ import annotations

from rung.core.experiment import Outcome
from rung.core.finding import Finding
from rung.core.marks import experiment
from rung.experiments.measure import outcome
from rung.facts.own_model import OwnScores
from rung.facts.rivals import Rivals
from rung.inputs.lab import Lab


@experiment("change-model-type")
def change_model_type(lab: Lab, finding: Finding) -> Outcome:
    """Boosted trees or a linear model on the same columns, rows and folds; the score must rise."""
    rivals = lab.ask(Rivals)
    after = rivals.linear if finding.name == "linear-beats-nonlinear" else rivals.best
    changed = f"a plain {after.name} model on the same columns"
    return outcome(lab, experiment="change-model-type", changed=changed, before=lab.ask(OwnScores).result, after=after, expected="rises")
