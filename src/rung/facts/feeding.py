"""In which order rows and batches were fed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rung.core.errors import Unavailable
from rung.core.marks import fact
from rung.inputs.history import History

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Feeding:
    """Rows and batches as they came.

    rows : targets seen in order.   targets : they, as fed.   classes : the targets are classes.   loader : class of the sampler.
    ordered : classes: share of equal neighbours minus that of a shuffled order; numbers: correlation of neighbours' ranks. None where rows have no
    single target.   ordered_z : in standard errors of a shuffled order.
    sorted : the first pass over the rows is sorted outright: each class in one stretch, or numbers that rise or fall with the place.
    batches : batches with a fingerprint.   repeats : share of the batches after the first that equal the commonest one.
    batch_rows : rows of a typical batch.   known_rows : rows of the data set where the loader tells; 0 otherwise.
    distinct_rows : distinct training rows seen (a bound of the recorder caps it).
    """

    rows: int
    targets: Floats
    classes: bool
    loader: str
    ordered: float | None
    ordered_z: float
    sorted: bool
    batches: int
    repeats: float
    batch_rows: float
    known_rows: int
    distinct_rows: int


@fact(cost="instant")
def feeding(history: History) -> Feeding:
    """Unavailable where nothing that was fed was recorded."""
    fed = history.batches
    if not len(fed.sizes) and not len(fed.target_order):
        raise Unavailable("what was fed to the model was not recorded")
    targets = fed.target_order[np.isfinite(fed.target_order)]
    classes = _are_classes(targets)
    ordered, z = (
        (None, 0.0)
        if not _single(history)
        else _class_order(targets)
        if classes
        else _number_order(targets, int(fed.sizes[0]) if len(fed.sizes) else 0)
    )
    known = fed.loader_settings.get("n_rows", 0)
    return Feeding(
        rows=len(targets),
        targets=targets,
        classes=classes,
        loader=fed.loader,
        ordered=ordered,
        ordered_z=z,
        sorted=_sorted(targets[: len(fed.row_hashes) or len(targets)], classes=classes),
        batches=len(fed.fingerprints),
        repeats=_repeats(fed.fingerprints),
        batch_rows=float(np.median(fed.sizes)) if len(fed.sizes) else 0.0,
        known_rows=int(known) if isinstance(known, int | float) and known else 0,
        distinct_rows=len(fed.row_hashes),
    )


def _single(history: History) -> bool:
    """One target a row: sequences of targets are read in order on purpose."""
    calls = [each for each in history.losses if each.phase == "train" and each.target_shape]
    if len({each.where for each in calls}) > 1 or len(history.optimizers) > 1:
        return False  # targets of several losses come in turn
    sizes = history.batches.sizes
    if not calls or not len(sizes):
        return bool(len(history.batches.target_order))
    shape = max(calls, key=lambda each: each.calls).target_shape
    per_row = np.prod(shape) / max(1.0, float(sizes[0]))
    return bool(per_row <= 1.01)


def _are_classes(targets: Floats) -> bool:
    whole = len(targets) > 0 and bool(np.all(targets == np.round(targets)))
    return whole and len(np.unique(targets)) <= max(2, min(100, len(targets) // 3))


def _class_order(targets: Floats) -> tuple[float | None, float]:
    """Equal neighbours against the number that a shuffled order has (each pair equal with chance sum n_k (n_k - 1) / n (n - 1))."""
    n = len(targets)
    counts = np.unique(targets, return_counts=True)[1].astype(float)
    if n < 4 or len(counts) < 2:
        return None, 0.0
    chance = float((counts * (counts - 1)).sum() / (n * (n - 1)))
    seen = float((targets[1:] == targets[:-1]).mean())
    error = np.sqrt(max(chance * (1 - chance), 1e-12) / (n - 1))
    return seen - chance, (seen - chance) / error


def _number_order(targets: Floats, size: int) -> tuple[float | None, float]:
    """Correlation of neighbours' ranks; its standard error in a shuffled order is 1 / sqrt(n).

    The smaller of that over all rows and that within batches: targets that the model makes itself drift from batch to batch, not within one.
    """
    n = len(targets)
    if n < 4 or np.ptp(targets) == 0:
        return None, 0.0
    ranks = targets.argsort().argsort().astype(float)
    overall = _neighbours(ranks - ranks.mean())
    if 4 <= size <= n // 2:
        parts = ranks[: n // size * size].reshape(-1, size)
        inside = parts.argsort(axis=1).argsort(axis=1).astype(float) - (size - 1) / 2
        overall = min(overall, float((inside[:, 1:] * inside[:, :-1]).sum() / max((inside * inside).sum(), 1e-12)) + 1 / size)
    return overall, overall * np.sqrt(n)


def _neighbours(centred: Floats) -> float:
    return float((centred[1:] * centred[:-1]).sum() / max(centred @ centred, 1e-12))


def _sorted(targets: Floats, *, classes: bool) -> bool:
    """The number of stretches is that of the classes; or ranks and places agree to 0.9."""
    if len(targets) < 20 or np.ptp(targets) == 0:
        return False
    if classes:
        return int((np.diff(targets) != 0).sum()) + 1 <= 1.5 * len(np.unique(targets))
    ranks = targets.argsort().argsort().astype(float)
    return bool(abs(np.corrcoef(ranks, np.arange(len(ranks)))[0, 1]) > 0.9)


def _repeats(prints: NDArray[np.uint64]) -> float:
    if len(prints) < 3:
        return 0.0
    most = np.unique(prints, return_counts=True)[1].max()
    return float((most - 1) / (len(prints) - 1))
