"""What more features would bring: columns that the model leaves out, and crosses of the strongest ones."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from rung.core.errors import Unavailable
from rung.core.marks import fact
from rung.facts.folds import Folds
from rung.facts.learners import nonlinear
from rung.facts.matrix import Matrix
from rung.facts.out_of_fold import NonlinearScores, out_of_fold
from rung.facts.score import FoldScores, Metric
from rung.facts.single import ColumnScores
from rung.inputs.model import Model
from rung.inputs.settings import Settings

Floats = NDArray[np.float64]
STRONGEST = 6  # columns that are crossed in pairs: 15 pairs, 45 crosses
DAYS = 7.0


@dataclass(frozen=True, slots=True, kw_only=True)
class RicherFeatures:
    """The non-linear model on the columns that the user's model takes, and on everything with crosses; same folds.

    unused : columns of the table that the model does not take.   added : features made up, by name.
    """

    before: FoldScores
    after: FoldScores
    unused: tuple[str, ...]
    added: tuple[str, ...]


@fact(cost="fits")
def richer_features(
    matrix: Matrix, folds: Folds, metric: Metric, columns: ColumnScores, plain: NonlinearScores, model: Model | None, settings: Settings
) -> RicherFeatures:
    """All additions at once: nothing is picked by its score, so that the difference is fair. Five to ten fits."""
    used = np.array([model is None or not model.features or name in model.features for name in matrix.names])
    unused = tuple(name for name, taken in zip(matrix.names, used, strict=True) if not taken)
    names, made = _crosses(matrix, columns)
    if not names and not unused:
        raise Unavailable("no numbers to cross and no column left out")
    if not used.any():
        raise Unavailable("the model takes none of the columns that rung's own models could learn from")
    before = (
        plain.result
        if not unused
        else _scored("on your columns", matrix.x[:, used], matrix.categorical[used], matrix, folds, metric, settings)
    )
    x, levels = np.column_stack([matrix.x, *made]), np.r_[matrix.categorical, np.zeros(len(made), dtype=bool)]
    after = _scored("with more features", x, levels, matrix, folds, metric, settings)
    return RicherFeatures(before=before, after=after, unused=unused, added=tuple(names))


def _scored(
    name: str, x: Floats, levels: NDArray[np.bool_], matrix: Matrix, folds: Folds, metric: Metric, settings: Settings
) -> FoldScores:
    from dataclasses import replace

    learner = nonlinear(metric.task, metric.n_classes, metric.positive, levels, settings.seed)
    wide = replace(matrix, x=x, categorical=levels, names=tuple(str(place) for place in range(x.shape[1])))
    return out_of_fold(name, learner, wide, folds, metric)


def _crosses(matrix: Matrix, columns: ColumnScores) -> tuple[list[str], list[Floats]]:
    """Differences, products and ratios of the strongest numbers; the day of the week of dates; how frequent a category is."""
    names: list[str] = []
    made: list[Floats] = []
    numbers = [name for place, name in enumerate(matrix.names) if not matrix.categorical[place] and len(np.unique(matrix.x[:, place])) > 2]
    best = sorted(numbers, key=lambda name: -np.nan_to_num(columns.of(name)))[:STRONGEST]
    for first, second in combinations(best, 2):
        a, b = (matrix.x[:, matrix.names.index(name)] for name in (first, second))
        scale = float(np.nanmedian(np.abs(b))) or 1.0
        names += [f"{first} - {second}", f"{first} * {second}", f"{first} / {second}"]
        made += [a - b, a * b, a / np.where(np.abs(b) > 1e-9 * scale, b, np.nan)]
    for place, encoder in enumerate(matrix.encoders):
        if encoder.kind == "datetime":
            names.append(f"day of the week of {encoder.column}")
            made.append(np.floor(matrix.x[:, place]) % DAYS)
    return names, [np.where(np.isfinite(each), each, np.nan) for each in made]
