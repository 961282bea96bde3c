"""The recorder of scripts: writes a `Trace` of what an unmodified program did to its data."""

from __future__ import annotations

from rung.record.hook import Hook


def hook() -> Hook:
    """A fresh recorder for one run."""
    from rung.record.script.attach import ScriptHook

    return ScriptHook()
