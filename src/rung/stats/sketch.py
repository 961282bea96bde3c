"""A distribution kept as a short list of cut points, and distances to it: what a reference without rows can still tell."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rung.stats.arrays import Array, as_floats, finite
from rung.stats.distributions import normal_quantile

CUTS = 40  # a distance between distribution functions loses less than a hundredth by it: the gap is flat where it is largest
BINS = 10
DIGITS = 9


def cut_points(values: ArrayLike, cuts: int = CUTS) -> tuple[Array, Array, Array]:
    """Cut points with the shares below and up to each of them.

    values : shape (n,), non-finite left out. Returns (edges, below, upto), each of at most cuts + 1 entries: all different values where
    there are no more of them, else quantiles from the least to the largest value. Shares are exact at the cut points.
    """
    ordered = np.sort(finite(values))
    if not ordered.size:
        return ordered, ordered, ordered
    different, counts = np.unique(ordered, return_counts=True)
    if different.size > cuts + 1:
        # Values that many rows share are cut points of their own; the others share the rest.
        heavy = different[counts * cuts > ordered.size]
        light = ordered[~np.isin(ordered, heavy)] if heavy.size else ordered
        places = np.linspace(0, light.size - 1, max(2, cuts + 1 - heavy.size)).round().astype(np.int64)
        different = np.unique(np.concatenate([heavy, light[places]]))
    # Short numbers for a small file; shares are taken at the rounded points, on both sides of a comparison, so nothing is lost by it.
    different = np.unique([rounded(float(each), DIGITS) for each in different])
    below = np.searchsorted(ordered, different, "left") / ordered.size
    upto = np.searchsorted(ordered, different, "right") / ordered.size
    return different, below, upto


def shares_at(values: ArrayLike, edges: Array) -> tuple[Array, Array]:
    """Shares of finite values below and up to each edge."""
    ordered = np.sort(finite(values))
    size = max(1, ordered.size)
    return np.searchsorted(ordered, edges, "left") / size, np.searchsorted(ordered, edges, "right") / size


def step_distance(below: Array, upto: Array, other_below: Array, other_upto: Array) -> float:
    """Largest gap of two distribution functions at common cut points: the Kolmogorov-Smirnov distance, too small by one bin at most."""
    if not below.size:
        return 0.0
    return float(max(np.abs(below - other_below).max(), np.abs(upto - other_upto).max()))


def coarse_cuts(upto: Array, bins: int = BINS) -> NDArray[np.int64]:
    """Positions of the cut points that part a sketch into bins of about equal share; the last one is the end of all."""
    wanted = np.arange(1, bins) / bins
    places = np.unique(np.searchsorted(upto, wanted - 1e-12))
    return places[places < upto.size - 1] if upto.size else places


def bin_shares(upto: Array, places: NDArray[np.int64]) -> Array:
    """Shares in the bins that end at these cut points (each bin holds its right edge); the last one is open."""
    inner = upto[places] if upto.size else np.empty(0)
    return np.diff(np.concatenate([[0.0], inner, [1.0]]))


def mass_distance(p: ArrayLike, q: ArrayLike, n: float, m: float) -> tuple[float, float]:
    """Total variation of two share vectors, 0..1, and what sampling alone puts between them on average.

    Under no difference a share's gap has mean sqrt(2 v / pi). Source: mean of the half-normal distribution; checked by simulation.
    """
    a, b = as_floats(p), as_floats(q)
    if min(n, m) <= 0:
        return 0.0, 0.0
    pooled = (a * n + b * m) / (n + m)
    chance = float(np.sqrt(2 / np.pi * pooled * (1 - pooled) * (1 / n + 1 / m)).sum() / 2)
    return float(np.abs(a - b).sum() / 2), chance


def normal_scores(values: ArrayLike, edges: Array, below: Array, upto: Array, n: int) -> Array:
    """Where each value stands in the sketched distribution, as a standard normal deviate; NaN stays NaN.

    Inside, the quantile plot is interpolated; beyond the last cut point it goes on with the slope that it has between the outer tenth and
    the end, so that a value far outside gets a far score and heavy tails stretch the scale by themselves.
    values : shape (n_rows,).   n : rows behind the sketch, which bounds the scores inside.
    """
    x = as_floats(values)
    if edges.size < 2:
        return np.where(np.isnan(x) | (edges.size == 0), np.nan, np.where(x == edges[0] if edges.size else False, 0.0, 4.0))
    middle = np.clip((below + upto) / 2, 0.5 / max(n, 2), 1 - 0.5 / max(n, 2))
    z = np.array([normal_quantile(float(each)) for each in middle])
    z = np.maximum.accumulate(z)
    inside = np.interp(x, edges, z)
    low, high = _slope(edges, z, upper=False), _slope(edges, z, upper=True)
    far = np.where(x > edges[-1], z[-1] + (x - edges[-1]) / high, np.where(x < edges[0], z[0] - (edges[0] - x) / low, inside))
    return np.where(np.isnan(x), np.nan, far)


def _slope(edges: Array, z: Array, *, upper: bool) -> float:
    """Values per standard normal unit in the outer tail of the quantile plot; never 0."""
    place = int(np.searchsorted(z, 1.2816)) if upper else int(np.searchsorted(z, -1.2816, "right")) - 1
    place = min(max(place, 0), edges.size - 1)
    end = edges.size - 1 if upper else 0
    place = place if place != end else (end - 1 if upper else 1)
    rise, run = abs(edges[end] - edges[place]), abs(z[end] - z[place])
    whole = (edges[-1] - edges[0]) / max(z[-1] - z[0], 1e-9)
    return max(rise / run if run > 1e-9 else whole, 0.05 * whole, 1e-300)


def hashes(texts: list[str]) -> NDArray[np.uint32]:
    """24-bit hashes of texts, sorted: a set that tells an unknown text from a known one with an error of its size over 16.8 million."""
    import zlib

    return np.unique(np.array([zlib.crc32(text.encode()) & 0xFFFFFF for text in texts], dtype=np.uint32))


def dealt(texts: list[str], parts: int) -> NDArray[np.int64]:
    """The part, 0..parts - 1, that each text falls into by its hash: parts that nobody chose by what is in them."""
    import zlib

    return np.array([zlib.crc32(text.encode()) % parts for text in texts], dtype=np.int64)


def packed(codes: NDArray[np.uint32]) -> str:
    """Three bytes a hash, as base64."""
    import base64

    three = codes.astype(">u4").view(np.uint8).reshape(-1, 4)[:, 1:]
    return base64.b64encode(three.tobytes()).decode()


def unpacked(text: str) -> NDArray[np.uint32]:
    """The hashes again."""
    import base64

    three = np.frombuffer(base64.b64decode(text), dtype=np.uint8).reshape(-1, 3)
    return (three.astype(np.uint32) * np.array([65536, 256, 1], dtype=np.uint32)).sum(axis=1, dtype=np.uint32)


def rounded(value: float, digits: int = 6) -> float:
    """So many significant digits: enough for every figure here, and short as text."""
    return float(f"{value:.{digits}g}") if math.isfinite(value) else value
