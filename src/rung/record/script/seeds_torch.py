"""torch's global seed."""

from __future__ import annotations

from rung.record.script.seeds import attach_torch as attach

__all__ = ["attach"]
