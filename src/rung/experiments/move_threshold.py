"""Move the threshold of the decision; the model stays as it is."""

from __future__ import annotations

from rung.core.experiment import Estimate, Outcome
from rung.core.finding import Finding
from rung.core.marks import experiment
from rung.experiments.measure import decide
from rung.facts.threshold_move import ThresholdMove
from rung.inputs.lab import Lab


@experiment("move-threshold")
def move_threshold(lab: Lab, finding: Finding) -> Outcome:
    """A threshold chosen on one half of the rows must raise balanced accuracy on the other half."""
    moved = lab.ask(ThresholdMove)
    verdict, why = decide("balanced accuracy", moved.difference, None, "rises")
    n_rows = moved.difference.n
    before, after = (Estimate(value=sum(each) / 2, low=sum(each) / 2, high=sum(each) / 2, n=n_rows) for each in (moved.before, moved.after))
    return Outcome(
        experiment="move-threshold",
        changed=f"threshold {moved.threshold:.3g} in place of the model's own, for {', '.join(finding.subject.names) or 'the model'}",
        metric="balanced accuracy",
        before=before,
        after=after,
        difference=moved.difference,
        expected="rises",
        verdict=verdict,
        why=why,
    )
