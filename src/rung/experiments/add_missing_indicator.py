"""Add a column that says whether the value is missing, and measure the linear model again."""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from rung.core.errors import Unavailable
from rung.core.experiment import Outcome
from rung.core.finding import Finding, Verdict
from rung.core.marks import experiment
from rung.experiments.measure import outcome, with_feature
from rung.facts.out_of_fold import LinearScores
from rung.inputs.case import Train
from rung.inputs.lab import Lab


@experiment("add-missing-indicator")
def add_missing_indicator(lab: Lab, finding: Finding) -> Outcome:
    """A linear model that is told of the gaps scores better if they tell of the target beyond the other columns."""
    table = lab.ask(Train).table
    name = next((each for each in finding.subject.names if each in table.columns), None)
    if name is None:
        raise Unavailable("the accused column is no longer in the table")
    mark = f"{name} is missing"
    after = with_feature(lab, mark, table.column(name).is_null().cast(pl.Float64))
    found = outcome(
        lab,
        experiment="add-missing-indicator",
        changed=f"with an indicator for '{name}'",
        before=lab.ask(LinearScores).result,
        after=after.ask(LinearScores).result,
        expected="rises",
    )
    if found.verdict is Verdict.REFUTED:
        # The gap still tells of the target; only this model learns nothing new from it.
        return replace(found, verdict=Verdict.INCONCLUSIVE, why=f"{found.why}; the other columns already tell as much")
    return found
