"""A curve of bounded length: one reading a point at first, windows of ever more readings later."""

from __future__ import annotations

import math

import numpy as np

from rung.inputs.history import Curve, Phase, Quantity

LIMIT = 4_096  # points; 160 kB a curve at most


class Series:
    """Readings of one number. Appending costs a list append; every `LIMIT` points neighbours are merged."""

    def __init__(self, name: str, phase: Phase, quantity: Quantity = "loss", *, limit: int = LIMIT, larger: bool | None = None) -> None:
        self.name, self.limit, self.larger = name, limit, larger
        self.phase: Phase = phase
        self.quantity: Quantity = quantity
        self.width = 1
        self.steps: list[int] = []
        self.values: list[float] = []
        self.points = np.empty((0, 6))  # step, mean, low, high, sum of squared deviations, count

    def append(self, step: int, value: float) -> None:
        """One reading at a step; steps never fall."""
        self.steps.append(step)
        self.values.append(value)
        if len(self.values) >= self.limit:
            self._settle()

    def recent(self, count: int) -> list[float]:
        """The last readings, oldest first; fewer where older ones were already merged."""
        return self.values[-count:]

    def _settle(self) -> None:
        """Move the readings into windows of the present width, then merge neighbours while there are too many."""
        whole = len(self.values) // self.width * self.width
        fresh = _windows(np.array(self.steps[:whole]), np.array(self.values[:whole]), self.width)
        self.steps, self.values = self.steps[whole:], self.values[whole:]
        self.points = np.concatenate([self.points, fresh])
        while len(self.points) > self.limit:
            odd = len(self.points) % 2
            tail = self.points[-1:] if odd else self.points[:0]
            self.points = np.concatenate([_merged(self.points[: len(self.points) - odd]), tail])
            self.width *= 2

    def curve(self) -> Curve:
        """What was read, as a curve."""
        rest = _windows(np.array(self.steps, dtype=float), np.array(self.values, dtype=float), max(1, min(self.width, len(self.values))))
        table = np.concatenate([self.points, rest]) if len(self.values) else self.points
        count = table[:, 5]
        with np.errstate(invalid="ignore"):
            spread = np.sqrt(np.maximum(table[:, 4], 0) / np.maximum(count, 1))
        return Curve(
            name=self.name, phase=self.phase, quantity=self.quantity, step=table[:, 0].astype(np.int64), value=table[:, 1], low=table[:, 2],
            high=table[:, 3], spread=spread, count=count.astype(np.int64), larger_is_better=self.larger,
        )  # fmt: skip

    def __len__(self) -> int:
        return len(self.values) + len(self.points)

    @property
    def last(self) -> float:
        """The last reading, NaN before the first."""
        if self.values:
            return self.values[-1]
        return float(self.points[-1, 1]) if len(self.points) else math.nan


def _windows(steps: np.ndarray, values: np.ndarray, width: int) -> np.ndarray:
    """Readings as points of `width` readings each; what is left over becomes one last, shorter window."""
    if not len(values):
        return np.empty((0, 6))
    edges = np.arange(0, len(values), width)
    ends = np.append(edges[1:], len(values))
    count = ends - edges
    with np.errstate(invalid="ignore", over="ignore"):
        mean = np.add.reduceat(values, edges) / count
        squares = np.add.reduceat((values - np.repeat(mean, count)) ** 2, edges)
    return np.column_stack([steps[ends - 1], mean, np.minimum.reduceat(values, edges), np.maximum.reduceat(values, edges), squares, count])


def _merged(points: np.ndarray) -> np.ndarray:
    """Each pair of neighbours as one point (Chan's update of mean and squared deviations)."""
    left, right = points[0::2], points[1::2]
    count = left[:, 5] + right[:, 5]
    with np.errstate(invalid="ignore", over="ignore"):
        mean = (left[:, 1] * left[:, 5] + right[:, 1] * right[:, 5]) / count
        squares = left[:, 4] + right[:, 4] + (left[:, 1] - right[:, 1]) ** 2 * left[:, 5] * right[:, 5] / count
    return np.column_stack([right[:, 0], mean, np.minimum(left[:, 2], right[:, 2]), np.maximum(left[:, 3], right[:, 3]), squares, count])
