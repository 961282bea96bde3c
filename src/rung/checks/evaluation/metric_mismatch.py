"""E104: the declared metric does not measure what is decided, or is fed with the wrong numbers."""

from __future__ import annotations

from collections.abc import Iterator

from rung.core.evidence import Ranking
from rung.core.finding import Confidence, Finding, Remedy, Severity, Subject
from rung.core.marks import check
from rung.facts.metric_reasons import Reason, reasons
from rung.facts.metric_views import MetricViews
from rung.facts.scored import Scored
from rung.inputs.contract import Contract

EXPLAINS = ("not-better-than-baseline", "no-baseline", "default-threshold", "constant-predictions")
# Scores of the other class are wrong in every respect, not in the metric's eyes alone.
BY_OTHER_CLASS = (*EXPLAINS, "miscalibration", "weak-slice", "confident-errors", "group-disparity", "uncorrected-imbalance", "underfitting")


@check(
    "E104",
    instrument=True,
    severity="warning",
    explains=EXPLAINS,
)
def metric_mismatch(scored: Scored, views: MetricViews, contract: Contract, *, min_imbalance: float = 0.8) -> Iterator[Finding]:
    """The metric does not fit the task, the costs or the classes, or it is given numbers that it cannot use.

    Why it matters:
        A number can be computed without an error and mean nothing: every comparison that hangs on it chooses by accident.
    Likely cause:
        The library's default metric, labels handed over where scores belong, the other class's probability column, or costs that nobody told the metric.
    How it decides:
        In a recorded run by where the arguments of each metric call came from. In tables by arithmetic on the declared contract and the predictions: a metric of the other task; a ranking or probability metric fed with two distinct values; a
        score column whose AUC lies below one half with its 99.9 % interval; accuracy where one class holds `min_imbalance` of the rows or where the declared costs
        differ by half; a metric of the positive class where that class is the frequent one; a share of positives that differs from the declared prevalence
        beyond chance under a metric that moves with it; MAPE near zero. Without a declared metric only the score column is judged.
    When it is wrong:
        A metric required by others may be reported all the same; then report the one that decides beside it.
    Fix:
        Report the metric of the decision, each beside what a constant answer gets; hand scores to metrics of scores and calls to metrics of calls.
    Verify:
        The same predictions under the other metric.
    Prevent:
        Declare metric, costs, positive class and prevalence in a contract file, and let the build read it.
    Sources:
        Elkan (2001) on costs; McDermott et al. (2024) on AUPRC under imbalance; Saito & Rehmsmeier (2015). Limits chosen by hand.

    min_imbalance : share of the frequent class from which accuracy is ruled by it
    """
    found = list(reasons(scored, views, contract, min_imbalance))
    for metric in dict.fromkeys(each.metric for each in found):
        yield _finding(sorted((each for each in found if each.metric == metric), key=lambda each: -each.severity.weight), views)


def _finding(told: list[Reason], views: MetricViews) -> Finding:
    """All that speaks against one metric, the gravest first."""
    reason = told[0]
    return Finding(
        subject=Subject(kind="metric", names=(reason.metric,), detail=reason.detail),
        message=" ".join(each.message for each in told),
        severity=reason.severity,
        explains=BY_OTHER_CLASS if any(each.other_class for each in told) else (),
        confidence=Confidence.NEAR_CERTAIN if reason.severity is not Severity.NOTE else Confidence.LIKELY,
        evidence=(
            Ranking(
                title="The same predictions under other metrics",
                columns=("metric", "value", "from", "to", "a constant gets"),
                rows=tuple((each.name, each.value.value, each.value.low, each.value.high, each.trivial) for each in views.views),
                reading="A value inside its interval of the last column is no achievement.",
            ),
        ),
        remedy=Remedy(fix=" ".join(each.fix for each in told), patch="\n".join(each.patch for each in told if each.patch) or None),
    )
