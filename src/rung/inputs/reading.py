"""`Reading`: what can be told of a script from its source alone, beside the trace of its run."""

from __future__ import annotations

from dataclasses import dataclass

from rung.inputs.trace import Trace


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Reading:
    """The source of a script that was run, read as well.

    trace : as of a run, with symbols for rows (`counted` is False). Rules ask it where the run could not be followed.
    """

    trace: Trace
