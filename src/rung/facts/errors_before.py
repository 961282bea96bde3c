"""What a regression got wrong on training rows that it had not seen: what it could have known before the test rows came."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rung.core.errors import Unavailable
from rung.core.marks import fact
from rung.facts.matrix import Matrix
from rung.facts.own_model import OwnScores
from rung.facts.score import predicted_rows
from rung.facts.target import Target

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorsBefore:
    """Out-of-fold answers of the user's estimator.

    places : rows of the matrix.   said, residual : prediction, and truth minus prediction, in the unit of the target.
    """

    places: NDArray[np.int64]
    said: Floats
    residual: Floats


@fact(cost="fits")
def errors_before(own: OwnScores, matrix: Matrix, target: Target) -> ErrorsBefore:
    """Unavailable for classes."""
    if target.is_classification:
        raise Unavailable("only for regression")
    told = predicted_rows(own.result.prediction)
    rows, said, y = own.result.rows[told], own.result.prediction[told], own.result.y[told]
    _, places, mine = np.intersect1d(matrix.rows, rows, assume_unique=True, return_indices=True)
    return ErrorsBefore(places=places.astype(np.int64), said=said[mine], residual=(y - said)[mine])
