"""Train without the rows whose labels are contradicted; score every label as it was given."""

from __future__ import annotations

from rung.core.experiment import Outcome
from rung.core.finding import Finding
from rung.core.marks import experiment
from rung.experiments.measure import outcome
from rung.facts.relabelled import Cleaned
from rung.inputs.lab import Lab


@experiment("relabel")
def relabel(lab: Lab, _finding: Finding) -> Outcome:
    """Leave accused rows out of training folds only, against as many random rows of the same classes: the score must rise by more."""
    cleaned = lab.ask(Cleaned)
    return outcome(
        lab,
        experiment="relabel",
        changed="trained without the contradicted rows",
        before=cleaned.before,
        after=cleaned.after,
        expected="rises",
        placebo=cleaned.placebo,
        floor=0.002,  # the scored labels are as wrong as before, so that little of the gain can show
    )
