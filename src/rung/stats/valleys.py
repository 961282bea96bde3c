"""Whether a sample has two hills with a valley between them, however unequal they are."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from rung.stats.arrays import Array, Bools
from rung.stats.distributions import binomial_tail

_CELLS = 1024
_LOOKS = 50.0  # every place and width that the search may choose costs a part of alpha (by simulation)


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """Two groups of a scale with a valley between them."""

    at: float
    p: float


def _density(ordered: Array) -> tuple[Array, Array]:
    """Cell centres and a smoothed count of rows in each.

    The bandwidth follows the shortest half of the rows, so that a second group does not widen it, and Silverman's
    rule of thumb (1986, section 3.4.2).
    """
    half = ordered.size // 2
    width = float((ordered[half:] - ordered[: ordered.size - half]).min()) / 1.349
    bandwidth = 0.9 * max(width, 1e-3 * float(ordered[-1] - ordered[0])) * ordered.size**-0.2
    low, high = float(ordered[0]) - 3 * bandwidth, float(ordered[-1]) + 3 * bandwidth
    counts, edges = np.histogram(ordered, _CELLS, (low, high))
    step = (high - low) / _CELLS
    reach = max(1, math.ceil(4 * bandwidth / step))
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) * step / bandwidth) ** 2)
    smooth = np.convolve(counts, kernel / kernel.sum(), "same")[:_CELLS] if 2 * reach < _CELLS else counts.astype(np.float64)
    return (edges[1:] + edges[:-1]) / 2, smooth


def _run(above: Bools, place: int) -> tuple[int, int]:
    """First and last cell of the unbroken run of True around `place`."""
    below = np.flatnonzero(~above)
    left, right = below[below < place], below[below > place]
    return (int(left[-1]) + 1 if left.size else 0), (int(right[0]) - 1 if right.size else above.size - 1)


def _hill(ordered: Array, centres: Array, smooth: Array, peak: int, valley: int) -> float:
    """Chance that the rows around `peak`, beyond `valley`, pile up under a density that only falls from there.

    Under one mode the stretch nearer to it holds at least its share by width: an exact binomial bound.
    """
    above = smooth > (smooth[peak] + smooth[valley]) / 2
    first, last = _run(above, peak)
    if first <= valley <= last:
        return 1.0
    # The gap runs from the valley's far slope, where the other group ends, to the foot of this hill.
    foot, end = (first, last) if peak > valley else (last, first)
    start = _run(~above, valley)[0 if peak > valley else 1]
    step = float(centres[1] - centres[0])
    inside = _rows_between(ordered, float(centres[foot]), float(centres[end]), step)
    between = _rows_between(ordered, float(centres[start]), float(centres[foot]), step) if start != foot else 0
    width, gap = abs(end - foot) + 1, abs(foot - start)
    return float(binomial_tail(inside, inside + between, width / (width + gap)))


def _rows_between(ordered: Array, a: float, b: float, step: float) -> int:
    """Rows in the cells from a to b, in either order."""
    low, high = min(a, b) - step / 2, max(a, b) + step / 2
    return int(np.searchsorted(ordered, high) - np.searchsorted(ordered, low))


def deepest_valley(ordered: Array) -> Split | None:
    """The valley whose two sides are least likely to be one hill; None when a smoothed count has no valley.

    ordered : shape (n,), ascending, not constant. Cost O(n). `p` is corrected for the search: its false alarms are
    simulated in tests/stats/test_valleys.py.
    Source: excess mass against unimodality, Mueller & Sawitzki (1991), as an exact binomial bound.
    """
    centres, smooth = _density(ordered)
    rises = np.flatnonzero(np.diff(np.r_[-1.0, smooth]) > 0)
    best = None
    for block in np.split(rises, np.flatnonzero(np.diff(rises) > 1) + 1)[1:]:
        valley = int(block[0]) - 1
        flat = np.flatnonzero(smooth[:valley] > smooth[valley] + 1e-12)
        left, right = int(np.argmax(smooth[: valley + 1])), valley + int(np.argmax(smooth[valley:]))
        peak = left if smooth[left] < smooth[right] else right
        at = float(centres[(int(flat[-1]) + 1 + valley) // 2]) if flat.size else float(centres[valley])
        p = min(1.0, _LOOKS * _hill(ordered, centres, smooth, peak, valley))
        if best is None or p < best.p:
            best = Split(at=at, p=p)
    return best
