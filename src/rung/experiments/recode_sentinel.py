"""Make the accused code a missing value and measure again."""

from __future__ import annotations

import numpy as np

from rung.core.errors import Unavailable
from rung.core.experiment import Outcome
from rung.core.finding import Finding
from rung.core.marks import experiment
from rung.experiments.measure import with_table
from rung.experiments.repair import repaired
from rung.inputs.case import Train
from rung.inputs.lab import Lab
from rung.inputs.table import Table


@experiment("recode-sentinel")
def recode_sentinel(lab: Lab, finding: Finding) -> Outcome:
    """Replace the code by missing: if it stood for missing, a linear model gains or the other columns agree better."""
    table = lab.ask(Train).table
    changed = table
    for name in finding.subject.names:
        changed = _recoded(changed, name, np.array(finding.subject.rows))
    if changed is table:
        raise Unavailable("the accused value is no longer in the table")
    after = with_table(lab, changed)
    return repaired(
        lab, after, experiment="recode-sentinel", changed=f"{finding.subject.detail} read as missing", columns=finding.subject.names
    )


def _recoded(table: Table, name: str, rows: np.ndarray) -> Table:
    """Every row that holds one of the values found in these rows becomes missing."""
    if name not in table.columns or not rows.size:
        return table
    series = table.column(name)
    code = series[rows.tolist()].drop_nulls().mode()
    return table.with_column(name, series.set(series.is_in(code.implode()).fill_null(value=False), None)) if code.len() else table
