"""Plants labels that are not in the order of the rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from rung.core.errors import Unavailable
from rung.core.marks import FaultSeverity, fault
from rung.inputs.planted import Healthy, Planted

Order = NDArray[np.int64]
Make = Callable[[int, np.random.Generator], Order]


@fault("label-misalignment")
def label_misalignment(healthy: Healthy, severity: FaultSeverity, rng: np.random.Generator) -> Planted:
    """Features and labels are brought together by position after one of them was shifted, turned, sorted or shuffled."""
    n = healthy.train.n_rows
    if n < 60:
        raise Unavailable(f"{n} rows: too few for an order to be told from chance")
    kinds = KINDS[severity]
    kind = sorted(kinds)[int(rng.integers(len(kinds)))]
    labels = healthy.train.column(healthy.target)
    order = labels.arg_sort().to_numpy().astype(np.int64) if kind == "sorted" else kinds[kind](n, rng)
    train = healthy.train.with_column(healthy.target, labels[order])
    moved = np.flatnonzero(order != np.arange(n))
    return Planted(
        case=replace(healthy, train=train),
        rows=tuple(moved[:50].tolist()),
        truth=f"the labels of {len(moved)} of {n} training rows belong to other rows ({kind})",
    )


def _shifted(n: int, rng: np.random.Generator) -> Order:
    """A header read as data, a lag left in, a part of the rows filtered from one side only."""
    lag = int(rng.choice([1, 2, 7, n // 10, n // 4, n // 2]))
    return np.roll(np.arange(n), max(1, lag) * int(rng.choice([-1, 1])))


def _turned(n: int, _rng: np.random.Generator) -> Order:
    """One file was sorted newest first."""
    return np.arange(n)[::-1].copy()


def _shuffled(n: int, rng: np.random.Generator) -> Order:
    """The labels were sampled or shuffled apart from the rows."""
    return rng.permutation(n)


def _part(change: Make) -> Make:
    """The change reaches one part of the rows only: one of several files that were put together."""

    def make(n: int, rng: np.random.Generator) -> Order:
        order = np.arange(n)
        first, end = [(0, n // 2), (n // 2, n), (n // 3, 2 * n // 3)][int(rng.integers(3))]
        order[first:end] = order[first:end][change(end - first, rng)]
        return order

    return make


KINDS: dict[FaultSeverity, dict[str, Make]] = {
    "mild": {"part shifted": _part(_shifted), "part shuffled": _part(_shuffled), "part turned over": _part(_turned)},
    "medium": {"shifted": _shifted, "turned over": _turned, "part shuffled": _part(_shuffled), "part shifted": _part(_shifted)},
    "severe": {"sorted": _shuffled, "shuffled": _shuffled, "shifted": _shifted},
}
