"""Wrappers: the same name, signature, documentation, pickle and result as what they wrap."""

from __future__ import annotations

import functools
import inspect
import sys
from collections.abc import Callable
from typing import Any

from rung.record.patches import Patches
from rung.record.places import MARK
from rung.record.script.recorder import Recorder, Spec

# Frames of files that look like the import machinery are not counted by `warnings.warn(stacklevel=...)`.
UNCOUNTED = f"<{MARK} importlib _bootstrap>"


class Active:
    """The recorder at work; wrappers that outlive it find None and only call."""

    recorder: Recorder | None = None


def seen_call(spec: Spec, original: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Call the original between opening and closing its event."""
    recorder = Active.recorder
    opened = recorder.enter(spec, args, kwargs) if recorder is not None else None
    if recorder is None or opened is None:
        return original(*args, **kwargs)
    try:
        result = original(*args, **kwargs)
    except BaseException as error:
        recorder.leave_raised(opened, error)
        raise
    recorder.leave(opened, result)
    return result


def wrapper(original: Callable[..., Any], spec: Spec) -> Callable[..., Any]:
    """A function that does what `original` does, observed."""

    @functools.wraps(original)
    def call(*args: Any, **kwargs: Any) -> Any:
        return seen_call(spec, original, args, kwargs)

    disguise(call)
    return call


def disguise(function: Any) -> None:
    """Give a function's code a file name by which warnings and tracebacks look through it."""
    function.__code__ = function.__code__.replace(co_filename=UNCOUNTED)


disguise(seen_call)


class Installer:
    """Puts wrappers in place and remembers how to take them out."""

    def __init__(self, patches: Patches) -> None:
        self.patches = patches
        self._made: dict[int, tuple[object, Any]] | None = {}

    def method(self, owner: type, name: str, spec: Spec, make: Callable[..., Any] = wrapper) -> None:
        """Wrap a method where the class itself defines it; descriptors keep their kind."""
        for place in owner.__mro__:
            if name in vars(place):
                break
        else:
            return
        found = vars(place)[name]
        if not inspect.isfunction(found) or is_wrapper(found):
            return
        self.patches.put(place, name, mark(make(found, spec)))

    def own_method(self, owner: type, name: str, spec: Spec, make: Callable[..., Any] = wrapper) -> None:
        """Wrap a method only if this class defines it. Methods behind scikit-learn's `available_if` are wrapped inside their descriptor."""
        found = vars(owner).get(name)
        if inspect.isfunction(found) and not is_wrapper(found):
            self.patches.put(owner, name, mark(make(found, spec)))
        elif inspect.isfunction(inner := getattr(found, "fn", None)) and not is_wrapper(inner):
            self.patches.put(found, "fn", mark(make(inner, spec)))

    def function(self, module: Any, name: str, spec: Spec, make: Callable[..., Any] = wrapper) -> None:
        """Wrap a function in the module that defines it; see also `rebind`."""
        original = vars(module).get(name)
        if original is None or is_wrapper(original) or not callable(original) or isinstance(original, type):
            return
        made = mark(make(original, spec))
        self.patches.put(module, name, made)
        if self._made is not None:
            self._made[id(original)] = (original, made)

    def rebind(self) -> None:
        """Functions of modules that were there before us were imported by others already: replace them there too, in one walk."""
        made, self._made = self._made or {}, None
        for module in list(sys.modules.values()) if made else ():
            names = vars(module) if type(module).__name__ == "module" else {}
            for name, value in list(names.items()):
                found = made.get(id(value))
                if found is not None and found[0] is value:
                    self.patches.put(module, name, found[1])


def mark(function: Any) -> Any:
    """Note on a wrapper that it is one."""
    function.__rung_wrapper__ = True
    return function


def is_wrapper(function: Any) -> bool:
    """Whether a function is one of ours."""
    return bool(getattr(function, "__dict__", {}).get("__rung_wrapper__", False))
