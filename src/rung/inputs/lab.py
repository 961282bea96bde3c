"""What an experiment is handed: ask for facts, or go on with one input changed."""

from __future__ import annotations

from typing import Protocol, TypeVar

Wanted = TypeVar("Wanted")


class Lab(Protocol):
    """The ledger as experiments see it."""

    def ask(self, wanted: type[Wanted]) -> Wanted:
        """The input or fact of this type. Raises Unavailable with the reason where it cannot exist."""
        ...

    def vary(self, *inputs: object) -> Lab:
        """The same investigation with these inputs in place of those of the same type; untouched facts are kept."""
        ...

    def has(self, wanted: type) -> bool:
        """Whether an input of this type was given."""
        ...
