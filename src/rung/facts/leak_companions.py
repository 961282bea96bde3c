"""Columns that carry the same knowledge as a suspect: written down at the same moment, or worked out from it."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from rung.facts.leak_views import View
from rung.facts.matrix import Matrix
from rung.stats.arrays import midranks

Floats = NDArray[np.float64]
# A copy of the target is unrelated to every honest column at a given target; a consequence of the outcome is not, to others of its kind.
MIN_CORRELATION = 0.2
MIN_SKILL = 0.5
MAX_COMPANIONS = 6


def companions(suspect: View, views: Iterable[View], matrix: Matrix, solo: dict[str, float], is_class: bool) -> tuple[str, ...]:
    """Other columns that go with the suspect at a given target and tell much alone, or with a second column.

    matrix : the rows that the views were scored on.   solo : skill of each column alone.
    """
    own = _values(suspect.names, matrix)
    if own is None:
        return ()
    cells = _cells(matrix.y, is_class)
    centred = _centred(own, cells)
    found: dict[str, float] = {}
    for view in views:
        shared = set(view.names) & set(suspect.names)
        values = _values(view.names, matrix) if view.skill >= MIN_SKILL and not shared and view.kind in ("value", "pair") else None
        if values is not None and (together := _correlation(centred, _centred(values, cells))) >= MIN_CORRELATION:
            # Of a pair the stronger half is accused: a schedule says less about the outcome than what became of it.
            name = max(view.names, key=lambda each: solo.get(each, 0.0))
            found[name] = max(found.get(name, 0.0), together)
    return tuple(sorted(found, key=lambda name: -found[name])[:MAX_COMPANIONS])


def _values(names: tuple[str, ...], matrix: Matrix) -> Floats | None:
    """The column's numbers, or the pair's difference; None for categories."""
    places = [matrix.place(name) for name in names]
    if any(place is None or matrix.categorical[place] for place in places):
        return None
    columns = [matrix.x[:, place] for place in places]
    return columns[0] if len(columns) == 1 else columns[1] - columns[0]


def _cells(y: Floats, is_class: bool) -> NDArray[np.int64]:
    return y.astype(np.int64) if is_class else (midranks(y) * min(50, max(1, len(y) // 10)) / (len(y) + 1)).astype(np.int64)


def _centred(values: Floats, cells: NDArray[np.int64]) -> Floats:
    known = np.isfinite(values)
    ranks = midranks(np.where(known, values, np.nanmedian(values) if known.any() else 0.0))
    means = np.bincount(cells, weights=ranks) / np.maximum(np.bincount(cells), 1)
    return ranks - means[cells]


def _correlation(left: Floats, right: Floats) -> float:
    scale = float(np.sqrt((left**2).sum() * (right**2).sum()))
    return abs(float(left @ right)) / scale if scale > 0 else 0.0
