"""What one run of the bench is: a base script, the edits that plant the fault, and the truth."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

BASES = Path(__file__).parent / "bases"


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One training run.

    base : name of the script in `bases/`.   edits : (old, new) texts; each old text stands in the script exactly once.
    slugs : names of rules that would be right as the first finding; empty for a healthy run.
    layers : module paths or parameters of which one must be named; empty where the fault has no place in the net.
    """

    name: str
    base: str
    edits: tuple[tuple[str, str], ...] = ()
    slugs: tuple[str, ...] = ()
    layers: tuple[str, ...] = ()

    @property
    def source(self) -> str:
        """The script with its edits. Raises ValueError where an edit does not fit."""
        text = (BASES / f"{self.base}.py").read_text()
        for old, new in self.edits:
            if text.count(old) != 1:
                message = f"{self.name}: {old!r} stands {text.count(old)} times in {self.base}.py"
                raise ValueError(message)
            text = text.replace(old, new)
        return text


def faulty(name: str, base: str, slugs: str, *edits: tuple[str, str], layers: str = "") -> Run:
    """A run with a planted fault; `slugs` and `layers` are separated by blanks."""
    return Run(name=name, base=base, edits=edits, slugs=tuple(slugs.split()), layers=tuple(layers.split()))


def healthy(name: str, base: str, *edits: tuple[str, str]) -> Run:
    """A run in which nothing is wrong."""
    return Run(name=name, base=base, edits=edits)
