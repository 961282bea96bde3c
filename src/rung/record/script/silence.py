"""Warnings that the program hides.

Nothing listens to `warnings` itself: its filters are copied, pickled and sent to other processes by libraries. What a library would have warned
of is read off the state it warned about (a fit that stopped at its limit), and whether the user saw it off the filters.
"""

from __future__ import annotations

import sys
import warnings
from typing import Any

from rung.record.script import values
from rung.record.script.recorder import Draft, Recorder, Spec, Work
from rung.record.script.wrap import Installer


def attach(install: Installer) -> None:
    """Notice filters that hide."""
    for name in ("simplefilter", "filterwarnings"):
        install.function(warnings, name, Spec("silence", f"warnings.{name}", silenced))


def silenced(recorder: Recorder, draft: Draft, args: Any, kwargs: Any) -> Work:
    """A filter is set; those that ignore are told."""
    action = args[0] if args else kwargs.get("action", "")
    draft.keep = action == "ignore"
    category = kwargs.get("category") or next((each for each in args[1:] if isinstance(each, type)), Warning)
    message = kwargs.get("message") or next((each for each in args[1:] if isinstance(each, str)), "")
    draft.settings |= {"action": str(action), "category": category.__name__, "message": values.plain(message)}
    yield


def warned(recorder: Recorder, cause: Draft, category: str, text: str) -> None:
    """An event for a warning that the call `cause` gave; `swallowed` where a filter of the program hid it."""
    draft = Draft(id=len(recorder.drafts), kind="warning", call=f"warnings.{category}", where=cause.where, file=cause.file)
    draft.line = cause.line
    draft.function, draft.parent, draft.depth = cause.function, cause, cause.depth + 1
    draft.settings |= {"category": category, "message": text, "swallowed": hidden(category)}
    recorder.drafts.append(draft)


def hidden(category: str) -> bool:
    """Whether the first filter that fits a warning of this class ignores it."""
    exceptions: Any = sys.modules.get("sklearn.exceptions")
    kind = getattr(exceptions, category, UserWarning)
    for action, message, wanted, module, _ in warnings.filters:
        if message is None and module is None and issubclass(kind, wanted):
            return action == "ignore"
    return False
