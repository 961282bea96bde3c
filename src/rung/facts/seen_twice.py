"""Validation rows that were trained on, by content."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rung.core.errors import Unavailable
from rung.core.marks import fact
from rung.inputs.history import History


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenTwice:
    """Distinct rows in training and validation passes.

    train, valid, both : how many.   repeats : share of the data set's rows that repeat another one by themselves (0 where unknown).
    reach : how many times more validation rows there may be than were looked at.   redrawn : where training rows are drawn at random, as windows of
    a text are, the share of the last ones that had been drawn before; 0 where they come in epochs.
    """

    train: int
    valid: int
    both: int
    repeats: float
    reach: float = 1.0
    redrawn: float = 0.0

    @property
    def share(self) -> float:
        """Share of the validation rows that were trained on."""
        return self.both / self.valid if self.valid else 0.0

    @property
    def covered(self) -> float:
        """Share of the training rows that were validated on, at most."""
        return min(1.0, self.both * self.reach / self.train) if self.train else 0.0


@fact(cost="instant")
def seen_twice(history: History) -> SeenTwice:
    """Unavailable where rows of one of the two were not recorded."""
    train, valid = np.unique(history.batches.row_hashes), np.unique(history.batches.valid_row_hashes)
    if not len(train) or not len(valid):
        raise Unavailable("rows of validation passes were not recorded")
    known = history.batches.loader_settings.get("n_rows", 0)
    rows = int(known) if isinstance(known, int | float) and known else 0
    # Rows may have been looked at for a part of the time only: then nothing is known of repeats.
    whole = rows and len(train) <= rows <= float(history.batches.row_repeats.sum())
    return SeenTwice(
        train=len(train),
        valid=len(valid),
        both=len(np.intersect1d(train, valid, assume_unique=True)),
        repeats=1 - len(train) / rows if whole else 0.0,
        reach=history.batches.valid_reach,
        redrawn=_redrawn(history.batches.row_repeats),
    )


def _redrawn(repeats: np.ndarray) -> float:
    """Rows in epochs come equally often; among few draws from many, some come three times while most come once. The share grows evenly."""
    draws, distinct = float(repeats.sum()), len(repeats)
    if draws >= 2 * distinct or (repeats >= 3).sum() < 3:
        return 0.0
    return min(1.0, 2 * (draws - distinct) / draws)
