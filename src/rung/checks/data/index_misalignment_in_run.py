"""D203 seen in a run: values were put into a table by index labels that are not those of their rows."""

from __future__ import annotations

from collections.abc import Iterator

from rung.core.finding import Confidence, Finding, Remedy, Subject
from rung.core.marks import witness
from rung.facts.run_code import act_and_bite, at
from rung.facts.run_pairs import JoinedByLabel, RunPairs


@witness("D203")
def index_misalignment_in_run(pairs: RunPairs) -> Iterator[Finding]:
    """Pandas joins by label: one side lost its labels (reset_index, an array made a frame), the other kept them, so values land in other rows or nowhere."""
    spoken: set[object] = set()
    for each in pairs.by_label:
        place = each.event.where
        if place not in spoken:
            spoken.add(place)
            yield _finding(pairs, each)


def _finding(pairs: RunPairs, each: JoinedByLabel) -> Finding:
    trace, act = pairs.history.trace, each.act or each.event
    what = f"'{each.column}'" if each.column else "a table"
    return Finding(
        subject=Subject(kind="line", names=(each.column,) if each.column else (), where=each.event.where, detail=each.event.code),
        message=(
            f"{what} is put beside a table with other index labels at {at(each.event)}: its own were reset to 0..n-1 at {at(act)}, so that its values land in "
            "other rows, or are missing."
        ),
        confidence=Confidence.LIKELY,
        evidence=act_and_bite(trace, each.event, act, act_title="Joined by label", bite_title="Where the labels were lost"),
        remedy=Remedy(
            fix="Keep the labels: pd.DataFrame(values, index=frame.index), no reset_index on one side only; or assign .to_numpy() where the order is the same."
        ),
    )
