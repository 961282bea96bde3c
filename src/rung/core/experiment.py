"""What an experiment reports: one change, measured before and after on the same rows."""

from __future__ import annotations

from dataclasses import dataclass

from rung.core.finding import Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A number with its interval; `n` is the rows or folds behind it."""

    value: float
    low: float
    high: float
    n: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """The result of changing one thing.

    changed : what was changed, in words.   metric : the score that was compared.
    before, after : the score with and without the fault.   difference : after minus before, paired.
    placebo : the same difference for a harmless change of the same kind, None where there is none.
    expected : the direction that confirms: 'falls' for a leak, 'rises' for a repair, 'holds' for a harmless removal.
    why : one sentence that gives the reason of the verdict.
    """

    experiment: str
    changed: str
    metric: str
    before: Estimate
    after: Estimate
    difference: Estimate
    expected: str
    verdict: Verdict
    why: str
    placebo: Estimate | None = None
    seconds: float = 0.0
    key: str = ""
