"""Values of numeric features that occur far too often, and whether the other columns know of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from rung.core.marks import fact
from rung.facts.measurements import ExpectedRanks, Measurements
from rung.stats.spikes import point_masses

Floats: TypeAlias = NDArray[np.float64]
# Share of a column that the others must know before their word counts, part of the full deviation that they must vouch for, and standard errors.
KNOWN, AGREES, SURE = 0.1, 0.5, 3.0
MOST = 5  # masses of one column that are looked at closely


@dataclass(frozen=True, slots=True, kw_only=True)
class Spike:
    """One over-frequent or lonely value of one column.

    count of n_known rows hold it; `low`, `high` : range of all other values; n_distinct : how many others there are.
    kind : as in `rung.stats.spikes`, 'sign' for the only values below zero.   gap : to the nearest other, in robust standard deviations.
    r2 : how well the other columns know this one.   hat : what they say of the spike's rows, against all others, in normal scores.
    hat_true, hat_error : what they would say if the value were true, and the standard error of `hat`.
    beside : rows a unit among the three units above the value, what a tail that goes on below zero would hold at most.
    """

    column: str
    value: float
    count: int
    n_known: int
    low: float
    high: float
    n_distinct: int
    integer: bool
    kind: str
    gap: float
    r2: float
    hat: float
    hat_true: float
    hat_error: float
    beside: float
    rows: tuple[int, ...]

    @property
    def vouched(self) -> bool:
        """Whether the other columns know this one and describe these rows as they would if the value were true."""
        side = 1.0 if self.hat_true > 0 else -1.0
        return self.r2 >= KNOWN and side * self.hat > max(AGREES * side * self.hat_true, SURE * self.hat_error)

    @property
    def share(self) -> float:
        """Of the rows with a value, 0..1."""
        return self.count / self.n_known


@dataclass(frozen=True, slots=True, kw_only=True)
class Spikes:
    """All spikes of all columns."""

    found: tuple[Spike, ...]
    n_columns: int


@fact(cost="pass")
def spikes(measured: Measurements, expected: ExpectedRanks) -> Spikes:
    """Look for masses in every column, and for values below zero in columns that otherwise have none."""
    found = [spike for place in range(len(measured.names)) for spike in _of_column(measured, expected, place)]
    return Spikes(found=tuple(found), n_columns=len(measured.names))


def _of_column(measured: Measurements, expected: ExpectedRanks, place: int) -> list[Spike]:
    x = measured.x[:, place]
    known = np.isfinite(x)
    if known.sum() < 30:
        return []
    masses = point_masses(x)
    candidates = {float(v): (kind, float(gap)) for v, kind, gap in zip(masses.values, masses.kinds, masses.gaps, strict=True)}
    below = np.unique(x[known & (x < 0)])
    if 0 < below.size <= 3 and np.unique(x[known & (x >= 0)][:5_000]).size >= 5:
        candidates = {float(v): ("sign", candidates.get(float(v), ("", float("nan")))[1]) for v in below} | {
            v: found for v, found in candidates.items() if v >= 0
        }
    chosen = list(candidates.items())[: 2 * MOST]
    return [_spike(measured, expected, place, value, kind, gap) for value, (kind, gap) in chosen]


def _spike(measured: Measurements, expected: ExpectedRanks, place: int, value: float, kind: str, gap: float) -> Spike:
    x = measured.x[:, place]
    known = np.isfinite(x)
    members = x == value
    others = x[known & ~members]
    r2, hat = float(expected.r2[place]), expected.hat[:, place]
    count = int(members.sum())
    rest = known & ~members
    own = float(expected.z[members, place][0] - expected.z[rest, place].mean()) if rest.any() else 0.0
    return Spike(
        column=measured.names[place],
        value=value,
        count=count,
        n_known=int(known.sum()),
        low=float(others.min()) if others.size else float("nan"),
        high=float(others.max()) if others.size else float("nan"),
        n_distinct=int(np.unique(others).size),
        integer=measured.integer[place],
        kind=kind,
        gap=gap,
        r2=r2,
        hat=float(hat[members].mean() - hat[rest].mean()) if rest.any() else 0.0,
        hat_true=r2 * own,
        hat_error=float(np.sqrt(max(r2 * (1 - r2), 1e-6) / max(count, 1))),
        beside=float(((others > value) & (others <= value + 3)).sum() / 3),
        rows=tuple(measured.rows[members][:50].tolist()),
    )
