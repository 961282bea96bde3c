"""Rows that come in clusters: how many independent rows they are worth."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from rung.stats.association import correlation_ratio


def independent_share(codes: ArrayLike, y: ArrayLike) -> float:
    """Independent rows that the mean of y is worth, over rows: 1 where clusters do not differ, clusters over rows where each says one thing.

    codes : shape (n,), the cluster of each row, any labels; y : shape (n,) or (n, k), finite; of k columns the most alike one counts.
    Source: Kish (1965), design effect 1 + (m - 1) rho, with m the size of the cluster that a row is in on average.
    """
    groups = np.unique(np.asarray(codes), return_inverse=True)[1]
    columns = np.asarray(y, dtype=np.float64).reshape(len(groups), -1)
    sizes = np.bincount(groups).astype(float)
    mean_size = float(np.square(sizes).sum() / sizes.sum())
    alike = max((float(np.clip(np.nan_to_num(correlation_ratio(groups, each)), 0, 1)) for each in columns.T), default=0.0)
    return 1 / (1 + (mean_size - 1) * alike)
