"""Which callables of NumPy are observed."""

from __future__ import annotations

from types import ModuleType

from rung.record.script.wrap import Installer


def attach(numpy: ModuleType, install: Installer) -> None:
    """Wrap module functions that move rows or mix them."""
