"""Nearness of rows: numbers by their spread, categories by being equal, missing values in the middle. A helper of facts, no fact itself."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]
BLOCK = 256
LEVEL_GAP = 1.5  # distance of two different categories, in spreads of a number (by hand)
SELF_ROWS = 600  # rows whose own distances tell what is usual


@dataclass(frozen=True, slots=True, kw_only=True)
class Space:
    """Known rows, placed.

    known : shape (n, k), scaled numbers.   codes : shape (n, c), category codes, -1 for missing.   middle, spread : of each number.
    ends : smallest and largest known value of every column, shape (k + c,) each, in the columns' own units.
    """

    known: Floats
    codes: Ints
    middle: Floats
    spread: Floats
    categorical: Bools
    ends: tuple[Floats, Floats]

    def placed(self, x: Floats) -> Floats:
        """Scaled numbers of other rows, shape (m, k)."""
        numbers = x[:, ~self.categorical]
        return np.clip((np.where(np.isnan(numbers), self.middle, numbers) - self.middle) / self.spread, -1e3, 1e3)

    def moved(self, x: Floats) -> Space:
        """The same scales with other rows as the known ones."""
        return replace(self, known=self.placed(x), codes=_codes(x[:, self.categorical]))

    def nearest(self, x: Floats, count: int) -> tuple[Ints, Floats]:
        """Positions and distances of the nearest known rows, shape (m, count) each, nearest first."""
        count = min(count, len(self.known))
        places, distances = [], []
        for start in range(0, len(x), BLOCK):
            squares = self._squares(x[start : start + BLOCK])
            part = np.argpartition(squares, count - 1, axis=1)[:, :count]
            order = np.argsort(np.take_along_axis(squares, part, axis=1), axis=1, kind="stable")
            part = np.take_along_axis(part, order, axis=1)
            places.append(part)
            distances.append(np.sqrt(np.maximum(np.take_along_axis(squares, part, axis=1), 0)))
        return np.concatenate(places), np.concatenate(distances)

    def _squares(self, x: Floats) -> Floats:
        wanted, codes = self.placed(x), _codes(x[:, self.categorical])
        squares = (wanted**2).sum(axis=1)[:, None] - 2 * wanted @ self.known.T + (self.known**2).sum(axis=1)[None, :]
        apart = np.zeros(squares.shape, dtype=np.uint16)  # counted in small whole numbers: a third of the time
        for column in range(codes.shape[1]):
            apart += codes[:, column][:, None] != self.codes[:, column][None, :]
        squares += LEVEL_GAP**2 * apart
        return squares

    def usual(self, share: float, count: int) -> float:
        """The mean distance to the `count` nearest others that this share of the known rows stays below."""
        rows = np.linspace(0, len(self.known) - 1, min(SELF_ROWS, len(self.known))).astype(int)
        x = np.empty((len(rows), len(self.categorical)))
        x[:, ~self.categorical] = self.known[rows] * self.spread + self.middle
        x[:, self.categorical] = np.where(self.codes[rows] < 0, np.nan, self.codes[rows])
        _, distance = self.nearest(x, count + 1)
        return float(np.quantile(distance[:, 1:].mean(axis=1), share)) if distance.shape[1] > 1 else 1.0


def space_of(x: Floats, categorical: Bools) -> Space:
    """Scale by half the span of the middle 80 %, so that no far value sets the measure. x : shape (n, k), NaN for missing."""
    numbers = x[:, ~categorical]
    filled = np.where(np.isnan(numbers), 0.0, numbers) if not len(numbers) else numbers
    empty = np.isnan(filled).all(axis=0)
    filled = np.where(empty, 0.0, filled)
    low, middle, high = np.nanpercentile(filled, [10, 50, 90], axis=0) if filled.size else (np.zeros(0),) * 3
    spread = (high - low) / 2.56  # a normal column gets its standard deviation
    spread = np.where(spread > 0, spread, np.maximum(np.nanstd(filled, axis=0), 1e-12)) if filled.size else spread
    ends = np.full((2, x.shape[1]), np.nan)
    ends[0, ~categorical], ends[1, ~categorical] = (np.nanmin(filled, axis=0), np.nanmax(filled, axis=0)) if filled.size else (0.0, 0.0)
    base = Space(
        known=np.empty((0, numbers.shape[1])),
        codes=np.empty((0, int(categorical.sum())), dtype=np.int64),
        middle=middle,
        spread=np.where(spread > 1e-12, spread, 1.0),
        categorical=categorical,
        ends=(ends[0], ends[1]),
    )
    return base.moved(x)


def _codes(x: Floats) -> Ints:
    return np.where(np.isnan(x), -1, np.nan_to_num(x)).astype(np.int64)
