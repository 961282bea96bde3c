"""Put a plain reference model in the place of the user's own."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from rung.core.experiment import Outcome
from rung.core.finding import Finding, Verdict
from rung.core.marks import experiment
from rung.experiments.measure import outcome
from rung.facts.own_model import OwnScores
from rung.facts.rivals import Rivals
from rung.facts.standing import Standing
from rung.inputs.lab import Lab

# Rules that accuse the model as it was fitted; the others accuse its kind and settings, which a refit shows.
AS_FITTED = ("not-better-than-baseline", "constant-predictions", "wrong-model-type")


@experiment("change-model-type")
def change_model_type(lab: Lab, finding: Finding) -> Outcome:
    """Boosted trees or a linear model on the same columns, rows and folds; the score must rise."""
    if finding.name in AS_FITTED:
        standing = lab.ask(Standing)
        ahead = max((standing.linear, standing.nonlinear), key=lambda each: np.nan_to_num(each.mean, nan=-1e9))
        changed = f"a plain {ahead.name} model, scored on the same untouched rows"
        found = outcome(lab, experiment="change-model-type", changed=changed, before=standing.own, after=ahead, expected="rises")
        return _of_kind(found) if finding.name == "wrong-model-type" else found
    rivals = lab.ask(Rivals)
    after = rivals.linear if finding.name == "linear-beats-nonlinear" else rivals.best
    changed = f"a plain {after.name} model on the same columns"
    return outcome(lab, experiment="change-model-type", changed=changed, before=lab.ask(OwnScores).result, after=after, expected="rises")


def _of_kind(found: Outcome) -> Outcome:
    """A score that stays does not make a regressor a classifier: the kind is known from what it predicts."""
    if found.verdict is not Verdict.REFUTED:
        return found
    return replace(found, verdict=Verdict.INCONCLUSIVE, why=f"{found.why}; the kind of model is wrong all the same")
