"""Fit and score without the rows that were made up between others."""

from __future__ import annotations

import numpy as np

from rung.core.errors import Unavailable
from rung.core.experiment import Estimate, Outcome
from rung.core.finding import Finding
from rung.core.marks import experiment
from rung.experiments.measure import decide
from rung.experiments.taking_out import without_made_up_rows
from rung.facts.judged import Judged
from rung.facts.made_up import MadeUpRows
from rung.facts.score import Metric, estimate
from rung.inputs.judging import Judging
from rung.inputs.lab import Lab
from rung.stats.distributions import two_sided_z
from rung.stats.influence import error_of


@experiment("score-measured-rows")
def score_measured_rows(lab: Lab, finding: Finding) -> Outcome:
    """Rows made up are easy, and give their parents away: without them the score falls to what measured rows give."""
    made, without = lab.ask(MadeUpRows), without_made_up_rows(lab, finding)
    before, after = _judged(lab, Judging()), _judged(lab, without)
    metric = lab.ask(Metric)
    # Both share the measured test rows: the error of the difference is that of the rows' influences on it.
    value = after.scores.mean - before.scores.mean
    half = two_sided_z(0.95) * float(np.nan_to_num(error_of(after.influence - before.influence)))
    difference = Estimate(value=value, low=value - half, high=value + half, n=int((after.scores.fold >= 0).sum()))
    verdict, why = decide(metric.name, difference, None, "falls")
    return Outcome(
        experiment="score-measured-rows",
        changed=f"without {len(made.train_rows):,} training and {len(made.test_rows):,} test rows that were made up",
        metric=metric.name,
        before=estimate(before.scores, metric),
        after=estimate(after.scores, metric),
        difference=difference,
        expected="falls",
        verdict=verdict,
        why=why,
    )


def _judged(lab: Lab, how: Judging) -> Judged:
    """By the user's own kind of model where it can be fitted again, else by rung's."""
    try:
        return lab.vary(how).ask(Judged)
    except Unavailable:
        return lab.vary(how.plus(Judging(reference=True))).ask(Judged)
