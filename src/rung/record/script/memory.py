"""What the recorder remembers of fitted things and of what they answered."""

from __future__ import annotations

import weakref
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rung.record.script import values

KEPT = 30
KEPT_ROWS = 50_000


class Estimators:
    """Numbers for estimators, and which fits are in force in each."""

    def __init__(self) -> None:
        self._numbers: dict[int, tuple[weakref.ref[Any], int]] = {}
        self._count = 0
        self.fits: dict[int, tuple[int, ...]] = {}
        self.loaded: dict[int, int] = {}

    def number(self, estimator: Any) -> int:
        """The number of this very object."""
        found = self._numbers.get(id(estimator))
        if found is not None and found[0]() is estimator:
            return found[1]
        self._count += 1
        self._numbers[id(estimator)] = (weakref.ref(estimator), self._count - 1)
        return self._count - 1


class Predictions:
    """Values that models gave, so that a metric's argument can be told to be one, whole, by a column, or cut at a threshold."""

    def __init__(self) -> None:
        self._events: dict[str, tuple[int, int | None]] = {}
        self._kept: list[tuple[int, int | None, NDArray[np.float64]]] = []
        self.labels: dict[str, int] = {}

    def made(self, result: Any, event: int) -> None:
        """Remember a prediction."""
        array = values.as_array(result)
        if array is None or array.ndim not in (1, 2) or array.size == 0:
            return
        columns = (
            [(None, array)] if array.ndim == 1 else [(None, array), *((place, array[:, place]) for place in range(min(array.shape[1], 20)))]
        )
        for column, each in columns:
            self._events[values.digest(each)] = (event, column)
            if each.ndim == 1 and each.dtype.kind == "f" and len(each) <= KEPT_ROWS:
                self._kept = [*self._kept[-KEPT:], (event, column, np.array(each, dtype=np.float64))]

    def label(self, text: str, item: int) -> None:
        """Remember the digest of labels."""
        if text:
            self.labels.setdefault(text, item)

    def of(self, value: Any) -> tuple[int | None, int | None, bool]:
        """(event, column, rounded) of the prediction that a value is, (None, None, False) if it is none."""
        text = values.digest(value)
        if text in self._events:
            return *self._events[text], False
        array = values.as_array(value)
        if array is None or array.ndim != 1 or array.dtype.kind not in "biuf":
            return None, None, False
        for event, column, kept in reversed(self._kept):
            if len(kept) == len(array) and _cut_of(array, kept):
                return event, column, True
        return None, None, False


def _cut_of(array: NDArray[Any], kept: NDArray[np.float64]) -> bool:
    """Whether the array is a two-valued cut of these scores, or the scores rounded."""
    if np.array_equal(array, np.round(kept)):
        return True
    low = array == array.min()
    if low.all() or not np.all(low | (array == array.max())):
        return False
    return bool(kept[low].max() < kept[~low].min())
