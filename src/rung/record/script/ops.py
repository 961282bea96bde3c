"""What `rewrite` puts in place of a few expressions of the user's own files: the same value, and a look at NumPy arrays on the way.

NumPy's arrays are C objects whose methods and operators cannot be wrapped; the user's lines can. A function that was sent to another process
brings a reference to this module along; there no recorder is at work, and everything below only does what the expression says.
"""

from __future__ import annotations

from collections.abc import Callable
from types import FunctionType
from typing import Any

LOOKS = 200  # at one place; after that the expression is only evaluated


class Look:
    """Who looks: set by the recorder. array : NumPy's class.   places : looks left at each place of the program."""

    array: Any = None
    item: Callable[[Any, Any, Any], None] | None = None
    binary: Callable[[str, Any, Any, Any], None] | None = None
    equal: Callable[[Any, Any, Any], None] | None = None
    store: Callable[[Any, Any], None] | None = None
    method: Callable[[Any], Any] | None = None


_hits: dict[int, int] = {}


def _again(place: int) -> bool:
    hits = _hits.get(place, 0)
    _hits[place] = hits + 1
    return hits < LOOKS


def item(obj: Any, key: Any, place: int) -> Any:
    """`obj[key]`."""
    result = obj[key]
    if Look.item is not None and type(result) is Look.array and _again(place):
        Look.item(obj, key, result)
    return result


def add(left: Any, right: Any, place: int) -> Any:
    """`left + right`."""
    return _binary("add", left + right, left, right, place)


def sub(left: Any, right: Any, place: int) -> Any:
    """`left - right`."""
    return _binary("subtract", left - right, left, right, place)


def mult(left: Any, right: Any, place: int) -> Any:
    """`left * right`."""
    return _binary("multiply", left * right, left, right, place)


def div(left: Any, right: Any, place: int) -> Any:
    """`left / right`."""
    return _binary("divide", left / right, left, right, place)


def eq(left: Any, right: Any, place: int) -> Any:
    """`left == right`."""
    result = left == right
    if Look.equal is not None and not isinstance(result, bool) and _again(place):
        Look.equal(left, right, result)
    return result


def _binary(name: str, result: Any, left: Any, right: Any, place: int) -> Any:
    if Look.binary is not None and type(result) is Look.array and _again(place):
        Look.binary(name, left, right, result)
    return result


def stored(value: Any, obj: Any, place: int) -> Any:
    """`value`, about to be written into `obj`."""
    if Look.store is not None and type(obj) is Look.array and _again(place):
        Look.store(obj, value)
    return value


def method(function: Any, place: int) -> Any:
    """`function`, about to be called: the user's `X.mean`, `rng.shuffle`, `np.log`."""
    if Look.method is not None and not isinstance(function, FunctionType) and _again(place):
        return Look.method(function)
    return function


make_slice = slice
