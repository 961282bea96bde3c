"""Normal scores: ranks as quantiles of a standard normal."""

from __future__ import annotations

import numpy as np
from scipy import special

from rung.stats.arrays import NAN, Array, midranks


def normal_scores(x: Array) -> Array:
    """Each column's ranks as normal quantiles; shape (n, k) as given, NaN where not finite or alone.

    Source: Blom (1958): quantile of (rank - 3/8) / (n + 1/4); ties share their middle rank.
    """
    z = np.full(x.shape, NAN)
    for place in range(x.shape[1]):
        known = np.isfinite(x[:, place])
        if known.sum() > 1:
            z[known, place] = special.ndtri((midranks(x[known, place]) - 0.375) / (known.sum() + 0.25))
    return z
