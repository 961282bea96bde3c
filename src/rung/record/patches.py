"""Attributes that were replaced for the time of a run, and their way back."""

from __future__ import annotations

from typing import Any

ABSENT = object()


class Patches:
    """Replaces attributes of modules and classes, and puts the originals back in reverse order."""

    def __init__(self) -> None:
        self._done: list[tuple[Any, str, object, object]] = []

    def put(self, owner: Any, name: str, value: object) -> None:
        """Replace `owner.name`, as it stands in the owner's own dictionary."""
        self._done.append((owner, name, vars(owner).get(name, ABSENT), value))
        setattr(owner, name, value)

    def undo(self) -> None:
        """Put everything back, except what somebody else has replaced since."""
        while self._done:
            owner, name, before, ours = self._done.pop()
            if vars(owner).get(name, ABSENT) is not ours:
                continue
            if before is ABSENT:
                delattr(owner, name)
            else:
                setattr(owner, name, before)
