"""Labels paired with rows by position, and by the index that both bear."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rung.core.errors import Unavailable
from rung.core.marks import fact
from rung.facts.label_order import DIRECTIONS, WINDOW, label_directions, plain_features
from rung.facts.matrix import Matrix
from rung.facts.target import Target
from rung.inputs.case import Train
from rung.stats.alignment import explained, explained_p, orthonormal


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexOrder:
    """Shares of the labels' variance that a linear fit explains, and their chance without any relation.

    NaN by_index where the indexes are not the same entries in another order.
    """

    by_position: float
    by_position_p: float
    by_index: float
    by_index_p: float
    moved: int


@fact(cost="pass")
def index_order(train: Train, matrix: Matrix, target: Target) -> IndexOrder:
    """Score both ways of pairing. Unavailable where features and labels came together or bear no index."""
    pairing = train.pairing
    if pairing is None or pairing.index in ("none", "equal"):
        raise Unavailable("features and labels came in one table, or with one index")
    n = min(train.table.n_rows, WINDOW)
    u = orthonormal(plain_features(train.table, matrix, np.arange(n)), int(np.clip(n // 15, 3, DIRECTIONS)))
    order = pairing.order
    found = []
    for rows in (np.arange(n), order[:n] if order is not None and len(order) == train.table.n_rows else None):
        v = label_directions(target, rows) if rows is not None else np.empty((n, 0))
        share = explained(u, v) if v.shape[1] and u.shape[1] else float("nan")
        found.append((share, explained_p(share, n, u.shape[1], v.shape[1]) if share == share else 1.0))  # noqa: PLR0124 - NaN
    moved = int((order != np.arange(len(order))).sum()) if order is not None else 0
    return IndexOrder(by_position=found[0][0], by_position_p=found[0][1], by_index=found[1][0], by_index_p=found[1][1], moved=moved)
