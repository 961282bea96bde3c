"""What tells wrong rows from right ones: columns whose ranks differ more than permuted errors ever do."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rung.core.errors import Unavailable
from rung.core.marks import fact
from rung.facts.sample import row_keys
from rung.facts.scored import Scored, ScoredFeatures
from rung.inputs.settings import Settings
from rung.stats.multiplicity import max_t
from rung.stats.scores import normal_scores

Floats = NDArray[np.float64]
MAX_ROWS = 4_000
PERMUTATIONS = 299
TOP_LEVELS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Distinction:
    """One column (or one level of a category) in wrong rows against right rows of the same class.

    difference : in standard deviations of its ranks; a share of rows for a level.   p : family-wise over all columns, by permutation.
    wrong, right : median value, or share of rows of that level, among wrong and right rows.
    """

    column: str
    level: str
    difference: float
    p: float
    wrong: float
    right: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorContrast:
    """distinctions : most telling first, at most 20.   n_wrong, n : wrong rows and all rows looked at.   n_columns : columns and levels compared."""

    distinctions: tuple[Distinction, ...]
    n_wrong: int
    n: int
    n_columns: int


@fact(cost="pass")
def error_contrast(scored: Scored, features: ScoredFeatures, settings: Settings) -> ErrorContrast:
    """Permute which rows are wrong within their true class; numbers: which rows have the largest fifth of residuals.

    The largest statistic of each permutation makes the p-values family-wise (Westfall & Young 1993): with few errors nothing is named.
    """
    kept = np.argsort(row_keys(scored.rows, 41), kind="stable")[:MAX_ROWS]
    wrong, stratum = _wrong(scored)
    wrong, stratum = wrong[kept], stratum[kept]
    if min(wrong.sum(), (~wrong).sum()) < 3:
        raise Unavailable(f"{int(wrong.sum())} wrong rows among {len(kept)}: too few of one kind to compare them")
    named, design = _design(features, kept)
    if not named:
        raise Unavailable("no feature to compare")
    centred = _centred(design, stratum)
    observed = _gaps(centred, wrong[:, None].astype(float))[:, 0]
    rng = settings.rng("error_contrast")
    shuffled = np.empty((len(wrong), PERMUTATIONS))
    for code in np.unique(stratum):
        rows = np.flatnonzero(stratum == code)
        shuffled[rows] = rng.permuted(np.repeat(wrong[rows, None].astype(float), PERMUTATIONS, axis=1), axis=0)
    p = max_t(np.abs(observed), np.abs(_gaps(centred, shuffled)).T)
    order = np.argsort(-np.abs(observed), kind="stable")[:20]
    return ErrorContrast(
        distinctions=tuple(
            _distinction(named[place], features, kept, wrong, float(observed[place]), float(p[place])) for place in order.tolist()
        ),
        n_wrong=int(wrong.sum()),
        n=len(kept),
        n_columns=len(named),
    )


def _wrong(scored: Scored) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
    if scored.target.is_classification:
        return scored.wrong, scored.y.astype(np.int64)
    size = np.abs(scored.residual)
    return size > np.quantile(size, 0.8), np.zeros(scored.n, dtype=np.int64)


def _design(features: ScoredFeatures, kept: NDArray[np.int64]) -> tuple[list[tuple[int, int]], Floats]:
    """Normal scores of numbers, 0/1 for the most frequent levels; (column, level or -1) of each."""
    named: list[tuple[int, int]] = []
    parts: list[Floats] = []
    for place in range(len(features.names)):
        x = features.x[kept, place]
        if not features.categorical[place]:
            scores = normal_scores(x[:, None])[:, 0]
            parts.append(np.where(np.isnan(scores), 0.0, scores))
            named.append((place, -1))
            continue
        counts = np.bincount(x[~np.isnan(x)].astype(np.int64), minlength=1)
        for code in np.argsort(-counts, kind="stable")[:TOP_LEVELS].tolist():
            parts.append((x == code).astype(float))
            named.append((place, code))
    return named, np.column_stack(parts) if parts else np.empty((len(kept), 0))


def _centred(design: Floats, stratum: NDArray[np.int64]) -> Floats:
    """Each stratum about its own mean, every column with spread 1: classes may differ, only their wrong rows are compared."""
    out = design.copy()
    for code in np.unique(stratum):
        rows = stratum == code
        out[rows] -= out[rows].mean(axis=0)
    return out / np.maximum(out.std(axis=0), 1e-9)


def _gaps(centred: Floats, wrong: Floats) -> Floats:
    """Mean of wrong rows minus mean of right rows, shape (columns, permutations)."""
    n, count = len(centred), wrong.sum(axis=0)
    total = centred.sum(axis=0)[:, None]
    sums = centred.T @ wrong
    return sums / count - (total - sums) / (n - count)


def _distinction(
    named: tuple[int, int], features: ScoredFeatures, kept: NDArray[np.int64], wrong: NDArray[np.bool_], difference: float, p: float
) -> Distinction:
    place, code = named
    x = features.x[kept, place]
    if code < 0:
        inside, outside = (float(np.nanmedian(part)) if np.isfinite(part).any() else float("nan") for part in (x[wrong], x[~wrong]))
        return Distinction(column=features.names[place], level="", difference=difference, p=p, wrong=inside, right=outside)
    return Distinction(
        column=features.names[place],
        level=features.levels[place][code],
        difference=difference,
        p=p,
        wrong=float((x[wrong] == code).mean()),
        right=float((x[~wrong] == code).mean()),
    )
