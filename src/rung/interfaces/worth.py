"""What is asked of a finished investigation: the honest score, and how good it could be."""

from __future__ import annotations

import time

from rung.core.errors import Unavailable
from rung.core.worth import HonestScore
from rung.engine import discover
from rung.engine.run import Investigation, Progress
from rung.experiments.honest import honest_score


def honest(work: Investigation, started: float, progress: Progress) -> HonestScore | None:
    """The honest score, None where nothing was proven or measured: without experiments, after an interrupt, without a target.

    started : `time.perf_counter()` at the start of the run; what is left of the budget is counted from there.
    """
    if not work.settings.experiments or work.settings.budget <= 0 or work.interrupted.startswith("interrupted"):
        return None
    progress("the honest score", 0.99)
    try:
        return honest_score(work.ledger, tuple(work.findings), discover.helpers("take-out"), _left(work, started))  # type: ignore[arg-type]
    except Unavailable:
        return None
    except KeyboardInterrupt:
        work.interrupted = work.interrupted or "interrupted by the user"
        return None


def _left(work: Investigation, started: float) -> float:
    """Seconds of the budget that the experiments did not use."""
    return work.settings.budget - (time.perf_counter() - started)
