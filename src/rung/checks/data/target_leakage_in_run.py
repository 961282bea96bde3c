"""D301 seen in a run: the target is among the features, or a feature was worked out from it."""

from __future__ import annotations

from collections.abc import Iterator

from rung.core.finding import Confidence, Finding, Remedy, Subject
from rung.core.marks import witness
from rung.facts.run_code import act_and_bite, at, score_words
from rung.facts.run_reading import ReadLearning
from rung.facts.run_target import Known, RunTarget, run_target

WORDS = {
    "itself": "The target '{target}' itself is among the features chosen at {act}",
    "from-target": "'{column}', a feature, is worked out from the target '{target}' in its own row at {act}",
    "to-target": "The target '{target}' is worked out from {columns}, and the features chosen at {act} hold {them}",
}
FIXES = {
    "itself": "Leave '{target}' out of the features: frame.drop(columns=[{target!r}]).",
    "from-target": "Leave '{column}' out: it is not known before the answer is.",
    "to-target": "Leave {columns} out of the features: they are the answer in other words.",
}


@witness("D301")
def target_leakage_in_run(target: RunTarget) -> Iterator[Finding]:
    """By the history of columns. Earlier rows of the target, and its statistics by group, are other things and silent here."""
    for each in target.known[:3]:
        yield _finding(target, each)


@witness("D301")
def target_leakage_in_source(read: ReadLearning, target: RunTarget | None) -> Iterator[Finding]:
    """The same by the source alone, for what the run could not follow."""
    if target is None or not target.known:
        told = run_target(read.learning.scorings)
        for each in told.known[:2]:
            yield _finding(told, each)


def _finding(target: RunTarget, each: Known) -> Finding:
    trace, bite = target.history.trace, each.scoring.event
    columns = ", ".join(f"'{name}'" for name in each.columns[:3])
    words = {
        "target": each.target,
        "column": each.columns[0],
        "columns": columns,
        "them": "it" if len(each.columns) == 1 else "them",
        "act": at(each.act),
    }
    return Finding(
        subject=Subject(kind="line", names=each.columns, where=each.act.where, detail=each.act.code),
        message=f"{WORDS[each.kind].format(**words)} ({score_words(bite)}, {at(bite)}).",
        confidence=Confidence.NEAR_CERTAIN if trace.counted else Confidence.LIKELY,
        evidence=act_and_bite(trace, each.act, bite, act_title="Where the answer comes in"),
        remedy=Remedy(fix=FIXES[each.kind].format(**words)),
    )
