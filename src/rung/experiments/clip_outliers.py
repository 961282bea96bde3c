"""Take the accused values out and measure again."""

from __future__ import annotations

import numpy as np
import polars as pl

from rung.core.errors import Unavailable
from rung.core.experiment import Outcome
from rung.core.finding import Finding
from rung.core.marks import experiment
from rung.experiments.measure import with_table
from rung.experiments.repair import repaired
from rung.facts.extremes import Extremes
from rung.inputs.case import Train
from rung.inputs.lab import Lab


@experiment("clip-outliers")
def clip_outliers(lab: Lab, finding: Finding) -> Outcome:
    """Read everything beyond the limit as missing: if the values are errors, a linear model gains or the other columns agree better."""
    accused = [each for each in lab.ask(Extremes).found if each.column in finding.subject.names]
    table = lab.ask(Train).table
    if not accused:
        raise Unavailable("the accused values are no longer in the table")
    fixed = table
    for each in accused:
        values = fixed.column(each.column).cast(pl.Float64).to_numpy()
        beyond = values > each.limit if each.side == "upper" else values < each.limit
        fixed = fixed.with_column(each.column, pl.Series(np.where(beyond, np.nan, values), nan_to_null=True))
    changed = f"{', '.join(repr(each.column) for each in accused[:3])} without the values beyond {accused[0].limit:.4g}"
    return repaired(lab, with_table(lab, fixed), experiment="clip-outliers", changed=changed, columns=finding.subject.names)
