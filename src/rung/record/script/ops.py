"""What `rewrite` puts around a few expressions of the user's own files: they pass values on, and let the recorder look at NumPy arrays on the way.

NumPy's arrays are C objects whose methods and operators cannot be wrapped; the user's lines can. Operators and calls stay in the user's own frame, so
that warnings and errors come from there: `a - b` becomes `after(kept(a, 1, 0) - kept(b, 1, 1), 1, 'subtract')`. A function that was sent to another
process brings a reference to this module along; there no recorder is at work, and values are only passed on.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FunctionType
from typing import Any

LOOKS = 200  # at one place; after that the values are only passed on
STALE = 8  # operands of expressions that an error cut short
LIST_LOOKS = 30  # the same for lists: they are read through at each look
PLAIN = frozenset({int, float, str, bool, tuple, dict, type(None), FunctionType})


class Look:
    """Who looks: set by the recorder while it is at work. array : NumPy's class."""

    array: Any = None
    item: Callable[[Any, Any, Any], None] | None = None
    binary: Callable[[str, Any, Any, Any], None] | None = None
    called: Callable[[str, Any, list[Any], dict[str, Any], Any], None] | None = None
    equal: Callable[[Any, Any, Any], None] | None = None
    store: Callable[[Any, Any], None] | None = None
    method: Callable[[Any], Any] | None = None
    built: Callable[[str, Any, Any, Any], None] | None = None


_hits: dict[int, int] = {}
_slots: dict[int, dict[int, dict[int | str, Any]]] = {}
_frame = sys._getframe


def _again(place: int, looks: int = LOOKS) -> bool:
    hits = _hits.get(place, 0)
    _hits[place] = hits + 1
    return hits < looks


def kept(value: Any, place: int, part: int | str) -> Any:
    """`value`, one part of the expression at a place, held until `after`."""
    if type(value) not in PLAIN and Look.array is not None and _hits.get(place, 0) < LOOKS:
        slot = _slots.setdefault(place, {})
        if len(slot) > STALE:
            slot.clear()
        slot.setdefault(id(_frame(1)), {})[part] = value
    return value


def _parts(place: int) -> dict[int | str, Any] | None:
    slot = _slots.get(place)
    return slot.pop(id(_frame(2)), None) if slot else None


def after(result: Any, place: int, name: str) -> Any:
    """`result` of `left op right`."""
    parts = _parts(place)
    listed = type(result) is list
    if (
        parts is not None
        and (listed or type(result) is Look.array)
        and Look.binary is not None
        and _again(place, LIST_LOOKS if listed else LOOKS)
    ):
        Look.binary(name, parts.get(0), parts.get(1), result)
    return result


def called(result: Any, place: int, name: str) -> Any:
    """`result` of `receiver.name(...)`."""
    parts = _parts(place)
    if parts is not None and Look.called is not None and 0 in parts and _again(place):
        given = [parts[each] for each in sorted(each for each in parts if isinstance(each, int))]
        Look.called(name, given[0], given[1:], {key: value for key, value in parts.items() if isinstance(key, str)}, result)
    return result


def item(obj: Any, key: Any, place: int) -> Any:
    """`obj[key]`."""
    result = obj[key]
    listed = type(result) is list and type(obj) is list and type(key) is make_slice
    if (
        Look.item is not None
        and (listed or type(result) is Look.array or hasattr(type(result), "tocsr") or hasattr(type(result), "_from_sequence"))
        and _again(place, LIST_LOOKS if listed else LOOKS)
    ):
        Look.item(obj, key, result)
    return result


def built(result: Any, place: int, how: str, taken: Callable[[], Any] | None = None) -> Any:
    """`result` of a comprehension. how : 'map' or 'filter'.   taken : gives what its entries were taken from by their places."""
    parts = _parts(place)
    if parts is not None and Look.built is not None and result and _again(place, LIST_LOOKS):
        Look.built(how, parts.get(0), taken, result)
    return result


def eq(left: Any, right: Any, place: int) -> Any:
    """`left == right`."""
    result = left == right
    if Look.equal is not None and not isinstance(result, bool) and _again(place):
        Look.equal(left, right, result)
    return result


def stored(value: Any, obj: Any, place: int) -> Any:
    """`value`, about to be written into `obj`."""
    if Look.store is not None and type(obj) is Look.array and _again(place):
        Look.store(obj, value)
    return value


def method(function: Any, place: int) -> Any:
    """`function`, about to be called: the user's `rng.shuffle`."""
    if Look.method is not None and not isinstance(function, FunctionType) and _again(place):
        return Look.method(function)
    return function


make_slice = slice
for _each in (item, eq, stored, method):  # `warnings.warn(stacklevel=...)` does not count frames of the import machinery
    _each.__code__ = _each.__code__.replace(co_filename="<_rung_observed importlib _bootstrap>")
