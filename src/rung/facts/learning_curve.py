"""The score at growing numbers of training rows, on the same scored rows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from rung.core.errors import Unavailable
from rung.core.marks import fact
from rung.facts.contestant import Contestant
from rung.facts.folds import Folds
from rung.facts.matrix import Matrix
from rung.facts.schema import Schema
from rung.facts.score import Metric
from rung.inputs.case import Train
from rung.inputs.settings import Settings
from rung.inputs.table import Rows

Floats = NDArray[np.float64]
SHARES = (1 / 16, 1 / 8, 1 / 4, 1 / 2, 1.0)
DRAWS = (3, 3, 2, 2, 1)  # small samples are noisier, and cheaper
MIN_ROWS = 30  # of a sample: below it a curve says more of luck than of rows


@dataclass(frozen=True, slots=True, kw_only=True)
class LearningCurve:
    """Scores at each size.

    sizes : shape (k,), training rows, growing.   scores : shape (k, n_folds, n_draws), NaN where a size has fewer draws or no score.
    unit : what a size counts, 'rows' or the entity column whose rows are drawn together.   n_rows : of the whole table.
    """

    sizes: Floats
    scores: NDArray[np.float64]
    unit: str
    n_rows: int
    n_fits: int


@fact(cost="fits")
def learning_curve(
    contestant: Contestant, matrix: Matrix, folds: Folds, metric: Metric, train: Train, schema: Schema, settings: Settings
) -> LearningCurve:
    """About fifty fits, most of them on few rows. Entities are drawn whole where folds keep them together."""
    splits = [(trained, scored) for trained, scored in folds.splits() if len(trained) and len(scored)]
    smallest = min(len(trained) for trained, _ in splits) if splits else 0
    shares = [(share, draws) for share, draws in zip(SHARES, DRAWS, strict=True) if share * smallest >= MIN_ROWS]
    if len(shares) < 3:
        raise Unavailable(f"only {smallest} rows to fit on: too few for a curve of three sizes")
    groups = _entities(train, matrix, schema) if folds.scheme == "grouped" else None
    rng = settings.rng("learning curve")
    scores = np.full((len(shares), len(splits), max(DRAWS)), np.nan)
    for place, (share, draws) in enumerate(shares):
        for number, (trained, scored) in enumerate(splits):
            for draw in range(draws):
                part = _drawn(trained, share, groups, rng)
                scores[place, number, draw] = metric.value(matrix.y[scored], contestant.fit_predict(part, scored, None))
    typical = float(np.mean([len(trained) for trained, _ in splits]))
    return LearningCurve(
        sizes=np.array([share * typical for share, _ in shares]),
        scores=scores,
        unit=str(schema.groups) if groups is not None else "rows",
        n_rows=train.table.n_rows,
        n_fits=int(np.isfinite(scores).sum()),
    )


def _entities(train: Train, matrix: Matrix, schema: Schema) -> NDArray[np.int64]:
    column = train.table.column(str(schema.groups))[matrix.rows].cast(pl.String).fill_null("")
    return column.rank("dense").to_numpy().astype(np.int64)


def _drawn(trained: Rows, share: float, groups: NDArray[np.int64] | None, rng: np.random.Generator) -> Rows:
    if share >= 1:
        return trained
    if groups is None:
        return np.sort(rng.permutation(trained)[: max(2, round(share * len(trained)))])
    own = np.unique(groups[trained])
    taken = rng.permutation(own)[: max(2, round(share * len(own)))]
    return trained[np.isin(groups[trained], taken)]
