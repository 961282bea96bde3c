"""Looks at the user's objects without changing them: what they are, a digest, copied rows, a short summary."""

from __future__ import annotations

import hashlib
import math
import sys
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rung.inputs.trace_parts import Argument, Excerpt, Plain, Rows

DIGEST_BYTES = 64 << 20  # larger arrays are digested in evenly spaced rows
DIGEST_ENTRIES = 20_000  # the same for the entries of a list
EXCERPT_ROWS = 20_000
EXCERPT_COLUMNS = 300
MAX_TEXT = 200
SURE_BITS = 24  # two vectors that could each look in so many ways are not alike by chance
MAX_DISTINCT = 20


def from_library(value: object, library: str, *names: str) -> bool:
    """Whether the value is an instance of one of these classes of a library, without importing the library."""
    module = sys.modules.get(library)
    return module is not None and any(isinstance(value, kind) for kind in (getattr(module, name, ()) for name in names))


def kind_of(value: object) -> str:
    """'frame', 'series', 'index', 'array', 'sparse', 'list' or '' for what is not followed."""
    if isinstance(value, np.ndarray):
        return "array" if value.ndim else ""
    library = type(value).__module__.partition(".")[0]
    if library in ("pandas", "polars") or from_library(value, "pandas", "DataFrame", "Series"):
        return _kind_of_frame(value)
    if isinstance(value, list | tuple):
        return "list" if len(value) > 0 and _flat(value) else ""
    if hasattr(value, "tocsr") and hasattr(value, "shape"):
        return "sparse"
    return ""


def _kind_of_frame(value: object) -> str:
    if from_library(value, "pandas", "DataFrame") or from_library(value, "polars", "DataFrame"):
        return "frame"
    if from_library(value, "pandas", "Series") or from_library(value, "polars", "Series"):
        return "series"
    if from_library(value, "pandas", "Index"):
        return "index"
    return "array" if hasattr(value, "__array__") and hasattr(value, "shape") and hasattr(value, "dtype") else ""


def _flat(value: list[Any] | tuple[Any, ...]) -> bool:
    return isinstance(value[0], int | float | str | np.generic | list | tuple | dict) and isinstance(
        value[-1], type(value[0]) | int | float
    )


def is_mask(value: object) -> bool:
    """Whether it is an array of truth values."""
    return getattr(getattr(value, "dtype", None), "kind", "") == "b"


def shape_of(value: Any) -> tuple[int, ...]:
    """Shape; () where it has none."""
    if hasattr(value, "shape"):
        return tuple(int(each) for each in value.shape)
    return (len(value),) if isinstance(value, list | tuple) else ()


def n_rows(value: Any) -> int:
    """Rows, -1 where there are none to count."""
    shape = shape_of(value)
    return shape[0] if shape else -1


def columns_of(value: Any) -> tuple[str, ...]:
    """Column names as text, empty for what has none."""
    if kind_of(value) == "frame":
        return tuple(str(each) for each in value.columns)
    name = getattr(value, "name", None)
    return (str(name),) if kind_of(value) == "series" and name is not None else ()


def dtypes_of(value: Any) -> tuple[str, ...]:
    """Types of the columns as text."""
    if kind_of(value) == "frame":
        return tuple(str(each) for each in value.dtypes)
    return (str(value.dtype),) if hasattr(value, "dtype") else ()


def as_array(value: Any) -> NDArray[Any] | None:
    """The values as an array without changing the object; a view where there is one. None where that is impossible."""
    if isinstance(value, np.ndarray):
        return value
    if kind_of(value) in ("frame", "series", "index"):
        return value.to_numpy()
    if kind_of(value) == "list":
        return _from_list(value)
    return np.asarray(value) if hasattr(value, "__array__") else None


def _from_list(value: Any) -> NDArray[Any] | None:
    first = value[0]
    if isinstance(first, str | dict):  # no array as wide as the longest text
        array = np.empty(len(value), dtype=object)
        array[:] = value
        return array
    texts = isinstance(first, list | tuple) and any(isinstance(each, str) for each in first)
    try:
        return np.asarray(value, dtype=object if texts else None)
    except ValueError:
        return None


def as_columns(value: Any) -> dict[str, NDArray[Any]]:
    """Name -> values; arrays get x0, x1, ... A sparse matrix has no columns to show."""
    kind = kind_of(value)
    if kind == "frame":
        if from_library(value, "polars", "DataFrame"):
            return {str(name): value[name].to_numpy() for name in value.columns[:EXCERPT_COLUMNS]}
        names = [str(name) for name in value.columns[:EXCERPT_COLUMNS]]
        return {name: _plain_values(value.iloc[:, place]) for place, name in enumerate(names)}
    array = None if kind == "sparse" else as_array(value)
    if array is not None and array.ndim == 3 and array.size:  # windows: one step after the other
        array = array.reshape(len(array), -1)
    if array is None or array.ndim not in (1, 2):
        return {}
    if array.ndim == 1:
        return {str(getattr(value, "name", None) or "x0"): _plain_values(value)}
    return {f"x{place}": array[:, place] for place in range(min(array.shape[1], EXCERPT_COLUMNS))}


def _plain_values(series: Any) -> NDArray[Any]:
    array = as_array(series)
    assert array is not None
    return array if isinstance(array, np.ndarray) else np.asarray(array, dtype=object)


def digest(value: Any) -> str:
    """Of the shape and the values; equal numbers give equal digests whatever holds them. '' where there are no values to read."""
    if kind_of(value) == "sparse":
        csr = value.tocsr()
        return _hash(csr.shape, csr.data.astype(np.float64), csr.indices, csr.indptr)
    if isinstance(value, list) and len(value) > DIGEST_ENTRIES:
        inner = digest(value[:: -(-len(value) // DIGEST_ENTRIES)])
        return f"{inner}/{len(value)}" if inner else ""
    array = as_array(value)
    if array is None or array.size == 0:
        return ""
    step = max(1, -(-array.nbytes // DIGEST_BYTES))
    part = array[::step] if step > 1 else array
    shape = array.shape if array.ndim != 2 or array.shape[1] != 1 else array.shape[:1]
    return _hash(shape, _comparable(part))


def _comparable(array: NDArray[Any]) -> NDArray[Any]:
    if array.dtype.kind in "biuf":
        return np.ascontiguousarray(array, dtype=np.float64)
    return np.array([hash_text(each) for each in array.ravel().tolist()], dtype=np.uint64)


def hash_text(value: object) -> int:
    """A whole number below 2^64 that depends on the value as text only."""
    return int.from_bytes(hashlib.blake2b(str(value).encode("utf-8", "replace"), digest_size=8).digest(), "little")


def _hash(shape: tuple[int, ...], *arrays: NDArray[Any]) -> str:
    maker = hashlib.blake2b(repr(shape).encode(), digest_size=12)
    for each in arrays:
        maker.update(np.ascontiguousarray(each).view(np.uint8).reshape(-1).data)
    return maker.hexdigest()


def row_hashes(columns: list[NDArray[Any]]) -> NDArray[np.uint64]:
    """One number a row, from the values of these columns in order; equal rows have equal numbers."""
    total = np.zeros(len(columns[0]), dtype=np.uint64)
    for each in columns:
        bits = _comparable(each).view(np.uint64).reshape(-1)
        total = (total ^ (bits + np.uint64(0x9E3779B97F4A7C15) + (total << np.uint64(6)) + (total >> np.uint64(2)))) * np.uint64(
            0xFF51AFD7ED558CCD
        )
        total ^= total >> np.uint64(33)
    return total


def excerpt(value: Any, rows: Rows | None, limit: int = EXCERPT_ROWS) -> Excerpt | None:
    """A copy of at most `limit` rows. Of more, those with the smallest hash of their row number: the same rows in every item."""
    columns = as_columns(value)
    if not columns:
        return None
    n = len(next(iter(columns.values())))
    positions = np.arange(n, dtype=np.int64)
    if n > limit:
        keys = positions if rows is None else rows
        mixed = (keys.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)) ^ np.uint64(0x5851F42D4C957F2D)
        positions = np.sort(np.argsort((mixed * np.uint64(0xFF51AFD7ED558CCD)) >> np.uint64(11), kind="stable")[:limit])
    return Excerpt(
        positions=positions, columns={name: np.array(each[positions]) for name, each in columns.items()}, moments=_moments(value, positions)
    )


def tells_rows(array: NDArray[Any]) -> bool:
    """Whether equal contents mean equal rows. A mere count in equal steps, labels in blocks, and vectors with few changes are alike by nature."""
    if array.ndim != 1 or len(array) < 2:
        return True
    if array.dtype.kind in "iu":
        steps = np.diff(array)  # whole arrays wrap around in silence, where single numbers would warn
        if bool((steps == steps[0]).all()):
            return False
    changed = np.flatnonzero(array[1:] != array[:-1])
    if len(changed) >= SURE_BITS * 2:
        return True
    values = len({str(each) for each in array[[0, *(changed + 1)]].tolist()})
    blocks = len(changed) + 1
    ways = math.comb(len(array) - 1, len(changed)) * max(1, values - 1) ** len(changed)
    return (blocks > values or values == len(array)) and math.log2(ways) > SURE_BITS


def _moments(value: Any, positions: Rows) -> tuple[str, Any] | None:
    """A pandas index of dates: the time of each row, though it is no column."""
    index: Any = getattr(value, "index", None)
    if type(index).__name__ != "DatetimeIndex" or len(index) != n_rows(value):
        return None
    return str(index.name or "date"), np.array(index.to_numpy()[positions])


def argument(role: str, value: Any) -> Argument | None:
    """A vector or matrix of numbers or labels in brief. None for what is neither."""
    array = as_array(value)
    if array is None or array.size == 0:
        return None
    numeric = array.dtype.kind in "biuf"
    flat = array.ravel()
    distinct, counts = _distinct(flat, numeric)
    few = len(distinct) <= MAX_DISTINCT
    shown = tuple((_text(each), float(count) / flat.size) for each, count in zip(distinct, counts, strict=True)) if few else ()
    finite = flat[np.isfinite(flat)] if array.dtype.kind == "f" else flat
    ends = (float(finite.min()), float(finite.max())) if numeric and finite.size else (None, None)
    labels = array.ndim == 1 and few and (not numeric or bool(np.all(finite == np.round(finite.astype(float)))))
    return Argument(
        role=role, n=n_rows(array), low=ends[0], high=ends[1], n_distinct=len(distinct), values=shown, hard=labels, numeric=numeric
    )


def _distinct(flat: NDArray[Any], numeric: bool) -> tuple[Any, Any]:
    if numeric:
        return np.unique(flat, return_counts=True)
    return np.unique(np.array([str(each) for each in flat.tolist()]), return_counts=True)


def _text(value: object) -> str:
    plain = value.item() if isinstance(value, np.generic) else value
    return str(int(plain)) if isinstance(plain, float) and plain.is_integer() else str(plain)


def scorer(value: Any) -> Plain:
    """A scorer in words: its name, or what scikit-learn's `make_scorer` made it of."""
    if isinstance(value, dict):
        return ", ".join(f"{name}={scorer(each)}" for name, each in list(value.items())[:MAX_DISTINCT])[:MAX_TEXT]
    function, asked = getattr(value, "_score_func", None), getattr(value, "_response_method", None)
    if function is None or asked is None:
        return plain(value)
    return f"make_scorer({getattr(function, '__name__', 'score')}, {asked if isinstance(asked, str) else '/'.join(map(str, asked))})"


def plain(value: object) -> Plain:
    """The value itself where it is plain, else its short text."""
    if isinstance(value, np.generic):
        return plain(value.item())
    if value is None or isinstance(value, bool | int | float | str):
        return value[:MAX_TEXT] if isinstance(value, str) else value
    if isinstance(value, type) or callable(value):
        return getattr(value, "__qualname__", type(value).__name__)
    if isinstance(value, list | tuple | dict | set):
        return (
            repr(value)[:MAX_TEXT]
            if len(value) <= MAX_DISTINCT and kind_of(value) != "frame"
            else f"{type(value).__name__} of {len(value)}"
        )
    return type(value).__name__
