"""D302 seen in a run: overlapping windows of one series went to both sides of a split."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from rung.core.evidence import Measure
from rung.core.finding import Confidence, Finding, Remedy, Severity, Subject
from rung.core.marks import witness
from rung.facts.run_code import act_and_bite, at, score_words
from rung.facts.run_windows import RunWindows, Windows

MIN_MOVED = 2  # columns that move on: one alone may be a lag that is kept beside its column
MOSTLY = 0.5  # a split at random leaves nearly every held row a neighbour, one in blocks only those at the edges
MIN_ALIKE = 0.2  # neighbours whose labels have less in common give each other little away
SURE = 4.0  # standard errors


@witness("D302")
def temporal_leakage_by_windows(windows: RunWindows) -> Iterator[Finding]:
    """Neighbouring rows share all but the ends of their windows, and their labels go together: a row held out is known from its neighbours.

    Silent for splits forward in time or in blocks, for windows that do not meet, and where neighbours' labels have nothing in common.
    """
    for each in windows.windows:
        told = np.isfinite(each.alike) and each.alike > max(MIN_ALIKE, SURE / np.sqrt(max(each.n, 1)))
        if each.moved >= MIN_MOVED and each.beside > MOSTLY and told:
            yield _finding(windows, each)
            return


def _finding(windows: RunWindows, each: Windows) -> Finding:
    trace, bite = windows.history.trace, each.score or each.split
    last = f" ({score_words(bite)}, {at(bite)})" if each.score is not None else ""
    return Finding(
        subject=Subject(kind="line", names=("windows",), where=each.split.where, detail=each.split.code),
        message=(
            f"Overlapping windows of one series are split at random at {at(each.split)}: {each.beside:.0%} of the held rows have a neighbour among the rows fitted on, "
            f"which holds the same values one step on; neighbours' labels go together with {each.alike:.2f}{last}."
        ),
        severity=Severity.ERROR,
        confidence=Confidence.LIKELY,
        evidence=(
            *act_and_bite(trace, each.split, bite, act_title="Where neighbours go to both sides"),
            Measure(title="Held rows with a neighbour on the other side", value=each.beside, limit=MOSTLY),
            Measure(title="Neighbours' labels, correlation", value=each.alike, limit=MIN_ALIKE),
        ),
        remedy=Remedy(
            fix="Split forward in time, with a gap as long as a window: the first rows to fit on, the last to score; or TimeSeriesSplit(gap=...).",
        ),
    )
