"""Values beyond what the shape of their column allows, and values whose sign has slipped."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from rung.core.marks import fact
from rung.facts.measurements import ExpectedRanks, Measurements
from rung.stats.tails import tail_excess

Floats: TypeAlias = NDArray[np.float64]
MOST_SLIPPED = 0.05  # more negative values than that are no slips
MOST_PARTED = 0.05
# Share of a column that the others must know before their word counts, part of the full deviation that they must vouch for, and standard errors.
KNOWN, AGREES, SURE = 0.1, 0.5, 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Extreme:
    """The values of one column that lie too far out.

    kind : 'tail' beyond the fitted tail, 'sign' negative where all others are positive and the size is usual, 'parted' beyond a gap
    that is wider, in ratios, than the whole range of the others.
    places : positions in `Measurements`, the farthest first.   limit : last value that still belongs.   expected : rows that the tail
    allows.
    p : corrected for the places tried in this column, not for the number of columns.
    inflation : standard deviation with these values over that without.   hat : what the other columns say of them, in normal scores;
    hat_true : what they would say if the values are true; hat_error : standard error of `hat`.
    """

    column: str
    kind: str
    side: str
    places: NDArray[np.int64]
    values: Floats
    limit: float
    expected: float
    p: float
    inflation: float
    n_known: int
    r2: float
    hat: float
    hat_true: float
    hat_error: float

    @property
    def agreed(self) -> bool:
        """Whether the other columns know this one and describe these rows as far out too: slips of the pen they know nothing of."""
        side = 1.0 if self.hat_true > 0 else -1.0
        return self.kind != "sign" and self.r2 >= KNOWN and side * self.hat > max(AGREES * side * self.hat_true, SURE * self.hat_error)

    @property
    def share(self) -> float:
        """Of the rows with a value, 0..1."""
        return len(self.places) / max(1, self.n_known)


@dataclass(frozen=True, slots=True, kw_only=True)
class Extremes:
    """All columns with such values; n_columns were looked at."""

    found: tuple[Extreme, ...]
    n_columns: int


@fact(cost="pass")
def extremes(measured: Measurements, expected: ExpectedRanks) -> Extremes:
    """Judge both tails of every column of at least 20 different values."""
    found = [each for place in range(len(measured.names)) for each in _of_column(measured, expected, place)]
    return Extremes(found=tuple(found), n_columns=len(measured.names))


def _of_column(measured: Measurements, expected: ExpectedRanks, place: int) -> list[Extreme]:
    x = np.where(np.isfinite(measured.x[:, place]), measured.x[:, place], np.nan)
    if np.unique(x[np.isfinite(x)][:5_000]).size < 20:
        return []
    found = []
    slipped = _slipped(x)
    if slipped.size:
        found.append(_extreme(measured, expected, place, x, slipped, kind="sign", side="lower", limit=0.0, expected_rows=0.0, p=0.0))
        x = np.where(np.isin(np.arange(x.size), slipped), np.nan, x)
    for side, parted, limit in _parted(x):
        found.append(_extreme(measured, expected, place, x, parted, kind="parted", side=side, limit=limit, expected_rows=0.0, p=0.0))
        x = np.where(np.isin(np.arange(x.size), parted), np.nan, x)
    for side in ("upper", "lower"):
        tail = tail_excess(x, side)  # type: ignore[arg-type]
        if tail.n_beyond:
            found.append(
                _extreme(
                    measured,
                    expected,
                    place,
                    x,
                    tail.rows,
                    kind="tail",
                    side=side,
                    limit=tail.limit,
                    expected_rows=tail.expected,
                    p=2 * tail.p,
                )
            )
    return found


def _slipped(x: Floats) -> NDArray[np.int64]:
    """Rows whose value is negative while the others are positive, stay clear of zero, and are of the same size."""
    below = np.flatnonzero(x < 0)
    positive = x[x > 0]
    if not 3 <= below.size <= MOST_SLIPPED * positive.size or (x == 0).any():
        return np.empty(0, dtype=np.int64)
    low, middle, high = np.quantile(positive, [0.01, 0.5, 0.99])
    usual = (-x[below] >= low) & (-x[below] <= high)
    # Slips fall on small and large values alike; a column that honestly goes a little below zero holds small ones there.
    place = float(np.searchsorted(np.sort(positive), -x[below]).mean()) / positive.size
    alike = abs(place - 0.5) < 2.6 / np.sqrt(12 * below.size)  # 99 % of the mean of so many uniform ranks
    return below if low > 0.1 * middle and usual.mean() > 0.9 and alike else np.empty(0, dtype=np.int64)


def _parted(x: Floats) -> list[tuple[str, NDArray[np.int64], float]]:
    """(side, rows, limit) of a small group beyond a gap in ratios that is wider than the range of all others.

    Such a group may be too large for a tail to be fitted without it: one value in fifty with a slipped decimal point.
    """
    logs = np.log(x[x > 0])
    if logs.size < 100 or (x <= 0).any():
        return []
    ordered = np.sort(logs)
    least, most = 3, max(3, int(MOST_PARTED * ordered.size))
    gaps = np.diff(ordered)
    found = []
    for side in ("upper", "lower"):
        place = int(np.argmax(gaps[-most:])) + gaps.size - most if side == "upper" else int(np.argmax(gaps[:most]))
        few = gaps.size - place if side == "upper" else place + 1
        rest = ordered[: place + 1] if side == "upper" else ordered[place + 1 :]
        varied = np.unique(ordered[place + 1 :] if side == "upper" else ordered[: place + 1]).size
        if least <= few <= most and varied > 2 and gaps[place] > rest[-1] - rest[0] and rest[-1] > rest[0]:
            limit = float(np.exp(rest[-1] if side == "upper" else rest[0]))
            beyond = np.flatnonzero(x > limit * (1 + 1e-9) if side == "upper" else x < limit * (1 - 1e-9))
            found.append((side, beyond[np.argsort(-np.abs(np.log(x[beyond]) - np.log(limit)))], limit))
    return found


def _extreme(
    measured: Measurements,
    expected: ExpectedRanks,
    place: int,
    x: Floats,
    places: NDArray[np.int64],
    *,
    kind: str,
    side: str,
    limit: float,
    expected_rows: float,
    p: float,
) -> Extreme:
    rest = np.delete(x, places)
    r2 = float(expected.r2[place])
    return Extreme(
        column=measured.names[place],
        kind=kind,
        side=side,
        places=places,
        values=x[places],
        limit=limit,
        expected=expected_rows,
        p=p,
        inflation=float(np.nanstd(x) / max(float(np.nanstd(rest)), 1e-300)),
        n_known=int(np.isfinite(x).sum()),
        r2=r2,
        hat=float(expected.hat[places, place].mean()),
        hat_true=r2 * float(expected.z[places, place].mean()),
        hat_error=float(np.sqrt(max(r2 * (1 - r2), 1e-6) / len(places))),
    )
