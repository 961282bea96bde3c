"""What choosing among several models on one test set adds to the chosen score."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from rung.stats.arrays import Array, as_floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Optimism:
    """How much too good one of several scores on the same rows is.

    expected : given where it stands among the others.   at_most : the most that as many looks could have gained, each built on the answers before.
    noise : standard deviation by the rows of a score around the mean of all.   spread : observed standard deviation of the scores.
    """

    expected: float
    at_most: float
    noise: float
    spread: float


def optimism(scores: ArrayLike, errors: ArrayLike, sketches: Array | None, n_rows: int, chosen: int) -> Optimism:
    """Expected optimism of score `chosen` of k models that were scored on the same rows.

    scores, errors : shape (k,), score and standard error of each.   sketches : shape (k, m), random projections of the rows' influences, None
    where they are not known: then the models are taken to err independently.
    Normal means: of the distance of a score to the mean of all, the share noise^2 / spread^2 is noise (at most all of it).
    The bound for looks that build on each other: k answers let an analyst gain up to error * sqrt(k).
    Source: Efron & Morris (1973) for the share; Dwork et al. (2015), Blum & Hardt (2015) for adaptive looks; checked by simulation in tests/stats.
    """
    values, known = as_floats(scores), as_floats(errors)
    error = float(np.nanmean(known)) if np.isfinite(known).any() else 0.0
    if values.size < 2:
        return Optimism(expected=0.0, at_most=0.0, noise=error, spread=0.0)
    squared = _paired(sketches, n_rows) if sketches is not None else 2 * error**2
    noise, spread = math.sqrt(squared / 2), float(values.std(ddof=1))
    share = 1.0 if spread <= noise else (noise / spread) ** 2
    expected = max(0.0, share * float(values[chosen] - values.mean()))
    return Optimism(expected=expected, at_most=error * math.sqrt(values.size), noise=noise, spread=spread)


def _paired(sketches: Array, n_rows: int) -> float:
    """Mean over pairs of models of the variance, by the rows, of the difference of their scores.

    Source: Johnson & Lindenstrauss (1984): random signs keep squared distances, to a share sqrt(2 / m).
    """
    table = np.asarray(sketches, dtype=np.float64)
    centred = table - table.mean(axis=0)
    k = len(table)
    return float(2 * (centred**2).sum() / (k - 1) / table.shape[1] / max(1, n_rows))
