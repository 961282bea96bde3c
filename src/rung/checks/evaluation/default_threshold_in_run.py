"""E201 seen in a run: a rare class is called at one half, and hardly ever."""

from __future__ import annotations

from collections.abc import Iterator

from rung.core.evidence import Bars
from rung.core.finding import Confidence, Finding, Remedy, Severity, Subject
from rung.core.marks import witness
from rung.facts.run_calls import RareCalls, RunCalls
from rung.facts.run_code import act_and_bite, at, score_words

RARE = 0.15  # share of the class below which one half is a threshold that hardly anything reaches
MISSED = 0.5  # calls as a share of what there is: below, at least every second one is missed by construction
MIN_ROWS = 10  # of the class among the scored


@witness("E201")
def default_threshold_in_run(calls: RunCalls) -> Iterator[Finding]:
    """Hard calls of a rare class by `predict`, fewer than half as many as there are, in a script that weighs, resamples and cuts nothing itself."""
    for each in calls.calls:
        if each.share < RARE and each.called < MISSED * each.share and each.share * each.n >= MIN_ROWS:
            yield _finding(calls, each)
            return


def _finding(calls: RunCalls, each: RareCalls) -> Finding:
    trace, act = calls.scorings.history.trace, each.scoring.predict or each.event
    return Finding(
        subject=Subject(kind="line", names=(each.event.metric.name if each.event.metric else "predict",), where=act.where, detail=act.code),
        message=(
            f"{score_words(each.event)} ({at(each.event)}) is of calls at one half: {each.called:.1%} of the rows are called '{each.label}' ({at(act)}), "
            f"{each.share:.1%} are. Nobody chose that threshold."
        ),
        severity=Severity.WARNING,
        confidence=Confidence.LIKELY,
        evidence=(
            *act_and_bite(trace, act, each.event, act_title="Where the rows are called"),
            Bars(
                title=f"Rows of '{each.label}'",
                labels=("there are", "called"),
                values=(each.share, each.called),
                marked=("called",),
                unit="share",
            ),
        ),
        remedy=Remedy(
            fix="Choose the threshold by what a miss and a false alarm cost, inside cross-validation: TunedThresholdClassifierCV(model).fit(X_train, y_train)."
        ),
    )
