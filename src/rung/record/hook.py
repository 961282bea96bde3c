"""What a recorder is to the runner, and how recorders are found.

A module or package directly under `rung.record` (or an entry point `record.*` of the group `rung.plugins`) that has a function
`hook() -> Hook` is a recorder. It must be cheap to import: no numeric library is loaded before the user's program loads it, so that
what the program sets up before its own imports (threads, environment) still counts.
"""

from __future__ import annotations

import ast
import importlib
import pkgutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import entry_points
from types import ModuleType
from typing import TYPE_CHECKING

from rung.core.finding import Where

if TYPE_CHECKING:
    from rung.record.places import Places


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A file of the user's that took part. cells : first line of each cell in `text` for notebooks, else empty."""

    path: str
    text: str
    cells: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How the program ended. code : exit code.   exception : class name, '' for none.   where : the user's line that raised."""

    code: int = 0
    exception: str = ""
    message: str = ""
    where: Where | None = None


@dataclass(slots=True, kw_only=True)
class Running:
    """The run that a hook is told of when it begins.

    arguments : command line of the program.   places : tells the user's lines from those of libraries.
    sources : files of the user's that were run so far, the main one first; grows while the program runs.   seconds, spent : wall and CPU time, at the end.
    notes : what could not be observed, in sentences; hooks add to it.
    """

    arguments: tuple[str, ...]
    places: Places
    sources: list[Source] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    seconds: float = 0.0
    spent: float = 0.0


class Hook:
    """One recorder. Every method may be left as it is; none may raise for a reason that lies in the user's program.

    modules : full names of modules after whose import `attach` is called; a name that ends in a dot stands for all modules below it.
    """

    modules: tuple[str, ...] = ()

    def begin(self, running: Running) -> None:
        """Called once before the first line of the program."""

    def attach(self, module: ModuleType) -> None:
        """Called when one of `modules` has just been run, before its importer sees it (or at once if it was there already)."""

    def ready(self) -> None:
        """Called once when `attach` has been called for every module that was there already; the program comes next."""

    def known(self, names: Mapping[str, object]) -> None:
        """Called where code already ran (a live notebook): the names that stand there, before the observed part begins."""

    def rewrite(self, tree: ast.Module, path: str) -> ast.Module:
        """May add observers to a file of the user's before it is compiled; positions must stay those of the source."""
        return tree

    def forked(self) -> None:
        """Called in a forked child: record nothing there."""

    def detach(self) -> None:
        """Undo everything that `attach` did. Called once, before `finish`."""

    def finish(self, ended: Ended) -> Sequence[object]:
        """The inputs that were recorded (`Trace`, `History` ...), none where there was nothing to record."""
        return ()


def hooks() -> list[Hook]:
    """A fresh hook of every recorder, in the order of their names."""
    import rung.record as room

    modules = [importlib.import_module(f"{room.__name__}.{entry.name}") for entry in pkgutil.iter_modules(room.__path__)]
    makers = [vars(module)["hook"] for module in modules if callable(vars(module).get("hook"))]
    makers += [plugin.load() for plugin in entry_points(group="rung.plugins") if plugin.name.partition(".")[0] == "record"]
    return [maker() for maker in makers]
