"""Which functions of SciPy are observed."""

from __future__ import annotations

from types import ModuleType

from rung.record.script.recorder import Spec
from rung.record.script.statistics import rescaled
from rung.record.script.wrap import Installer


def attach(module: ModuleType, install: Installer) -> None:
    """Scores in standard deviations."""
    for name in ("zscore", "gzscore"):
        install.function(module, name, Spec("reduce", f"scipy.stats.{name}", rescaled))
