"""D302 seen in a run: a feature was made by looking ahead in the rows."""

from __future__ import annotations

from collections.abc import Iterator

from rung.core.finding import Confidence, Finding, Remedy, Severity, Subject
from rung.core.marks import witness
from rung.facts.run_code import act_and_bite, at, place, score_words
from rung.facts.run_reading import ReadLearning
from rung.facts.run_time import LookAhead, RunTime, run_time


@witness("D302")
def temporal_leakage_in_run(times: RunTime) -> Iterator[Finding]:
    """A feature holds values of later rows. Where such a step only makes the label, it is what is to be foretold, and silent."""
    for each in times.ahead[:4]:
        yield _finding(times, each)


@witness("D302")
def temporal_leakage_in_source(read: ReadLearning, times: RunTime | None) -> Iterator[Finding]:
    """The same by the source alone, for what the run could not follow."""
    if times is None or not times.ahead:
        told = run_time(read.learning.scorings)
        for each in told.ahead[:2]:
            yield _finding(told, each)


def _finding(times: RunTime, each: LookAhead) -> Finding:
    trace, act, bite = times.history.trace, each.event, each.scoring.event
    filled = "filled" in each.how
    named = f" ('{each.written[0]}')" if each.written else ""
    return Finding(
        subject=Subject(kind="line", names=each.written or (act.call.rpartition(".")[2],), where=each.where or act.where, detail=act.code),
        message=f"A feature{named} looks ahead at {place(each.where or act.where)}: {each.how}. It is behind {score_words(bite)} ({at(bite)}).",
        severity=Severity.NOTE if filled else Severity.ERROR,
        confidence=Confidence.LIKELY,
        evidence=act_and_bite(trace, act, bite, act_title="Where the future comes in"),
        remedy=Remedy(
            fix="Use earlier rows only: shift(1) and more, windows that end before the row (shift(1).rolling(k)), gaps filled forward."
        ),
    )
