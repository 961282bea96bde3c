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


def spread_between(codes: ArrayLike, y: ArrayLike) -> float:
    """Variance of the clusters' means beyond what their rows bring, 0 or more; 0 with fewer than three clusters.

    codes : shape (n,), the cluster of each row; y : shape (n,), finite.
    Source: DerSimonian & Laird (1986), with the variance of a row pooled over the clusters.
    """
    groups = np.unique(np.asarray(codes), return_inverse=True)[1]
    values, sizes = np.asarray(y, dtype=np.float64), np.bincount(groups).astype(float)
    if len(sizes) < 3 or len(values) <= len(sizes):
        return 0.0
    means = np.bincount(groups, values) / sizes
    within = float(np.square(values - means[groups]).sum() / (len(values) - len(sizes)))
    if within <= 0:
        return float(means.var(ddof=1))
    weights = sizes / within
    centre = float(weights @ means / weights.sum())
    slack = float(weights.sum() - np.square(weights).sum() / weights.sum())
    return max(0.0, (float(weights @ np.square(means - centre)) - (len(sizes) - 1)) / slack)
