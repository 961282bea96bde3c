"""Attributes that were replaced for the time of a run, and their way back."""

from __future__ import annotations

from typing import Any

ABSENT = object()


class Patches:
    """Replaces attributes of modules and classes, and puts the originals back in reverse order."""

    def __init__(self) -> None:
        self._done: list[tuple[Any, str, object, object]] = []
        self._codes: list[tuple[Any, Any]] = []

    def put(self, owner: Any, name: str, value: object) -> None:
        """Replace `owner.name`, as it stands in the owner's own dictionary."""
        self._done.append((owner, name, vars(owner).get(name, ABSENT), value))
        setattr(owner, name, value)

    def code(self, function: Any, like: Any) -> None:
        """Let a function run the code of another under its own name and file; whoever imported it sees no difference."""
        self._codes.append((function, function.__code__))
        function.__code__ = like.__code__.replace(co_filename=function.__code__.co_filename, co_name=function.__code__.co_name)

    def undo(self) -> None:
        """Put everything back, except what somebody else has replaced since."""
        while self._codes:
            function, before = self._codes.pop()
            function.__code__ = before
        while self._done:
            owner, name, before, ours = self._done.pop()
            if vars(owner).get(name, ABSENT) is not ours:
                continue
            if before is ABSENT:
                delattr(owner, name)
            else:
                setattr(owner, name, before)
