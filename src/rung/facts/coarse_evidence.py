"""Whether one column of few values tells all that can be told of the target."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rung.core.experiment import Estimate
from rung.core.marks import fact
from rung.facts.matrix import Matrix
from rung.facts.out_of_fold import NonlinearScores
from rung.facts.score import Metric, compare
from rung.facts.single import SingleScores


@dataclass(frozen=True, slots=True, kw_only=True)
class CoarseEvidence:
    """The best single column: its number of values, and what the boosted trees on all columns add to it, paired.

    Where that is little and the values are few, predictions grow no surer than the surest value allows: an honest rate of exceptions and wrong
    labels look the same.
    """

    column: str
    values: int
    gain: Estimate


@fact(cost="pass")
def coarse_evidence(single: SingleScores, bent: NonlinearScores, matrix: Matrix, metric: Metric) -> CoarseEvidence:
    """Compare what is already scored."""
    x = matrix.x[:, matrix.names.index(single.column)]
    return CoarseEvidence(column=single.column, values=len(np.unique(x[np.isfinite(x)])), gain=compare(metric, single.result, bent.result))
