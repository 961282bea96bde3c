"""How much windows of one series differ by themselves: the null of a comparison where rows are ordered in time."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rung.stats.arrays import Array
from rung.stats.distributions import f_tail

MIN_WINDOWS = 8  # fewer give a Student's t that no distance reaches
MAX_WINDOWS = 60
MIN_ROWS = 30
EARLIER = 1 / 3  # of the rows are only compared with
SIZES = 6
SURE = 1.0  # standard errors above what shuffled rows give
MEAN_SQUARE = math.pi**2 / 12  # of Kolmogorov's variable
SPREAD = 0.63  # standard deviation of its square over the mean: sqrt(7 pi^4 / 720 - MEAN_SQUARE^2) / MEAN_SQUARE


@dataclass(frozen=True, slots=True, kw_only=True)
class Excess:
    """Mean squared distance of windows from the rows before them, beyond that of shuffled rows; `step` KS, `mass` total variation.

    most_step, most_mass : the largest distances that one window had.
    """

    rows: int
    windows: int
    step: float
    mass: float
    most_step: float
    most_mass: float


def window_sizes(n: int) -> list[int]:
    """Window sizes for n ordered rows: a twelfth, and halves of it, so that each has eight windows or more."""
    sizes = [int(n * (1 - EARLIER) / MIN_WINDOWS / 2**power) for power in range(SIZES)]
    return [size for size in sizes if size >= MIN_ROWS]


def forward_excess(codes: NDArray[np.int64], n_codes: int, coarse: NDArray[np.int64], rng: np.random.Generator) -> list[Excess]:
    """Each window against all rows before it, as production stands to its reference, for several window sizes.

    codes : shape (n,), bin of each row in order of time, -1 for a missing value.   coarse : shape (n_codes,), a coarser bin for each bin.
    The same on shuffled rows gives what sampling alone does, ties and all.
    """
    known = codes[codes >= 0]
    shuffled = rng.permutation(known)
    found = []
    for size in window_sizes(known.size):
        real, chance = (_squares(each, n_codes, coarse, size) for each in (known, shuffled))
        n_windows = len(real)
        top = np.sqrt(real.max(axis=0))
        real, chance, noise = real.mean(axis=0), chance.mean(axis=0), real.std(axis=0) / math.sqrt(len(real))
        excess = np.where(real - chance > SURE * noise, real - chance, 0.0)  # what sampling may have brought is not carried on
        found.append(
            Excess(
                rows=size, windows=n_windows, step=float(excess[0]), mass=float(excess[1]), most_step=float(top[0]), most_mass=float(top[1])
            )
        )
    return found


def _squares(codes: NDArray[np.int64], n_codes: int, coarse: NDArray[np.int64], size: int) -> Array:
    """Squared distances of every window to what came before, shape (windows, 2)."""
    n = codes.size
    starts = np.arange(int(n * EARLIER), n - size + 1, size)
    if starts.size > MAX_WINDOWS:
        starts = starts[np.linspace(0, starts.size - 1, MAX_WINDOWS).round().astype(np.int64)]
    window = np.full(n, -1, dtype=np.int64)
    for place, start in enumerate(starts):
        window[start : start + size] = place
    inside = window >= 0
    counts = np.bincount(window[inside] * n_codes + codes[inside], minlength=starts.size * n_codes).reshape(starts.size, n_codes)
    before = np.vstack([np.bincount(part, minlength=n_codes) for part in np.split(codes, starts)[:-1]]).cumsum(axis=0)
    p, q = before / before.sum(axis=1, keepdims=True), counts / size
    step = np.abs(p.cumsum(axis=1) - q.cumsum(axis=1)).max(axis=1)
    width = int(coarse.max()) + 1 if coarse.size else 1
    fold = np.zeros((n_codes, width))
    fold[np.arange(n_codes), coarse] = 1.0
    mass = np.abs(p @ fold - q @ fold).sum(axis=1) / 2
    return np.column_stack([step, mass]) ** 2


def excess_at(rows: list[tuple[int, int, float]], size: float) -> tuple[float, int]:
    """Squared excess for windows of `size` rows and the number of windows behind it, from (rows, windows, excess) of several sizes.

    Between sizes it is interpolated; beyond the largest, where that one moved, it goes on with the slope that the sizes show, kept within
    -1 (short memory: windows average it out) and 1 (a random walk: it grows with the distance). Below the smallest it stays. The windows are those that a stretch
    of this size would leave.
    """
    ordered = sorted(rows)
    if not ordered:
        return 0.0, 0
    windows = min(ordered, key=lambda each: abs(math.log(each[0] / max(size, 1.0))))[1]
    if size > ordered[-1][0]:  # so many of this size would have fitted
        windows = max(2, round(windows * ordered[-1][0] / size))
    x, y = np.log([each[0] for each in ordered]), np.array([each[2] for each in ordered])
    where, last = math.log(max(size, 1.0)), float(x[-1])
    value = float(np.interp(where, x, y))
    moved = y > 0
    if where > last and value > 0 and moved.sum() > 1:
        slope = float(np.polyfit(x[moved], np.log(y[moved]), 1)[0])
        value *= math.exp(min(1.0, max(-1.0, slope)) * (where - last))
    return value, windows


def natural_p(distance: float, sampling: float, excess: float, windows: int, most: float = 0.0) -> float:
    """p-value of a distance where windows may differ by themselves; 0 without windows (then the law of sampling decides alone).

    sampling : mean squared distance that sampling gives.   excess : that of the windows beyond it.   most : the largest distance that one
    window had: a distance that was reached once in so many windows cannot be rarer than that, whatever the law.
    Squares of a location that wanders are chi-squared with one degree of freedom, those of sampling less spread (0.63 of their mean, the law of
    Kolmogorov's variable): the excess is raised by the standard error that this gives a mean of so many windows. The squared distance over its
    expected square is referred to F: degrees of freedom above by the spread of the mixture, below by the estimated part alone (Welch, 1938;
    Satterthwaite, 1946). Level checked by simulation in tests/stats/test_natural.py.
    """
    if windows < 2 or distance <= 0:
        return 0.0 if windows < 2 else 1.0
    raised = excess + math.hypot(SPREAD * sampling, math.sqrt(2) * excess) / math.sqrt(windows)
    total = sampling + raised
    if raised <= 0:  # a constant column
        return 0.0
    above = max(1.0, min(2 / SPREAD**2, 2 * total**2 / ((SPREAD * sampling) ** 2 + 2 * raised**2)))
    p = f_tail(distance**2 / total, above, (windows - 1) * (total / raised) ** 2)
    return max(p, 1 / (windows + 1)) if distance <= most else p


def most_at(rows: list[tuple[int, float]], size: float) -> float:
    """Largest distance that one window of `size` rows or a little fewer had, from (rows, distance) of several sizes."""
    ordered = sorted(rows)
    below = [each for each in ordered if each[0] <= size] or ordered[:1]
    return below[-1][1] if below else 0.0
