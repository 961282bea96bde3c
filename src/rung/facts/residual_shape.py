"""The shape of a regression's errors: what is left to learn, bias by range, spread by range, tails."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from rung.core.errors import Unavailable
from rung.core.experiment import Estimate
from rung.core.marks import fact
from rung.facts.errors_before import ErrorsBefore
from rung.facts.how_split import HowSplit
from rung.facts.learners import nonlinear
from rung.facts.matrix import Matrix
from rung.facts.sample import row_keys
from rung.facts.schema import Schema
from rung.facts.scored import Scored, ScoredFeatures
from rung.stats.distributions import normal_quantile
from rung.stats.intervals import Interval, mean_interval
from rung.stats.residuals import Spread, koenker, share_of_largest
from rung.stats.sequence import autocorrelation

Floats = NDArray[np.float64]
MAX_ROWS = 4_000
BINS = 8
ALPHA = 0.01
FEWEST_BEFORE = 20  # training rows of like prediction from which their mean residual is told


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """Rows of like prediction: ends, mean prediction, mean residual (truth minus prediction) with an interval that holds over all bands, spread.

    before : mean residual of training rows of like prediction that the model had not seen, NaN where unknown.
    """

    low: float
    high: float
    centre: float
    bias: Interval
    spread: float
    n: int
    before: float = float("nan")


@dataclass(frozen=True, slots=True, kw_only=True)
class ResidualShape:
    """Residuals of the scored rows.

    left : share of the residuals' variance that boosted trees on one half explain on the other, with its interval. Where the test rows are another
    period or other entities (`natural`), the trees learn from the model's errors on unseen training rows instead: what moved since is not left behind.
    unlearnable : natural, and those errors are not known.   column : the single column
    that explains most of them by itself, and `alone`, its share.   in_time : correlation of neighbours in time, None without a time column.
    bands : by prediction, ascending.   slope : of the truth on the prediction, 1 for an unbiased model.   spread : see stats/residuals.
    largest : share of the squared error that the largest hundredth of residuals makes; a normal curve has 0.085.   scale : standard deviation of the target.
    short : what the predictions together fall short of the truth, over the truth, None where the target has both signs; short_before : the same of
    training rows that the model had not seen, NaN where unknown.
    """

    left: Estimate
    column: str
    alone: float
    in_time: Interval | None
    bands: tuple[Band, ...]
    slope: Interval
    spread: Spread
    largest: float
    scale: float
    residual_sd: float
    n: int
    short: Interval | None = None
    short_before: float = float("nan")
    natural: bool = False
    unlearnable: bool = False

    @property
    def share(self) -> float:
        """The residuals' variance over that of the target."""
        return (self.residual_sd / self.scale) ** 2 if self.scale > 0 else 0.0


@fact(cost="fits")
def residual_shape(
    scored: Scored, features: ScoredFeatures, schema: Schema, matrix: Matrix, before: ErrorsBefore | None, split: HowSplit | None
) -> ResidualShape:
    """Unavailable for classification, below 60 rows, or with constant predictions."""
    if scored.target.is_classification:
        raise Unavailable("only for regression")
    if scored.n < 60 or np.ptp(scored.labels) <= 0 or np.ptp(scored.residual) <= 0:
        raise Unavailable(
            f"{scored.n} scored rows with {len(np.unique(scored.labels))} different predictions: too few to see a shape in the residuals"
        )
    natural = scored.where == "test" and split is not None and split.natural
    left = _left_before(scored, features, matrix, before) if natural and before is not None else _left(scored, features, schema)
    column, alone = _alone(scored, features, schema)
    return ResidualShape(
        left=left,
        column=column,
        alone=alone,
        in_time=_in_time(scored, features, schema),
        bands=_bands(scored, before),
        short=_short(scored),
        short_before=_short_before(before),
        natural=natural,
        unlearnable=natural and before is None,
        slope=_slope(scored),
        spread=koenker(scored.residual, scored.labels),
        largest=share_of_largest(scored.residual, 0.01),
        scale=float(scored.y.std()),
        residual_sd=float(scored.residual.std()),
        n=scored.n,
    )


def _halves(scored: Scored, schema: Schema) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Two halves; rows of one entity stay on one side, or their common errors would pass for structure."""
    kept = np.argsort(row_keys(scored.rows, 81), kind="stable")[:MAX_ROWS]
    if schema.groups is None or schema.groups not in scored.table.columns:
        return kept[::2], kept[1::2]
    entity = scored.table.column(schema.groups)[scored.rows[kept]].cast(pl.String, strict=False).fill_null("").hash(seed=81).to_numpy()
    first = entity % np.uint64(2) == 0
    return kept[first], kept[~first]


def _left(scored: Scored, features: ScoredFeatures, schema: Schema) -> Estimate:
    """1 - error with the learned residual / error without, paired over rows of the other half; residuals are cut at six robust spreads."""
    learn, told = _halves(scored, schema)
    residual = _cut(scored.residual)
    used = np.array([name not in features.described for name in features.names], dtype=bool)
    if not used.any() or min(len(learn), len(told)) < 20:  # nothing to learn from
        return Estimate(value=0.0, low=0.0, high=0.0, n=len(told))
    x = np.column_stack([features.x[:, used], scored.labels])
    levels = np.r_[features.categorical[used], False]
    guess = nonlinear("regression", 0, -1, levels, 0)(x[learn], residual[learn])(x[told])
    rest = residual[told] - residual[learn].mean()
    gains = mean_interval(rest**2 - (residual[told] - guess) ** 2)
    unit = float((rest**2).mean()) or 1.0
    return Estimate(value=gains.value / unit, low=gains.low / unit, high=gains.high / unit, n=len(told))


def _left_before(scored: Scored, features: ScoredFeatures, matrix: Matrix, before: ErrorsBefore) -> Estimate:
    """The same, learned from errors on training rows and tried on all judged rows."""
    known = before.places[np.argsort(row_keys(matrix.rows[before.places], 82), kind="stable")[:MAX_ROWS]]
    at = np.searchsorted(before.places, known)
    residual, told = _cut(before.residual)[at], _cut(scored.residual)
    if len(known) < 20:
        return Estimate(value=0.0, low=0.0, high=0.0, n=scored.n)
    used = np.array([features.names.index(name) for name in matrix.names], dtype=np.int64)
    learner = nonlinear("regression", 0, -1, np.r_[matrix.categorical, False], 0)
    guess = learner(np.column_stack([matrix.x[known], before.said[at]]), residual)(np.column_stack([features.x[:, used], scored.labels]))
    # A level that moved as a whole is another matter: only differences between rows are structure.
    rest, left = told - told.mean(), told - guess - (told - guess).mean()
    gains = mean_interval(rest**2 - left**2)
    unit = float((rest**2).mean()) or 1.0
    return Estimate(value=gains.value / unit, low=gains.low / unit, high=gains.high / unit, n=scored.n)


def _cut(residual: Floats) -> Floats:
    middle = float(np.median(residual))
    reach = 6 * 1.4826 * float(np.median(np.abs(residual - middle))) or float(np.ptp(residual))
    return np.clip(residual, middle - reach, middle + reach)


def _alone(scored: Scored, features: ScoredFeatures, schema: Schema) -> tuple[str, float]:
    """Means of the residual by tenths (or levels) of one column, learned on one half and tried on the other; the best column and its share."""
    learn, told = _halves(scored, schema)
    residual = _cut(scored.residual)
    base = float(((residual[told] - residual[learn].mean()) ** 2).mean()) or 1.0
    best = ("", 0.0)
    if min(len(learn), len(told)) < 20:  # one entity holds nearly all rows
        return best
    for place, name in enumerate(features.names):
        if name in features.described:
            continue
        code = _tenths(features.x[:, place], learn, categorical=bool(features.categorical[place]))
        sums = np.bincount(code[learn], residual[learn], minlength=code.max() + 1)
        means = sums / (np.bincount(code[learn], minlength=code.max() + 1) + 5.0)  # five rows of nothing: rare levels say little
        share = 1 - float(((residual[told] - means[code[told]]) ** 2).mean()) / base
        if share > best[1]:
            best = (name, share)
    return best


def _tenths(x: Floats, learn: NDArray[np.int64], *, categorical: bool) -> NDArray[np.int64]:
    if categorical:
        return np.where(np.isnan(x), 0, np.nan_to_num(x) + 1).astype(np.int64)
    known = x[learn][~np.isnan(x[learn])]
    cuts = np.unique(np.quantile(known, np.linspace(0.1, 0.9, 9))) if known.size else np.empty(0)
    return np.where(np.isnan(x), 0, np.searchsorted(cuts, np.nan_to_num(x)) + 1).astype(np.int64)


def _in_time(scored: Scored, features: ScoredFeatures, schema: Schema) -> Interval | None:
    if schema.time is None or schema.time not in features.names:
        return None
    when = features.x[:, features.names.index(schema.time)]
    order = np.argsort(when, kind="stable")
    return autocorrelation(_cut(scored.residual)[order]) if np.isfinite(when).all() and len(np.unique(when)) > scored.n // 2 else None


def _bands(scored: Scored, before: ErrorsBefore | None) -> tuple[Band, ...]:
    order = np.argsort(scored.labels, kind="stable")
    parts = [part for part in np.array_split(order, min(BINS, max(2, scored.n // 30))) if len(part)]
    z = normal_quantile(1 - ALPHA / (2 * len(parts)))
    found = []
    for part in parts:
        residual, said = scored.residual[part], scored.labels[part]
        mean, error = float(residual.mean()), float(residual.std(ddof=1) / np.sqrt(len(part)))
        found.append(
            Band(
                low=float(said.min()),
                high=float(said.max()),
                centre=float(said.mean()),
                bias=Interval(value=mean, low=mean - z * error, high=mean + z * error, level=1 - ALPHA / len(parts)),
                spread=float(residual.std()),
                n=len(part),
                before=_bias_before(before, float(said.min()), float(said.max())),
            )
        )
    return tuple(found)


def _bias_before(before: ErrorsBefore | None, low: float, high: float) -> float:
    inside = (before.said >= low) & (before.said <= high) if before is not None else np.zeros(0, dtype=bool)
    return float(before.residual[inside].mean()) if before is not None and inside.sum() >= FEWEST_BEFORE else float("nan")


def _short(scored: Scored) -> Interval | None:
    """Of amounts alone: where both signs occur, the sum is no measure of size."""
    total = float(scored.y.mean())
    if scored.y.min() < 0 or total <= 0:
        return None
    found = mean_interval(scored.residual, 1 - ALPHA)
    return Interval(value=found.value / total, low=found.low / total, high=found.high / total, level=found.level)


def _short_before(before: ErrorsBefore | None) -> float:
    truth = float((before.said + before.residual).mean()) if before is not None and len(before.said) else 0.0
    return float(before.residual.mean()) / truth if before is not None and truth > 0 else float("nan")


def _slope(scored: Scored) -> Interval:
    """Least squares of the truth on the prediction, with White's error. Source: Mincer & Zarnowitz (1969); White (1980)."""
    said = scored.labels - scored.labels.mean()
    total = float((said**2).sum())
    slope = float((said * scored.y).sum() / total)
    rest = scored.y - scored.y.mean() - slope * said
    error = float(np.sqrt((said**2 * rest**2).sum()) / total)
    return Interval(value=slope, low=slope - 1.96 * error, high=slope + 1.96 * error, level=0.95)
