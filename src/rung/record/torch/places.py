"""Where in the user's source something happened: the innermost frame that is neither torch's, nor a library's, nor rung's."""

from __future__ import annotations

import ast
import inspect
import sys
import sysconfig
import textwrap
import weakref
from functools import lru_cache
from pathlib import Path
from types import CodeType, FrameType

from torch import nn

from rung.core.finding import Where
from rung.record.places import Places

RUNG = str(Path(__file__).parents[2])
LIBRARIES = tuple({*(sysconfig.get_paths()[key] for key in ("purelib", "platlib", "stdlib", "platstdlib")), RUNG})
MAX_FRAMES = 60  # a Lightning loop is about 30 frames deep

Spot = tuple[CodeType, int]

naming: Places | None = None  # names files as `rung run` shows them, cells of notebooks included
_is_users: dict[CodeType, bool] = {}
_made: dict[int, tuple[weakref.ref[nn.Module], Spot]] = {}  # by identity: a module may define equality and hash for itself


def users_code(code: CodeType) -> bool:
    """Whether this code is the user's own."""
    known = _is_users.get(code)
    if known is None:
        name = code.co_filename
        known = _is_users[code] = not (
            name.startswith((*LIBRARIES, "<frozen", "<string>", "<__array_function__")) or "site-packages" in name
        )
    return known


def spot(depth: int = 1) -> Spot | None:
    """The user's innermost line among the callers, None where there is none."""
    frame: FrameType | None = sys._getframe(depth)
    for _ in range(MAX_FRAMES):
        if frame is None:
            return None
        if users_code(frame.f_code):
            return frame.f_code, frame.f_lineno
        frame = frame.f_back
    return None


def where(place: Spot | None) -> Where | None:
    """As a place in a report."""
    if place is None:
        return None
    shown = naming.where(place[0].co_filename, place[1]) if naming is not None else None
    return shown or Where(file=place[0].co_filename, line=place[1])


def remember(module: nn.Module) -> None:
    """Note the user's line that makes this module; called from `Module.__init__` while taps are attached."""
    place = spot(3)
    if place is not None:
        key = id(module)
        _made[key] = (weakref.ref(module, lambda _gone: _made.pop(key, None)), place)


def made_at(module: nn.Module, owner: nn.Module | None, attribute: str) -> Where | None:
    """The line that made a module: as remembered, else the line of its owner's source that assigns the attribute."""
    known = _made.get(id(module))
    if known is not None and known[0]() is module:
        return where(known[1])
    return None if owner is None else _assigned_at(type(owner), attribute)


@lru_cache(maxsize=4096)
def _assigned_at(owner: type, attribute: str) -> Where | None:
    """The line of `self.attribute = ...` in the class's own source, for the user's classes."""
    try:
        file = inspect.getsourcefile(owner)
        lines, first = inspect.getsourcelines(owner)
    except (OSError, TypeError):
        return None
    if file is None or file.startswith(LIBRARIES) or "site-packages" in file:
        return None
    try:
        tree = ast.parse(textwrap.dedent("".join(lines)))
    except SyntaxError:
        return None
    found = [node.lineno for node in ast.walk(tree) if isinstance(node, ast.Attribute) and _is_self(node, attribute)]
    return Where(file=file, line=first + min(found) - 1) if found else None


def _is_self(node: ast.Attribute, attribute: str) -> bool:
    return isinstance(node.ctx, ast.Store) and node.attr == attribute and isinstance(node.value, ast.Name) and node.value.id == "self"
