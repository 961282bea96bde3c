"""Differences of two columns on one scale: a scheduled and an actual time, a price before and after."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from rung.facts.matrix import Matrix
from rung.stats.arrays import midranks
from rung.stats.association import equal_frequency_codes

Ints = NDArray[np.int64]
MIN_DISTINCT = 20  # below it the scan of pairs by their levels sees as much
MIN_RANK_CORRELATION = 0.5  # columns that measure one thing twice rise together; others have no meaningful difference
MAX_COLUMNS = 60
MAX_PAIRS = 30
BINS = 50


def differences(matrix: Matrix, places: Ints) -> Iterator[tuple[tuple[str, str], Ints]]:
    """(names, cells of the difference) of the pairs of columns that go together most closely, on the rows `places`."""
    x = matrix.x[places]
    numeric = [
        place
        for place in np.flatnonzero(~matrix.categorical)
        if np.isfinite(x[:, place]).mean() > 0.5 and len(np.unique(x[:, place][np.isfinite(x[:, place])])) >= MIN_DISTINCT
    ][:MAX_COLUMNS]
    if len(numeric) < 2 or len(places) < 100:
        return
    for a, b in _closest(x[:, numeric]):
        left, right = numeric[a], numeric[b]
        gap = x[:, right] - x[:, left]
        known = np.isfinite(gap)
        cells = np.zeros(len(gap), dtype=np.int64)
        if known.sum() >= 100 and np.ptp(gap[known]) > 0:
            cells[known] = 1 + equal_frequency_codes(gap[known], BINS)
            yield (matrix.names[left], matrix.names[right]), cells


def _closest(x: NDArray[np.float64]) -> list[tuple[int, int]]:
    ranks = np.column_stack([midranks(np.where(np.isfinite(column), column, np.nanmedian(column))) for column in x.T])
    table = np.triu(np.nan_to_num(np.corrcoef(ranks, rowvar=False)), 1)
    order = np.argsort(-table, axis=None)[:MAX_PAIRS]
    found = [(int(each) // table.shape[1], int(each) % table.shape[1]) for each in order]
    return [(a, b) for a, b in found if table[a, b] >= MIN_RANK_CORRELATION]
