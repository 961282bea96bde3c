"""One finder on `sys.meta_path` that tells hooks when a module has been run, and lets them rewrite the user's own files."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from importlib.machinery import ModuleSpec, SourceFileLoader
from types import FunctionType, ModuleType
from typing import Any

from rung.record.hook import Hook

Tell = Callable[[Hook, ModuleType], None]
Compile = Callable[[bytes, str], Any]
IMPORTLIB = "<frozen importlib._bootstrap>"


def as_import_machinery(function: Any) -> Any:
    """Frames of the import machinery are left out of tracebacks by the interpreter itself, if they bear this file and end with this name."""
    assert isinstance(function, FunctionType)
    function.__code__ = function.__code__.replace(co_filename=IMPORTLIB, co_name="_call_with_frames_removed")
    return function


class ImportWatch:
    """Finds nothing by itself: it asks the finders after it, and hangs its work on the loader that they found.

    tell : called with a hook and a module that has just been run.   is_user : whether a file is the user's.
    compiled : source and path of a user's file -> code to run in its place, None where it is to be run as it is.
    """

    def __init__(self, hooks: Sequence[Hook], tell: Tell, is_user: Callable[[str], bool], compiled: Compile) -> None:
        self._hooks, self._tell, self._is_user, self._compiled = hooks, tell, is_user, compiled
        self._asked: set[str] = set()

    def start(self) -> None:
        """Stand first among the finders; modules that are loaded already are told of at once."""
        for module in list(sys.modules.values()):
            if isinstance(module, ModuleType):
                self._tell_all(module)
        sys.meta_path.insert(0, self)  # type: ignore[arg-type]

    def stop(self) -> None:
        """Leave the finders."""
        sys.meta_path[:] = [each for each in sys.meta_path if each is not self]

    def find_spec(self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None) -> ModuleSpec | None:
        """The spec that the other finders give, with our work hung on its loader where somebody wants it."""
        if name in self._asked:
            return None
        self._asked.add(name)
        try:
            spec = self._ask_the_others(name, path, target)
        finally:
            self._asked.discard(name)
        if spec is not None and spec.loader is not None:
            self._hang(spec, name)
        return spec

    def _ask_the_others(self, name: str, path: Sequence[str] | None, target: ModuleType | None) -> ModuleSpec | None:
        for finder in list(sys.meta_path):
            find = getattr(finder, "find_spec", None)
            spec = find(name, path, target) if find is not None and finder is not self else None
            if spec is not None:
                return spec
        return None

    def _hang(self, spec: ModuleSpec, name: str) -> None:
        loader: Any = spec.loader
        wanted = any(_wants(hook, name) for hook in self._hooks)
        ours = type(loader) is SourceFileLoader and spec.origin is not None and self._is_user(spec.origin)
        if not (wanted or ours) or not hasattr(loader, "__dict__") or not hasattr(loader, "exec_module"):
            return
        run, tell_all, compiled = loader.exec_module, self._tell_all, self._compiled

        @as_import_machinery
        def exec_module(module: ModuleType) -> None:
            vars(loader).pop("exec_module", None)  # the loader is as it was before anybody can look at it
            path = loader.get_filename(module.__name__) if ours else ""
            code = compiled(loader.get_data(path), path) if ours else None
            if code is None:
                run(module)
            else:
                exec(code, module.__dict__)  # noqa: S102 (this is what importing means)
            tell_all(module)

        loader.exec_module = exec_module

    def _tell_all(self, module: ModuleType) -> None:
        name = getattr(module, "__name__", "")
        for hook in self._hooks:
            if _wants(hook, name):
                self._tell(hook, module)


def _wants(hook: Hook, name: str) -> bool:
    return any(name == each or (each.endswith(".") and name.startswith(each)) for each in hook.modules)
