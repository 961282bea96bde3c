"""What a model gains when near copies of a row are on both sides of a split."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rung.core.errors import Unavailable
from rung.core.experiment import Estimate
from rung.core.marks import fact
from rung.facts.group_gap import MAX_ROWS, split_both_ways
from rung.facts.matrix import Matrix
from rung.facts.near_copies import NearCopies
from rung.facts.score import FoldScores, Metric
from rung.facts.target import Target
from rung.inputs.case import Train
from rung.inputs.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyGap:
    """A remembering forest's scores on folds at random, on folds that keep near copies together, and on folds by clusters drawn at random.

    gap : random minus together, paired on the same rows.
    """

    random: FoldScores
    together: FoldScores
    placebo: FoldScores
    gap: Estimate


@fact(cost="fits")
def copy_gap(copies: NearCopies, train: Train, matrix: Matrix, target: Target, metric: Metric, settings: Settings) -> CopyGap:
    """At most 2,000 clusters, each whole."""
    known = target.known[copies.rows]
    rows, cluster = copies.rows[known], copies.cluster[known]
    if len(rows) > MAX_ROWS:
        drawn = np.isin(cluster, settings.rng("clusters").permutation(int(cluster.max()) + 1)[:MAX_ROWS])
        rows, cluster = rows[drawn], cluster[drawn]
    entity = np.unique(cluster, return_inverse=True)[1].astype(np.int64)
    if not copies.share or len(rows) < 50 or not matrix.encoders:
        raise Unavailable("too few rows with near copies")
    random, together, placebo, gap = split_both_ways("near copies", rows, entity, matrix.encoders, train, target, metric, settings)
    return CopyGap(random=random, together=together, placebo=placebo, gap=gap)
