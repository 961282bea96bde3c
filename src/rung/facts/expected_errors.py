"""How many errors a model owns up to: expected among rows of like confidence, without the rows in question."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rung.core.marks import fact
from rung.facts.scored import Scored
from rung.stats.recalibration import fit
from rung.stats.slices import cells_of, expected_by

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
FEWEST = 20  # other rows of a cell from which their mean is taken


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedErrors:
    """Shape (n,) each.

    error : 1 for a wrong row; numbers: the absolute residual, cut at its 99th percentile so that no single row makes a slice.
    smooth, variance : error expected by a two-parameter map of the confidence (numbers: among rows of like prediction), and its variance.
    claimed : error that the model itself expects, one minus its confidence, moved by a constant to the error seen; as `smooth` without probabilities.
    A slice cannot bend it, as it bends a map that was fitted on its rows too.
    owned : error that the model itself expects, as it says it; zero without probabilities.
    cell : rows of like confidence in the same predicted class (numbers: of like prediction).   ordered : cells follow one scale.
    """

    error: Floats
    smooth: Floats
    claimed: Floats
    variance: Floats
    owned: Floats
    cell: NDArray[np.int64]
    ordered: bool

    def without(self, inside: Bools) -> tuple[Floats, Floats]:
        """Expected error and variance of all rows from rows outside alone, so that a slice does not excuse itself.

        Where a cell has fewer than 20 rows outside, the nearest cell that has them stands in (`ordered`), or the smooth expectation. Where rows outside
        err less than the model says of those inside, it is held to its word: too much doubt elsewhere is no fault here.
        """
        size = int(self.cell.max()) + 1
        counts = np.bincount(self.cell[~inside], minlength=size)
        means = np.bincount(self.cell[~inside], self.error[~inside], size) / np.maximum(counts, 1)
        squares = np.bincount(self.cell[~inside], self.error[~inside] ** 2, size) / np.maximum(counts, 1)
        full = np.flatnonzero(counts >= FEWEST)
        if self.ordered and full.size:
            near = full[np.abs(np.arange(size)[:, None] - full[None, :]).argmin(axis=1)]
            means, squares, counts = means[near], squares[near], counts[near]
        enough = counts[self.cell] >= FEWEST
        spread = np.maximum(squares - means**2, 1e-12)
        # The mean of the others is itself uncertain.
        variance = (spread * (1 + 1 / np.maximum(counts, 1)))[self.cell]
        mean, variance = np.where(enough, means[self.cell], self.smooth), np.where(enough, variance, self.variance)
        if inside.any() and self.owned[inside].mean() > mean[inside].mean():
            mean, variance = np.where(inside, self.owned, mean), np.where(inside, self.owned * (1 - self.owned), variance)
        return mean, np.maximum(variance, 1e-12)


@fact(cost="pass")
def expected_errors(scored: Scored) -> ExpectedErrors:
    """Work out both expectations; without probabilities the rate of each predicted class is all that is known."""
    labels = scored.labels.astype(np.int64)
    if not scored.target.is_classification:
        size = np.abs(scored.residual)
        error, one = np.minimum(size, np.quantile(size, 0.99)), np.zeros(scored.n, dtype=np.int64)
        smooth, variance = expected_by(scored.labels, error, one, bins=4)
        variance = np.maximum(variance, 1e-12)
        return ExpectedErrors(
            error=error,
            smooth=smooth,
            claimed=smooth,
            variance=variance,
            owned=np.zeros(scored.n),
            cell=cells_of(scored.labels, one),
            ordered=True,
        )
    error = scored.wrong.astype(float)
    confidence = scored.confidence
    if confidence is None or scored.p is None:
        smooth, variance = expected_by(np.zeros(scored.n), error, labels, bins=1)
        variance = np.maximum(variance, 1e-6)
        return ExpectedErrors(
            error=error, smooth=smooth, claimed=smooth, variance=variance, owned=np.zeros(scored.n), cell=labels, ordered=False
        )
    smooth = np.clip(_owned(scored, confidence), 1e-4, 1 - 1e-4)
    claimed = (1 - confidence) + float(error.mean() - (1 - confidence).mean())
    cell = cells_of(confidence, labels)
    variance = smooth * (1 - smooth)
    return ExpectedErrors(error=error, smooth=smooth, claimed=claimed, variance=variance, owned=1 - confidence, cell=cell, ordered=False)


def _owned(scored: Scored, confidence: Floats) -> Floats:
    """Chance of a wrong call after a logistic map of the log-odds: of the positive class for two, of being right for more."""
    if scored.target.task == "binary" and scored.p is not None:
        hit, p = scored.y == 1, scored.p[:, 1]
        mended = fit("sigmoid", hit.astype(np.int64), np.column_stack([1 - p, p]))[0](np.column_stack([1 - p, p]))
        return np.asarray(1 - mended[np.arange(scored.n), scored.labels.astype(np.int64)])
    both = np.column_stack([1 - confidence, confidence])
    return np.asarray(fit("sigmoid", (~scored.wrong).astype(np.int64), both)[0](both)[:, 0])
