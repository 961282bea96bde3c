"""D206 as a note: many labels are contradicted, and nothing tells errors from honest doubt."""

from __future__ import annotations

from collections.abc import Iterator

from rung.core.finding import Confidence, Finding, Remedy, Severity, Subject
from rung.core.marks import witness
from rung.facts.label_doubts import LabelDoubts
from rung.facts.target import Target

SURE = 1.39  # log-odds of four fifths
LEAST = 10


@witness("D206")
def label_errors_or_doubt(target: Target, doubts: LabelDoubts, *, min_rate: float = 0.02) -> Iterator[Finding]:
    """Labels that two learners contradict; heard only where the check itself found nothing surer."""
    doubted = int((doubts.sure >= SURE).sum())
    if doubted < max(LEAST, min_rate * doubts.n):
        return
    rows = doubts.rows
    yield Finding(
        subject=Subject(kind="rows", names=(target.name,), rows=tuple(rows[:50].tolist()), detail="the surest contradictions first"),
        message=f"{doubted:,} of {doubts.n:,} labels are contradicted by two learners that are four fifths sure; whether these are errors or honest "
        "doubt cannot be told here.",
        severity=Severity.NOTE,
        confidence=Confidence.POSSIBLE,
        evidence=doubts.flipped(target.classes)[-1:],
        remedy=Remedy(
            fix=f"Look at the listed rows and correct '{target.name}' where it is wrong.",
            patch=f"print(train.iloc[{rows[:20].tolist()}])  # then: train = train.drop(index=train.index[wrong])",
        ),
    )
