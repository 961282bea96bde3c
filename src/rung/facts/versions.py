"""Under which library versions the model was saved, and which are installed."""

from __future__ import annotations

import importlib.metadata
import re
from dataclasses import dataclass

from rung.core.errors import Unavailable
from rung.core.marks import fact
from rung.inputs.model import Model


@dataclass(frozen=True, slots=True, kw_only=True)
class LibraryVersion:
    """One library. `saved` and `installed` as they read; numbers are their parts, () where they do not parse. installed is '' where it is missing."""

    library: str
    saved: str
    installed: str

    @property
    def numbers(self) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """(saved, installed) as tuples of numbers, pre-release words left out."""
        return parts(self.saved), parts(self.installed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Versions:
    """Every library whose version the artefact tells."""

    libraries: tuple[LibraryVersion, ...]


@fact(cost="instant")
def versions(model: Model) -> Versions:
    """Unavailable where the artefact does not say."""
    if not model.versions:
        raise Unavailable("the artefact does not say under which versions it was saved")
    found = [LibraryVersion(library=name, saved=saved, installed=_installed(name)) for name, saved in model.versions.items()]
    return Versions(libraries=tuple(found))


def _installed(library: str) -> str:
    try:
        return importlib.metadata.version(library)
    except importlib.metadata.PackageNotFoundError:
        return ""


def parts(version: str) -> tuple[int, ...]:
    """The release numbers at the head of a version: '1.9.1rc2' -> (1, 9, 1)."""
    head = re.match(r"v?(\d+(?:\.\d+)*)", version.strip())
    return tuple(int(each) for each in head.group(1).split(".")) if head else ()
