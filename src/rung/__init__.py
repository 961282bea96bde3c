"""rung: the debugger for machine-learning models.

    report = rung.diagnose(train, target="late", test=test, model=model)

Names the root cause with evidence, a fix, an experiment that proves the fix, and a guard.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rung.core.errors import RungError as RungError
    from rung.core.report import Report as Report
    from rung.inputs.contract import Contract as Contract
    from rung.interfaces.api import diagnose as diagnose
    from rung.interfaces.api import explain as explain
    from rung.interfaces.api import rules as rules
    from rung.interfaces.callbacks import callback as callback
    from rung.interfaces.callbacks import follow as follow
    from rung.interfaces.operate import compare as compare
    from rung.interfaces.operate import snapshot as snapshot
    from rung.interfaces.reports import diff as diff
    from rung.interfaces.reports import guard as guard
    from rung.interfaces.reports import read_report as read_report
    from rung.interfaces.reports import write_report as write_report
    from rung.interfaces.script import run as run
    from rung.interfaces.training import check as check
    from rung.interfaces.watching import watch as watch

# Loaded when first used: `import rung` must stay cheap.
_PUBLIC = {
    "diagnose": "rung.interfaces.api",
    "explain": "rung.interfaces.api",
    "rules": "rung.interfaces.api",
    "run": "rung.interfaces.script",
    "callback": "rung.interfaces.callbacks",
    "load_ipython_extension": "rung.interfaces.magic",
    "check": "rung.interfaces.training",
    "follow": "rung.interfaces.callbacks",
    "watch": "rung.interfaces.watching",
    "compare": "rung.interfaces.operate",
    "snapshot": "rung.interfaces.operate",
    "diff": "rung.interfaces.reports",
    "guard": "rung.interfaces.reports",
    "read_report": "rung.interfaces.reports",
    "write_report": "rung.interfaces.reports",
    "Contract": "rung.inputs.contract",
    "Report": "rung.core.report",
    "RungError": "rung.core.errors",
}
__all__ = [
    "Contract",
    "Report",
    "RungError",
    "callback",
    "check",
    "compare",
    "diagnose",
    "diff",
    "explain",
    "follow",
    "guard",
    "read_report",
    "rules",
    "run",
    "snapshot",
    "watch",
    "write_report",
]


def __getattr__(name: str) -> object:
    if name in _PUBLIC:
        return getattr(import_module(_PUBLIC[name]), name)
    raise AttributeError(f"module 'rung' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*globals(), *_PUBLIC])
