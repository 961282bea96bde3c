"""Columns that seem to hold one quantity in two units, and whether rescaling restores their agreement with the others."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from rung.core.marks import fact
from rung.facts.measurements import ExpectedRanks, Measurements
from rung.facts.target import Target
from rung.inputs.settings import Settings
from rung.stats.conversion import conversion
from rung.stats.mixture import unit_mixture
from rung.stats.scores import normal_scores
from rung.stats.units import AFFINE, FACTORS

Floats: TypeAlias = NDArray[np.float64]
MAX_ROWS = 5_000  # a second mode of a hundredth of the rows still has fifty members
LEAST_DISTINCT = 25
PREDICTORS = 200
LOOSE, TIGHT = 0.3, 0.22  # spread of a group over the distance of the groups: the first look is at residuals that the mix itself blurs
SIGNS = 0.1  # difference of two shares of negative values that one quantity in two units may show; chosen by hand
LARGEST = 1e150  # squares of larger numbers overflow; no unit is so small


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitColumn:
    """One column whose rows fall into two groups that a known conversion turns into each other.

    name, factor, offset : value = factor * (value in the main unit) + offset.   members : shape (n,), see `Units.rows`.
    by : 'values', or 'others' where the other columns had to be asked.   p : that there is only one group.
    coincidence : chance that two honest groups lie so close to a conversion.
    r2_before, r2_after : share of the column that the other numbers explain, as it is and with the members converted.
    error : standard error of r2_after - r2_before, as if they were independent.   values : shape (n,), as given.
    """

    column: str
    name: str
    factor: float
    offset: float
    members: NDArray[np.bool_]
    by: str
    p: float
    coincidence: float
    common: bool
    r2_before: float
    r2_after: float
    error: float
    values: Floats

    @property
    def share(self) -> float:
        """Of the rows with a value, in the other unit."""
        return float(self.members.sum() / max(1, np.isfinite(self.values).sum()))

    @property
    def moved(self) -> float:
        """How far the accused values lie from the rest, as a share of what the conversion moves them: 1 for another unit, 0 where they lie among
        the rest and only some other column says otherwise. Medians, on the logarithmic scale but for temperatures.
        """
        scaled, back = (_scale(values, logarithmic=self.offset == 0) for values in (self.values, self.repaired))
        away = np.nanmedian(scaled[self.members]) - np.nanmedian(scaled[~self.members])
        step = np.nanmedian(scaled[self.members]) - np.nanmedian(back[self.members])
        return float(away / step) if step else 0.0

    @property
    def repaired(self) -> Floats:
        """The values in one unit."""
        return np.where(self.members, (self.values - self.offset) / self.factor, self.values)


@dataclass(frozen=True, slots=True, kw_only=True)
class Units:
    """All such columns.   rows : positions in the training table of the rows that were looked at."""

    found: tuple[UnitColumn, ...]
    rows: NDArray[np.int64]


@fact(cost="pass")
def units(measured: Measurements, expected: ExpectedRanks, target: Target | None, settings: Settings) -> Units:
    """Look at every numeric column, and a target that is a number, by itself, then at what the other numbers leave unexplained.

    Categories are not asked: where one site reports in pounds, the site explains the pounds.
    """
    n = len(measured.rows)
    chosen = np.arange(n) if n <= MAX_ROWS else np.sort(settings.rng("units").choice(n, MAX_ROWS, replace=False))
    peers = Peers.of(expected.z[chosen], target, measured.rows[chosen])
    found = [_column(name, place, measured.x[chosen, place], peers) for place, name in enumerate(measured.names)]
    if target is not None and target.task == "regression":
        found.append(_column(target.name, min(len(measured.names), PREDICTORS), target.y[measured.rows[chosen]], peers))
    return Units(found=tuple(each for each in found if each is not None), rows=measured.rows[chosen])


@dataclass(frozen=True, slots=True, kw_only=True)
class Peers:
    """Normal scores of all numeric columns (and a numeric target), with the inverse of their covariance."""

    z: Floats
    precision: Floats

    @classmethod
    def of(cls, z: Floats, target: Target | None, rows: NDArray[np.int64]) -> Peers:
        """Standardise and invert."""
        known = target is not None and target.task != "multiclass"
        extra = [normal_scores(target.y[rows][:, None])] if known and target is not None else []
        both = np.column_stack([z[:, :PREDICTORS], *extra])
        both = np.where(np.isnan(both), 0.0, both)
        both = (both - both.mean(axis=0)) / np.maximum(both.std(axis=0), 1e-12)
        n, width = both.shape
        return cls(z=both, precision=np.linalg.inv(both.T @ both / max(n, 1) + 1e-3 * np.eye(width)))

    def predict(self, response: Floats, place: int) -> Floats | None:
        """The response's regression on all columns but this one, shape (n,); None where there is too little to go by.

        The inverse without one column follows from the full inverse: P_rr - P_rj P_jr / P_jj.
        """
        _n, width = self.z.shape
        known = np.isfinite(response)
        if width < 2 or known.sum() < 3 * width or known.sum() < 40:
            return None
        middle = response[known].mean()
        pull = self.z[known].T @ (response[known] - middle) / known.sum()
        if place >= width:
            return middle + self.z @ (self.precision @ pull)
        pull[place] = 0.0
        own = self.precision[:, place]
        weights = self.precision @ pull - own * (own @ pull) / own[place]
        weights[place] = 0.0
        return middle + self.z @ weights

    def r2(self, response: Floats, place: int) -> float:
        """Share of the response that the other columns explain, adjusted for their number."""
        hat, known = self.predict(response, place), np.isfinite(response)
        if hat is None:
            return 0.0
        left = np.var(response[known] - hat[known]) / max(float(np.var(response[known])), 1e-300)
        return float(np.clip(1 - left * (known.sum() - 1) / (known.sum() - self.z.shape[1]), 0.0, 1.0))


def _column(name: str, place: int, x: Floats, peers: Peers) -> UnitColumn | None:
    x = np.where(np.abs(x) < LARGEST, x, np.nan)
    known = np.isfinite(x)
    if known.sum() < 100 or np.unique(x[known][:2_000]).size < LEAST_DISTINCT:
        return None
    seen = [each for each in (*_by_values(x), *_by_others(x, place, peers)) if each.offset or _signs_agree(x, each.members)]
    columns = [_judged(name, place, x, peers, each) for each in seen]
    return max(columns, key=lambda each: each.r2_after - each.r2_before - each.coincidence, default=None)


def _signs_agree(x: Floats, members: NDArray[np.bool_]) -> bool:
    """Whether small values are negative as often as large ones: a unit turns no sign, noise about a true zero does."""
    size, known = np.abs(x), np.isfinite(x)
    border = np.sqrt(np.median(size[members]) * np.median(size[known & ~members]))
    small, large = (x[known & part] < 0 for part in (size < border, size >= border))
    if not small.size or not large.size:
        return True
    error = np.sqrt(small.mean() * (1 - small.mean()) / small.size + large.mean() * (1 - large.mean()) / large.size)
    return bool(abs(small.mean() - large.mean()) <= max(SIGNS, 3 * error))


def _judged(name: str, place: int, x: Floats, peers: Peers, seen: UnitColumn) -> UnitColumn:
    logarithmic = seen.offset == 0
    before, after = (peers.r2(_scale(values, logarithmic=logarithmic), place) for values in (x, seen.repaired))
    n = max(1, int(np.isfinite(x).sum()))
    error = float(np.hypot(*(2 * np.sqrt(each) * (1 - each) / np.sqrt(n) for each in (before, after))))
    return replace(seen, column=name, r2_before=before, r2_after=after, error=error)


def _scale(x: Floats, *, logarithmic: bool) -> Floats:
    if not logarithmic:
        return np.where(np.isfinite(x), x, np.nan)
    return np.where((x > 0) & np.isfinite(x), np.log(np.where(x > 0, x, 1.0)), np.nan)


def _by_values(x: Floats) -> list[UnitColumn]:
    """The column by itself: two groups of one shape, or two tight ones."""
    found, tight = unit_mixture(x), conversion(_scale(x, logarithmic=True)) if np.nanmin(x) >= 0 else None
    if tight is not None and not found.name:
        return [_seen(x, tight.unit.name, tight.factor, tight.members, "values", tight.p, tight.coincidence, common=tight.unit.common)]
    if not found.name:
        return []
    common = any(unit.name == found.name and unit.common for unit in (*FACTORS, *AFFINE))
    return [_seen(x, found.name, found.factor, found.members, "values", found.p, found.coincidence, offset=found.offset, common=common)]


def _by_others(x: Floats, place: int, peers: Peers) -> list[UnitColumn]:
    """What the others leave unexplained: the first split lets them be fitted anew on one unit, which makes the second sharper."""
    logs = _scale(x, logarithmic=True)
    if np.isfinite(logs).sum() < 0.95 * np.isfinite(x).sum():
        return []
    fitted, found = logs, None
    for step in range(3):
        hat = peers.predict(fitted, place)
        if hat is None:
            break
        # While the groups are still in the fit, every row pulls its own prediction along by its leverage, on average columns over rows.
        own = 1 - peers.z.shape[1] / np.isfinite(logs).sum() if step == 0 else 1.0
        fresh = conversion((logs - hat) / own, tight=LOOSE if step == 0 else TIGHT)
        if fresh is None:
            break
        found = fresh if fresh.spread < TIGHT else found
        fitted = np.where(fresh.members, logs - np.log(fresh.factor), logs)
    if found is None:
        return []
    return [_seen(x, found.unit.name, found.factor, found.members, "others", found.p, found.coincidence, common=found.unit.common)]


def _seen(
    x: Floats,
    name: str,
    factor: float,
    members: NDArray[np.bool_],
    by: str,
    p: float,
    coincidence: float,
    *,
    offset: float = 0.0,
    common: bool,
) -> UnitColumn:
    return UnitColumn(
        column="", name=name, factor=factor, offset=offset, members=members, by=by, p=p, coincidence=coincidence, common=common,
        r2_before=0.0, r2_after=0.0, error=0.0, values=x,
    )  # fmt: skip
