"""Convert the accused rows into the unit of the others and measure again."""

from __future__ import annotations

import polars as pl

from rung.core.errors import Unavailable
from rung.core.experiment import Outcome
from rung.core.finding import Finding
from rung.core.marks import experiment
from rung.experiments.measure import with_table
from rung.experiments.repair import repaired
from rung.facts.units import Units
from rung.inputs.case import Train
from rung.inputs.lab import Lab


@experiment("rescale-units")
def rescale_units(lab: Lab, finding: Finding) -> Outcome:
    """Divide by the factor where rows seem to be in another unit: a linear model gains, or the other columns agree better."""
    units = lab.ask(Units)
    accused = next((each for each in units.found if each.column in finding.subject.names), None)
    if accused is None:
        raise Unavailable("the two units are no longer seen")
    # Both sides on the rows that were looked at: of the others nobody said in which unit they are.
    table = lab.ask(Train).table.take(units.rows)
    fixed = table.with_column(accused.column, pl.Series(accused.repaired, nan_to_null=True))
    changed = f"{int(accused.members.sum()):,} rows of '{accused.column}' divided by {accused.factor:.4g}"
    return repaired(with_table(lab, table), with_table(lab, fixed), experiment="rescale-units", changed=changed, columns=(accused.column,))
