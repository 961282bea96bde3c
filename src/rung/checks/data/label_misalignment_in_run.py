"""D202 seen in a run: X and y of a fit are not the same rows in the same order."""

from __future__ import annotations

from collections.abc import Iterator

from rung.core.evidence import Measure
from rung.core.finding import Confidence, Finding, Remedy, Severity, Subject
from rung.core.marks import witness
from rung.facts.run_code import act_and_bite, at
from rung.facts.run_pairs import Parted, RunPairs


@witness("D202")
def label_misalignment_in_run(pairs: RunPairs) -> Iterator[Finding]:
    """The labels handed to a fit belong to other rows than the features: row numbers differ place by place, though both come from the same rows."""
    spoken: set[object] = set()
    for each in pairs.parted:
        place = (each.act or each.event).where
        if place not in spoken:
            spoken.add(place)
            yield _finding(pairs, each)
            return  # every later fit and score of the same data would tell it again


def _finding(pairs: RunPairs, each: Parted) -> Finding:
    trace, act = pairs.history.trace, each.act or each.event
    how = f"{each.wrong:.0%} of {each.n:,} places, first at row {each.first}" if trace.counted else "from the first row that was moved on"
    return Finding(
        subject=Subject(kind="line", names=("y",), rows=(each.first,) if trace.counted else (), where=act.where, detail=act.code),
        message=f"X and y do not hold the same rows in the same order where {at(each.event)} reads them ({how}); their orders part at {at(act)}.",
        severity=Severity.CRITICAL if each.wrong > 0.2 else Severity.ERROR,
        confidence=Confidence.NEAR_CERTAIN if trace.counted else Confidence.LIKELY,
        evidence=(
            *act_and_bite(trace, act, each.event, act_title="Where the orders part", bite_title="Where both are read"),
            *((Measure(title="Share of rows with the label of another row", value=each.wrong, limit=0.0),) if trace.counted else ()),
        ),
        remedy=Remedy(fix="Move the labels with the rows: take y from the table after it was sorted, filtered or merged."),
    )
