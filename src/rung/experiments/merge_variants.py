"""Give every level one spelling and measure again."""

from __future__ import annotations

import polars as pl

from rung.core.errors import Unavailable
from rung.core.experiment import Outcome
from rung.core.finding import Finding
from rung.core.marks import experiment
from rung.experiments.measure import outcome, with_table, yardstick
from rung.facts.spellings import Spellings
from rung.inputs.case import Train
from rung.inputs.lab import Lab


@experiment("merge-variants")
def merge_variants(lab: Lab, finding: Finding) -> Outcome:
    """Merge the spellings: were they different levels, the model would lose by it."""
    accused = [each for each in lab.ask(Spellings).found if each.column in finding.subject.names]
    table = lab.ask(Train).table
    if not accused:
        raise Unavailable("the spellings are no longer in the table")
    merged = table
    for each in accused:
        merged = merged.with_column(each.column, merged.column(each.column).cast(pl.String).replace(each.mapping))
    count = sum(len(each.mapping) for each in accused)
    after = yardstick(with_table(lab, merged))
    changed = f"{count} spellings of {', '.join(repr(each.column) for each in accused[:3])} merged"
    return outcome(lab, experiment="merge-variants", changed=changed, before=yardstick(lab), after=after, expected="holds")
