"""Do the targets that were fed belong to the inputs that were fed with them?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rung.core.errors import Unavailable
from rung.core.marks import fact
from rung.facts.feeding import Feeding
from rung.inputs.history import History
from rung.stats.neighbours import Agreement, agreement, nearest

Floats = NDArray[np.float64]
MIN_ROWS = 100
LAGS = (-3, -2, -1, 1, 2, 3)


@dataclass(frozen=True, slots=True, kw_only=True)
class FedPairs:
    """Agreement of targets with those of the nearest inputs.

    present : as they were fed.   best : the best other order, `order` says which ('' where none was tried).   classes : targets are classes.
    sorted_batches : share of the batches whose targets never fall (with three or more different ones).
    """

    present: Agreement
    best: Agreement
    order: str
    classes: bool
    sorted_batches: float


@fact(cost="pass")
def fed_pairs(history: History, feeding: Feeding) -> FedPairs:
    """Unavailable without a sample of at least 100 rows with one target each."""
    x, y = history.batches.sample, history.batches.sample_targets
    known = np.isfinite(y) if len(y) else np.empty(0, dtype=bool)
    if _counted(history):
        raise Unavailable("the targets number the rows of each batch")
    if feeding.ordered is None or len(x) != len(y) or known.sum() < MIN_ROWS or np.ptp(y[known]) == 0:
        raise Unavailable("no sample of rows with one target each was kept")
    x, y = x[known], y[known]
    # A row that comes back in a later epoch is its own nearest row and agrees with itself, whatever its target.
    once = np.sort(np.unique(x, axis=0, return_index=True)[1])
    neighbours = nearest(x[once])
    if not neighbours.size or len(once) < MIN_ROWS:
        raise Unavailable("the inputs that were fed do not vary")
    present = agreement(neighbours, y[once], classes=feeding.classes)
    tried = {name: agreement(neighbours, other[once], classes=feeding.classes) for name, other in _orders(y, history.batches.sizes)}
    order = max(tried, key=lambda name: tried[name].z)
    return FedPairs(
        present=present,
        best=tried[order],
        order=order,
        classes=feeding.classes,
        sorted_batches=_sorted_batches(history.batches.target_order, history.batches.sizes),
    )


def _orders(y: Floats, sizes: Floats) -> list[tuple[str, Floats]]:
    """Slips that happen: a few rows up or down, turned over, a batch late, turned over within each batch."""
    size = int(sizes[0]) if len(sizes) else 0
    found = [(f"shifted by {-lag}", np.roll(y, lag)) for lag in LAGS]
    found.append(("turned over", y[::-1]))
    if 1 < size < len(y) // 2:
        found.append(("one batch late", np.roll(y, -size)))
        found.append(("one batch early", np.roll(y, size)))
        whole = len(y) // size * size
        inside = y.copy()
        inside[:whole] = y[:whole].reshape(-1, size)[:, ::-1].ravel()
        found.append(("turned over in each batch", inside))
    return found


def _counted(history: History) -> bool:
    """Targets 0, 1, 2 ... in each batch: pairs of one batch are told apart, as contrastive losses do."""
    size = int(history.batches.sizes[0]) if len(history.batches.sizes) else 0
    first = history.batches.target_order[:size]
    return size > 2 and len(first) == size and bool(np.array_equal(first, np.arange(size)))


def _sorted_batches(targets: Floats, sizes: Floats) -> float:
    """Share of batches, of those with three different targets or more, whose targets never fall or never rise."""
    ends = np.cumsum(sizes).astype(int)
    parts = [targets[start:end] for start, end in zip(np.concatenate([[0], ends[:-1]]), ends, strict=True) if end <= len(targets)]
    varied = [part for part in parts if len(np.unique(part)) >= 3]
    ordered = [part for part in varied if (np.diff(part) >= 0).all() or (np.diff(part) <= 0).all()]
    return len(ordered) / len(varied) if len(varied) >= 3 else 0.0
