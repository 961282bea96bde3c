"""E302: groups that must be served alike are not."""

from __future__ import annotations

from collections.abc import Iterator

from rung.core.evidence import Bars
from rung.core.finding import Confidence, Finding, Remedy, Severity, Subject
from rung.core.marks import check
from rung.facts.group_rates import Gap, GroupRates

RATIO = 1.3  # of two mean absolute errors, lower bound; chosen by hand


@check("E302", severity="warning", explains=("weak-slice", "confident-errors"))
def group_disparity(rates: GroupRates, *, min_gap: float = 0.08) -> Iterator[Finding]:
    """One group bears more misses, false alarms or errors than all others.

    Why it matters:
        An average that is good for most can be bad for one group of people, one site, one supplier; law and trust look at that group.
    Likely cause:
        Few training rows of the group, features that measure it worse, labels that were given differently, or one threshold for groups of different risk.
    How it decides:
        Columns that the contract declares as protected, columns with a usual name (sex, age, nationality ...) and the entity. Each group against all other rows: error
        rate, missed positives over all positives, false alarms over all negatives, or mean absolute error, with intervals that hold for all comparisons at
        once (1 %). Declared columns: a warning where the gap is at least `min_gap` (numbers: 1.3 times the other error), its lower end a quarter of it. Others: a
        warning only for classes, where the errors of the group also exceed by that much what the model's own confidence lets expect; else a note, since
        groups differ in how hard they are.
    When it is wrong:
        Groups of different prevalence have different miss and false-alarm rates under the best of models: whether that is wrong is decided by people.
    Fix:
        Look first whether the group's rows are few, its labels different, its features missing; then at thresholds by group where that is allowed.
    Verify:
        The rates of all groups on new rows, with intervals.
    Prevent:
        Declare the columns as protected; the build then compares them.
    Sources:
        Newcombe (1998) for the differences; Hardt, Price & Srebro (2016) on misses and false alarms. Floors chosen by hand, see fault bench.

    min_gap : gap of two rates; where nothing is declared, the lower end of its simultaneous interval
    """
    told: set[str] = set()
    for gap in rates.gaps:
        severity = _severity(gap, min_gap)
        if severity is None or gap.condition.column in told:
            continue
        told.add(gap.condition.column)
        yield _finding(gap, rates, severity)


def _severity(gap: Gap, min_gap: float) -> Severity | None:
    numbers = gap.rate == "mean absolute error"
    floor = (RATIO - 1) * gap.outside.value if numbers else min_gap
    near = floor / 4 if gap.declared else floor  # who declares a column asks about it: the gap must be large, and surely there
    if gap.difference.low < near or gap.difference.value < floor or gap.inside.value < 1.25 * gap.outside.value:
        return None
    return Severity.WARNING if gap.declared or (gap.excess.low >= floor and not numbers) else Severity.NOTE


def _finding(gap: Gap, rates: GroupRates, severity: Severity) -> Finding:
    column = gap.condition.column
    same = [each for each in rates.gaps if each.condition.column == column and each.rate == gap.rate]
    shown = sorted(same, key=lambda each: -each.inside.value)[:20]
    number = (lambda value: f"{value:.4g}") if gap.rate == "mean absolute error" else (lambda value: f"{value:.1%}")
    return Finding(
        subject=Subject(kind="slice", names=(column,), detail=gap.condition.text),
        message=f"{gap.rate.capitalize()} where {gap.condition.text}: {number(gap.inside.value)} ({number(gap.inside.low)} to {number(gap.inside.high)}, {gap.n:,} rows), "
        f"all others {number(gap.outside.value)}.",
        severity=severity,
        confidence=Confidence.NEAR_CERTAIN if gap.declared else Confidence.LIKELY,
        evidence=(
            Bars(
                title=f"{gap.rate.capitalize()} by {column}",
                labels=tuple(each.condition.text for each in shown),
                values=tuple(each.inside.value for each in shown),
                lows=tuple(each.inside.low for each in shown),
                highs=tuple(each.inside.high for each in shown),
                marked=(gap.condition.text,),
                reading=f"The gap to all others is {gap.difference.value:+.3g} ({gap.difference.low:+.3g} to {gap.difference.high:+.3g}), simultaneous.",
            ),
        ),
        remedy=Remedy(
            fix=f"Compare the rows with {gap.condition.text} to the others: how many were trained on, which features are missing, who labelled them."
        ),
    )
