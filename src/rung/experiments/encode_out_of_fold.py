"""Replace a leaking target encoding by one made out of fold, on the same folds."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from rung.core.errors import Unavailable
from rung.core.experiment import Outcome
from rung.core.finding import Finding, Verdict
from rung.core.marks import experiment
from rung.experiments.measure import dropped, outcome, with_table, yardstick
from rung.facts.folds import Folds
from rung.facts.matrix import Floats, Matrix
from rung.facts.target_encodings import Encoding, TargetEncodings
from rung.inputs.case import Train
from rung.inputs.lab import Lab


@experiment("encode-out-of-fold")
def encode_out_of_fold(lab: Lab, finding: Finding) -> Outcome:
    """The same groups, but each row's mean without the rows of its own fold; a leak's score falls."""
    found = [each for each in lab.ask(TargetEncodings).found if each.column in finding.subject.names]
    if not found:
        raise Unavailable("the accused column is no encoding of the target any more")
    encoding = found[0]
    # Rates of a class repeat over levels, so without the category the levels cannot be told: then the column goes altogether.
    known = bool(encoding.grouping) or not encoding.label
    result = outcome(
        lab,
        experiment="encode-out-of-fold",
        changed=f"'{encoding.column}' encoded without the labels of the row's own fold" if known else f"without '{encoding.column}'",
        before=yardstick(lab),
        after=yardstick(_encoded(lab, encoding) if known else dropped(lab, [encoding.column])),
        expected="falls",
    )
    if result.verdict is not Verdict.REFUTED:
        return result
    # The label is in the column, whatever the score makes of it: a score that stays says only that the leak is worth little here.
    return replace(result, verdict=Verdict.INCONCLUSIVE, why=f"{result.why}; the leak is there and worth little on these rows")


def _encoded(lab: Lab, encoding: Encoding) -> Lab:
    matrix, folds, table = lab.ask(Matrix), lab.ask(Folds), lab.ask(Train).table
    levels = table.column(encoding.grouping or encoding.column)[matrix.rows].cast(pl.String).fill_null("")
    values = np.full(table.n_rows, np.nan)
    values[matrix.rows] = out_of_fold_means(levels.rank("dense").to_numpy().astype(np.int64) - 1, matrix.y, folds)
    return with_table(lab, table.with_column(encoding.column, pl.Series(encoding.column, values).fill_nan(None)))


def out_of_fold_means(groups: NDArray[np.int64], y: Floats, folds: Folds) -> Floats:
    """Mean of y per group over the rows of other folds, shrunk by one row of the overall mean; shape (n,)."""
    size, found = int(groups.max()) + 1, np.empty(len(y))
    for number in np.unique(folds.fold):
        own = folds.fold == number
        others = ~own
        n = np.bincount(groups[others], minlength=size)
        total = np.bincount(groups[others], weights=y[others], minlength=size)
        prior = float(y[others].mean()) if others.any() else 0.0
        found[own] = ((total + prior) / (n + 1))[groups[own]]
    return found
