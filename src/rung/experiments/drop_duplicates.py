"""Train without repeated rows and score the rows that are left."""

from __future__ import annotations

import numpy as np

from rung.core.experiment import Outcome
from rung.core.finding import Finding
from rung.core.marks import experiment
from rung.experiments.measure import outcome, with_table, yardstick
from rung.facts.repeats import Repeats
from rung.inputs.case import Train
from rung.inputs.lab import Lab


@experiment("drop-duplicates")
def drop_duplicates(lab: Lab, _finding: Finding) -> Outcome:
    """Keep one row of each kind: where repeats lay on both sides of a fold, the score of the rest must fall."""
    train, repeats = lab.ask(Train), lab.ask(Repeats)
    kept = np.setdiff1d(np.arange(train.table.n_rows), repeats.extra)
    return outcome(
        lab,
        experiment="drop-duplicates",
        changed=f"without {len(repeats.extra):,} repeated rows",
        before=yardstick(lab),
        after=yardstick(with_table(lab, train.table.take(kept))),
        expected="falls",
    )
