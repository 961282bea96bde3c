"""Fit the user's estimator on standardised columns, on the same folds."""

from __future__ import annotations

from rung.core.experiment import Outcome
from rung.core.finding import Finding
from rung.core.marks import experiment
from rung.experiments.measure import outcome
from rung.facts.own_model import OwnScores
from rung.facts.rescaled_model import ScaledOwnScores
from rung.inputs.lab import Lab


@experiment("scale-features")
def scale_features(lab: Lab, finding: Finding) -> Outcome:
    """The same estimator, columns and folds, with mean 0 and deviation 1; a repair raises the score."""
    return outcome(
        lab,
        experiment="scale-features",
        changed=f"columns standardised before the fit ({', '.join(finding.subject.names[:3])} and the others)",
        before=lab.ask(OwnScores).result,
        after=lab.ask(ScaledOwnScores).result,
        expected="rises",
    )
