"""O105: the labels that have come are a biased sample of those that will."""

from __future__ import annotations

import math
from collections.abc import Iterator

from rung.core.evidence import Evidence, Line, Lines, Measure, Ranking
from rung.core.finding import Confidence, Finding, Remedy, Severity, Subject
from rung.core.marks import check
from rung.facts.label_delay import Delay

ALPHA = 0.001  # over all columns compared
Z = 1.5  # the 95 % interval is widened by this: 99.7 %, since it is read off a report that is made every day


@check("O105", severity="warning", explains=("performance-decay", "label-shift"))
def delayed_labels(
    delay: Delay, *, min_waiting: float = 0.05, min_bias: float = 0.02, min_relative: float = 0.1, min_auc: float = 0.06
) -> Iterator[Finding]:
    """Many production rows have no label yet, and the rows that have one differ from those that wait.

    Why it matters:
        Fast outcomes arrive first: a rate or a score of the labels at hand is that of another population, and an alarm on it is false or late.
    Likely cause:
        Outcomes take their time and the bad ones are reported sooner (or later); only acted-on cases are ever labelled.
    How it decides:
        Rows are grouped by age; an age is ripe when its labelled share comes near that of the oldest rows. Among unripe rows, labelled and waiting rows of the same age are
        compared in the score and in every column (rank test, Holm, 0.1 %, AUC at least `min_auc` from one half). The bias of the outcome is what early labels would have said
        where all have come by now (with a column of label times), or the youngest labels beside ripe rows of like score, beyond what ripe periods move by themselves (which may also be a real change: keep the times);
        else labelled rows weighted to the scores of all rows of their age.
    When it is wrong:
        Labels are missing for good and by chance; then labelled rows of all ages are alike and the rule is silent.
    Fix:
        Score ripe rows only; for younger ones weight by age and score, and say so beside the number.
    Verify:
        The rate of one cohort, followed over time, no longer moves once it counts as ripe.
    Prevent:
        Keep the time at which each label came (--label-time), and report by cohort.
    Sources:
        Little & Rubin (2002) on what is missing at random; Chapelle (2014), Modeling delayed feedback.

    min_waiting : share of rows without a label from which it is looked at.
    min_bias : bias of the outcome's mean from which it is a warning, in points of share.
    min_relative : the same over the mean, for rare outcomes and numbers.
    min_auc : distance from one half of the AUC by which labelled and waiting rows differ.
    """
    total = delay.labelled + delay.waiting
    if delay.waiting < min_waiting * total:
        return
    differs = [each for each in delay.differs if each[2] * len(delay.differs) < ALPHA and abs(each[1] - 0.5) >= min_auc]
    biased = _biased(delay, min_bias, min_relative)
    if not differs and not biased and delay.ripe is None:
        return
    yield Finding(
        subject=Subject(kind="rows", names=tuple(name for name, _, _ in differs[:10]), detail="labels that have not come"),
        message=_message(delay, differs, biased=biased),
        severity=Severity.WARNING if differs or biased else Severity.NOTE,
        confidence=Confidence.LIKELY,
        evidence=_evidence(delay),
        remedy=Remedy(fix=_fix(delay)),
    )


def _biased(delay: Delay, min_bias: float, min_relative: float) -> bool:
    bias = delay.bias
    if bias is None:
        return False
    half = Z * (bias.high - bias.low) / 2
    floor = min(min_bias, min_relative * abs(delay.rate)) if 0 <= delay.rate <= 1 else min_relative * abs(delay.rate)
    return abs(bias.value) > half and abs(bias.value) >= floor


def _message(delay: Delay, differs: list[tuple[str, float, float]], *, biased: bool) -> str:
    total = delay.labelled + delay.waiting
    first = f"{delay.waiting:,} of {total:,} production rows ({delay.waiting / total:.0%}) have no label yet"
    since = (
        f"; rows of {delay.ripe_from:.3g} days or more are ripe"
        if math.isfinite(delay.ripe_from)
        else "; even the oldest rows are not ripe yet"
    )
    ripe = since if delay.ripe is not None else ""
    how = (
        f"; those that have one differ from those of the same age that wait, most in '{differs[0][0]}' (AUC {differs[0][1]:.2f})"
        if differs
        else ""
    )
    return f"{first}{ripe}{how}{_much(delay) if biased else ''}."


def _much(delay: Delay) -> str:
    bias = delay.bias
    if bias is None:
        return ""
    size = f"{bias.value:+.3g} ({bias.low:+.3g} to {bias.high:+.3g})"
    if delay.method.startswith("ripe rows"):  # no time of a label tells which of the two it is
        return f"; the youngest labels have a mean outcome {size} beside {delay.method}: what comes early is of another kind, or the outcome has moved"
    return f"; early labels put the mean outcome {size} off, by {delay.method}"


def _fix(delay: Delay) -> str:
    if delay.ripe is not None and math.isfinite(delay.ripe_from):
        return f"Score rows of {delay.ripe_from:.3g} days or more; correct younger ones for age and score before anybody acts on them."
    return "Wait with the score, or weight labelled rows so that their scores are distributed as those of all rows."


def _evidence(delay: Delay) -> tuple[Evidence, ...]:
    found: list[Evidence] = []
    if delay.ages:
        found.append(Lines(
            title="Labelled share by age", x_label=f"age by '{delay.time}' (days for dates)", y_label="share with a label",
            lines=(Line(name="labelled", x=delay.ages, y=delay.shares),), reading="Where the curve is flat, labels have come; rows left of it are not ripe.",
        ))  # fmt: skip
    if delay.bias is not None:
        found.append(
            Measure(
                title="Bias of the mean outcome among early labels",
                value=delay.bias.value,
                low=delay.bias.low,
                high=delay.bias.high,
                limit=0.0,
                reading=f"By {delay.method}.",
            )
        )
    if delay.differs:
        rows = tuple((name, round(auc, 3), f"{p:.1g}") for name, auc, p in delay.differs[:15])
        found.append(
            Ranking(
                title="Labelled against waiting rows of the same age",
                columns=("column", "AUC", "p"),
                rows=rows,
                reading="0.5: no difference.",
            )
        )
    return tuple(found)
