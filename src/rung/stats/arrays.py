"""The few array habits every statistic here shares: cleaning, pairing, ranking, coding."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

NAN = float("nan")


def as_floats(values: ArrayLike) -> Array:
    """One-dimensional float copy-or-view of `values`.

    values : shape (n,), any real or boolean dtype.
    Raises ValueError if `values` has more than one dimension.
    """
    array = np.asarray(values, dtype=np.float64)
    if array.ndim != 1:
        msg = f"expected one dimension, got shape {array.shape}"
        raise ValueError(msg)
    return array


def as_matrix(values: ArrayLike) -> Array:
    """Float matrix of `values`; a single column becomes shape (n, 1).

    Raises ValueError if `values` has neither one nor two dimensions.
    """
    array = np.asarray(values, dtype=np.float64)
    if array.ndim == 1:
        return array[:, None]
    if array.ndim != 2:  # a matrix
        msg = f"expected a matrix, got shape {array.shape}"
        raise ValueError(msg)
    return array


def as_labels(values: ArrayLike) -> Bools:
    """Boolean labels from 0/1 or boolean input, shape (n,).

    Raises ValueError if anything but 0 and 1 occurs: a threshold guessed here would hide a caller's mistake.
    """
    array = np.asarray(values)
    if array.dtype == np.bool_:
        labels = array
    else:
        labels = array == 1
        if not np.all(labels | (array == 0)):
            msg = "labels must be 0 or 1 (or boolean)"
            raise ValueError(msg)
    if labels.ndim != 1:
        msg = f"expected one dimension, got shape {labels.shape}"
        raise ValueError(msg)
    return labels


def same_length(*arrays: NDArray[np.generic]) -> int:
    """Number of rows shared by all `arrays`.

    Raises ValueError naming the lengths if they differ.
    """
    lengths = [len(a) for a in arrays]
    if len(set(lengths)) > 1:
        msg = f"lengths differ: {lengths}"
        raise ValueError(msg)
    return lengths[0]


def finite(values: ArrayLike) -> Array:
    """The finite values of `values`, in order: NaN and infinities are left out."""
    array = as_floats(values)
    return array[np.isfinite(array)]


def finite_pair(x: ArrayLike, y: ArrayLike) -> tuple[Array, Array]:
    """The rows where both `x` and `y` are finite.

    Raises ValueError if the lengths differ.
    """
    a, b = as_floats(x), as_floats(y)
    same_length(a, b)
    keep = np.isfinite(a) & np.isfinite(b)
    return a[keep], b[keep]


def midranks(values: ArrayLike) -> Array:
    """Ranks from 1 to n; tied values share the mean of their ranks.

    values : shape (n,), no NaN. Cost O(n log n). Checked against scipy.stats.rankdata.
    """
    array = as_floats(values)
    if array.size == 0:
        return array
    order = np.argsort(array)
    ordered = array[order]
    first = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]])
    ranks = np.empty(array.size)
    if first.size == array.size:
        ranks[order] = np.arange(1.0, array.size + 1)
        return ranks
    after = np.r_[first[1:], array.size]
    ranks[order] = np.repeat((first + after + 1) / 2, after - first)
    return ranks


def codes_of(values: ArrayLike) -> Ints:
    """Integer codes 0..k-1 of the sorted distinct values; NaN becomes -1.

    values : shape (n,), numbers or strings.
    """
    array = np.asarray(values)
    if array.dtype.kind != "f":
        return np.unique(array, return_inverse=True)[1].astype(np.int64)
    missing = np.isnan(array)
    codes = np.full(array.shape, -1, dtype=np.int64)
    codes[~missing] = np.unique(array[~missing], return_inverse=True)[1]
    return codes


def folds_of(n: int, folds: int, rng: np.random.Generator, labels: NDArray[np.generic] | None = None) -> Ints:
    """Random fold number 0..folds-1 for each of `n` rows, balanced inside each label when `labels` is given."""
    order = rng.permutation(n)
    if labels is not None:
        order = order[np.argsort(labels[order], kind="stable")]
    result = np.empty(n, dtype=np.int64)
    result[order] = np.arange(n) % folds
    return result


def granularity(ordered: Array) -> float:
    """Smallest step between distinct values of a sorted array; NaN with fewer than two distinct values.

    Steps below 1e-9 of the largest absolute value are rounding noise of floating point, not steps.
    """
    if ordered.size == 0:
        return NAN
    steps = np.diff(ordered)
    floor = 1e-9 * max(abs(float(ordered[0])), abs(float(ordered[-1])))
    steps = steps[steps > floor]
    return float(steps.min()) if steps.size else NAN


def spread_ties(ordered: Array) -> Array:
    """Sorted values with each run of ties spread evenly over its own cell.

    ordered : shape (n,), ascending. A cell reaches half way to the nearer neighbour on both sides, so the order
    never changes and an isolated value stays where it is.
    Rounding is undone without randomness: tests for continuous data can then read counts and rounded values.
    """
    if ordered.size == 0:
        return ordered
    values, counts = np.unique(ordered, return_counts=True)
    if values.size in {1, ordered.size}:
        return ordered.copy()
    steps = np.diff(values)
    half = np.minimum(np.r_[steps[0], steps], np.r_[steps, steps[-1]]) / 2
    start = np.repeat(np.cumsum(counts) - counts, counts)
    place = (np.arange(ordered.size) - start + 0.5) / np.repeat(counts, counts) - 0.5
    return ordered + 2 * np.repeat(half, counts) * place
