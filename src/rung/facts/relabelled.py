"""What the learner gains when contradicted rows are left out of training, and what as many random rows gain."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rung.core.errors import Unavailable
from rung.core.marks import fact
from rung.facts.folds import Folds
from rung.facts.label_doubts import LabelDoubts
from rung.facts.learners import nonlinear
from rung.facts.matrix import Matrix
from rung.facts.out_of_fold import NonlinearScores
from rung.facts.score import FoldScores, Metric, score_folds
from rung.facts.settled_doubts import SettledDoubts
from rung.inputs.settings import Settings

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cleaned:
    """Scores on the same rows and the labels as given: trained on all rows, without the accused, and without as many others."""

    before: FoldScores
    after: FoldScores
    placebo: FoldScores


@fact(cost="fits")
def cleaned(
    scores: NonlinearScores, doubts: LabelDoubts, settled: SettledDoubts | None, matrix: Matrix, folds: Folds, metric: Metric, settings: Settings
) -> Cleaned:  # fmt: skip
    """Leave accused rows out of each fold's training rows only: every label is scored as given, so that nothing wins by being removed."""
    accused = np.flatnonzero(np.isin(matrix.rows, doubts.rows if settled is None else settled.rows))
    if not len(accused):
        raise Unavailable("no accused row is among the rows that are fitted on")
    rng = settings.rng("cleaned")
    others = np.setdiff1d(np.arange(len(matrix.y)), accused)
    same = [
        rng.permutation(others[matrix.y[others] == code])[: int((matrix.y[accused] == code).sum())] for code in np.unique(matrix.y[accused])
    ]
    return Cleaned(
        before=scores.result,
        after=_without(accused, "without accused rows", matrix, folds, metric, settings),
        placebo=_without(np.concatenate(same), "without random rows", matrix, folds, metric, settings),
    )


def _without(rows: Ints, name: str, matrix: Matrix, folds: Folds, metric: Metric, settings: Settings) -> FoldScores:
    learner = nonlinear(metric.task, metric.n_classes, metric.positive, matrix.categorical, settings.seed)
    n_columns = metric.n_classes if metric.task == "multiclass" else 0
    prediction = np.full((len(matrix.y), n_columns) if n_columns else len(matrix.y), np.nan)
    for trained, scored in folds.splits():
        kept = np.setdiff1d(trained, rows)
        if len(kept) and len(scored):
            prediction[scored] = learner(matrix.x[kept], matrix.y[kept])(matrix.x[scored])
    return score_folds(name, metric, matrix.y, prediction, folds.fold, matrix.rows)
