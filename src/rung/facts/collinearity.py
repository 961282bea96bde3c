"""Columns that repeat each other: pairwise and jointly."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rung.core.errors import Unavailable
from rung.core.marks import fact
from rung.facts.matrix import Floats, Matrix
from rung.stats.correlation import vif

MAX_ROWS = 5_000
MAX_COLUMNS = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two numeric columns and their Pearson correlation over rows that have both."""

    first: str
    second: str
    correlation: float
    n: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Collinearity:
    """The numeric columns of the matrix.

    names : the k columns.   inflation : shape (k,), how many times the variance of a coefficient grows because of the other columns; infinite for an
    exact repeat, NaN where there are too few rows.   pairs : correlations of at least 0.9 in size, strongest first, at most 200.
    n : rows with all columns, after filling what is missing by the mean.
    """

    names: tuple[str, ...]
    inflation: Floats
    pairs: tuple[Pair, ...]
    n: int


@fact(cost="pass")
def collinearity(matrix: Matrix) -> Collinearity:
    """Standardise, fill by the mean, invert the correlations. Unavailable below two numeric columns that vary."""
    x, names = _numbers(matrix)
    if len(names) < 2:
        raise Unavailable("needs two numeric columns that vary")
    correlations = x.T @ x / len(x)
    pairs = _pairs(correlations, names, len(x))
    enough = len(x) >= 5 * len(names)  # with fewer rows any column is nearly a sum of the others by chance
    inflation = vif(x) if enough else np.full(len(names), np.nan)
    return Collinearity(names=names, inflation=inflation, pairs=pairs, n=len(x))


def _numbers(matrix: Matrix) -> tuple[Floats, tuple[str, ...]]:
    chosen = np.linspace(0, len(matrix.y) - 1, min(MAX_ROWS, len(matrix.y))).astype(int)
    places = [each for each in np.flatnonzero(~matrix.categorical) if np.isfinite(matrix.x[chosen, each]).sum() >= 20][:MAX_COLUMNS]
    raw = np.clip(matrix.x[np.ix_(chosen, places)], -1e150, 1e150) if places else np.empty((len(chosen), 0))
    if not places:
        return raw, ()
    centred = np.nan_to_num(raw - np.nanmean(raw, axis=0))
    spread = centred.std(axis=0)
    varies = spread > 1e-12 * np.maximum(1e-300, np.abs(centred).max(axis=0))
    return centred[:, varies] / spread[varies], tuple(matrix.names[place] for place, kept in zip(places, varies, strict=True) if kept)


def _pairs(correlations: Floats, names: tuple[str, ...], n: int) -> tuple[Pair, ...]:
    upper = np.triu(np.abs(correlations), 1)
    firsts, seconds = np.nonzero(upper >= 0.9)
    order = np.argsort(-upper[firsts, seconds], kind="stable")[:200]
    return tuple(
        Pair(first=names[a], second=names[b], correlation=float(correlations[a, b]), n=n)
        for a, b in zip(firsts[order], seconds[order], strict=True)
    )
