"""D114 seen in a run: columns of categories made for the scored rows apart, so that categories the fit never saw are dropped in silence."""

from __future__ import annotations

from collections.abc import Iterator

from rung.core.finding import Confidence, Finding, Remedy, Subject
from rung.core.marks import witness
from rung.facts.run_code import act_and_bite, at, score_words
from rung.facts.run_serving import RunServing, Skew


@witness("D114")
def unseen_categories_in_run(serving: RunServing) -> Iterator[Finding]:
    """Dummies were made once for each part, and those of the scored rows have columns that the fit never saw."""
    for each in serving.skews:
        if each.kind == "categories":
            yield _finding(serving, each)


def _finding(serving: RunServing, each: Skew) -> Finding:
    trace, bite = serving.history.trace, each.scoring.event
    shown = ", ".join(f"'{name}'" for name in each.names[:4])
    return Finding(
        subject=Subject(kind="line", names=each.names, where=each.act.where, detail=each.act.code),
        message=f"{len(each.names)} columns of categories made at {at(each.act)} were not there in the fit ({shown}): their rows look like rows of no category ({score_words(bite)}, {at(bite)}).",
        confidence=Confidence.NEAR_CERTAIN,
        evidence=act_and_bite(
            trace, each.act, each.other or bite, act_title="Categories of the scored rows", bite_title="Categories of the rows fitted on"
        ),
        remedy=Remedy(fix="Use one OneHotEncoder(handle_unknown='infrequent_if_exist', min_frequency=...) fitted on the training rows."),
    )
