"""Add a column that says whether the value is missing, and measure the linear model again."""

from __future__ import annotations

from rung.core.errors import Unavailable
from rung.core.experiment import Outcome
from rung.core.finding import Finding, Verdict
from rung.core.marks import experiment
from rung.experiments.measure import outcome, with_table
from rung.facts.matrix import Matrix
from rung.facts.out_of_fold import LinearScores
from rung.inputs.case import Train
from rung.inputs.lab import Lab


@experiment("add-missing-indicator")
def add_missing_indicator(lab: Lab, finding: Finding) -> Outcome:
    """A linear model that is told of the gaps scores better if they tell of the target beyond the other columns."""
    from dataclasses import replace

    table = lab.ask(Train).table
    name = next((each for each in finding.subject.names if each in table.columns), None)
    if name is None:
        raise Unavailable("the accused column is no longer in the table")
    mark = f"{name} is missing"
    after = with_table(lab, table.with_column(mark, table.column(name).is_null().to_numpy().astype(float)))
    if mark not in after.ask(Matrix).names:
        raise Unavailable("the declared features (or the model) leave no room for an indicator")
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
