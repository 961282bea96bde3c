"""O103: the model says other things in production than on the reference."""

from __future__ import annotations

import math
from collections.abc import Iterator

from rung.core.evidence import Evidence
from rung.core.finding import Confidence, Finding, Remedy, Severity, Subject
from rung.core.marks import check
from rung.facts.column_charts import shift_chart
from rung.facts.current_drift import Drift
from rung.facts.current_scores import ScoreDrift
from rung.facts.damage import Damage
from rung.facts.drift_charts import course_chart, harm, harm_chart, since
from rung.facts.time_line import TimeLine

ALPHA = 0.001  # score and answers together, one pair of tables
# Where the model may have seen the reference rows its scores there are too sure by themselves: only a distance that no such excess explains is a warning. By hand.
UNSEEN = 0.4
# Clones that were fitted on fewer rows are a little sharper or blunter than the model. By hand, on real tables.
CLONES = 0.2


@check("O103", severity="warning", explains=("performance-decay", "miscalibration"))
def prediction_drift(drift: ScoreDrift, damage: Damage | None, line: TimeLine | None, *, min_distance: float = 0.1) -> Iterator[Finding]:
    """The model's scores or answers are distributed otherwise in production than on reference rows.

    Why it matters:
        Whatever acts on the answers acts on another share of rows; without labels it is the nearest sign of trouble.
    Likely cause:
        Inputs that moved or are prepared otherwise, another mix of cases, or another version of the model.
    How it decides:
        Scores of reference rows that the model had not seen (test rows, or out of fold) against those in production: Kolmogorov-Smirnov and total variation, both
        against sampling and, for production after the reference, against how far windows of the reference lie apart by themselves. 0.1 % for the pair, and a distance of
        `min_distance`. Where the model may have seen the reference
        rows it stays a note below 0.4, and against clones of the model below 0.2.
    When it is wrong:
        The population did change and the model follows it rightly.
    Fix:
        Find the input that moved first; without one, compare the model's version and its preparation with those of training.
    Verify:
        The distance of the scores falls below 0.1 once the input is mended.
    Prevent:
        Compare each day's scores with a snapshot of the reference: rung compare reference.json today.parquet --model model.joblib.
    Sources:
        Rabanser et al. (2019), Failing loudly; Lipton et al. (2018) on label shift seen through the predictions.

    min_distance : distance from which scores or answers are named, 0..1.
    """
    both = [each for each in (drift.score, drift.answers) if each is not None]
    moved = [each for each in both if each.p * len(both) < ALPHA and each.size >= min_distance]
    if not moved:
        return
    first = max(moved, key=lambda each: each.size)
    loud = first.size >= (UNSEEN if not drift.trusted else CLONES if drift.clones else min_distance)
    severity = Severity.WARNING if loud and (drift.split == "random" or math.isfinite(first.natural)) else Severity.NOTE
    yield Finding(
        subject=Subject(kind="model", names=(first.name,), detail=f"scores against those of {drift.origin}"),
        message=_message(first, drift, damage, line),
        severity=severity,
        confidence=Confidence.LIKELY if drift.trusted else Confidence.POSSIBLE,
        evidence=_evidence(moved, damage, line),
        remedy=Remedy(
            fix="Mend the input that moved first; without one, compare the model's version and preparation with those of training."
        ),
    )


def _message(first: Drift, drift: ScoreDrift, damage: Damage | None, line: TimeLine | None) -> str:
    what = (
        _shares(first)
        if first.shift.labels
        else f"median {first.shift.median_train:.3g} on the reference, {first.shift.median_other:.3g} now"
    )
    mover = drift.inputs
    cause = (
        f" Of its inputs '{mover.name}' moved most (distance {mover.size:.2f})." if mover is not None and mover.size >= 0.1
        else " No input moved by itself: look for a joint change, or another version of the model." if mover is not None else ""
    )  # fmt: skip
    own = "" if drift.trusted else " The model may have seen the reference rows, which makes its scores there more extreme."
    name = "answers" if first.shift.labels else "scores"
    return f"The model's {name} moved by a distance of {first.size:.2f}{since(line, 'score')}: {what}.{cause}{own}{harm(damage)}"


def _shares(first: Drift) -> str:
    label, a, b = max(
        zip(first.shift.labels, first.shift.train_shares, first.shift.other_shares, strict=True), key=lambda each: abs(each[1] - each[2])
    )
    return f"'{label}' {a:.1%} of the answers on the reference, {b:.1%} now"


def _evidence(moved: list[Drift], damage: Damage | None, line: TimeLine | None) -> tuple[Evidence, ...]:
    found: list[Evidence] = [shift_chart(each.shift, "production") for each in moved]
    chart = course_chart(line, ("score",)) if line is not None else None
    found += [chart] if chart is not None else []
    return (*found, *harm_chart(damage))
