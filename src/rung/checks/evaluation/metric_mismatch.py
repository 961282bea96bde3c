"""E104: the metric was handed something else than it measures, or measures something else than what matters."""

from __future__ import annotations

from collections.abc import Iterator

from rung.core.finding import Confidence, Finding, Remedy, Severity, Subject
from rung.core.marks import check
from rung.facts.run_code import act_and_bite, score_words
from rung.facts.run_metrics import Misuse, RunMetrics


@check("E104", severity="error", explains=(), instrument=True)
def metric_mismatch(metrics: RunMetrics, *, max_share: float = 0.9, max_positive: float = 0.8) -> Iterator[Finding]:
    """A metric was given the wrong thing, or measures something else than what matters.

    Why it matters:
        The number looks like a score and is none: an AUC of labels, precision and recall exchanged, the probability of the other class, the F1 of the common class.
    Likely cause:
        `predict` where `predict_proba(...)[:, 1]` was meant; prediction before truth; column 0; a label of the wrong class as positive; accuracy by habit.
    How it decides:
        The arguments of every metric call are known by where they came from. Hard labels in a metric that ranks; a prediction as the truth and the truth as the prediction, in a metric where the order
        matters; the first column of two probabilities, where the score says that it is the wrong one; a positive label that is most rows; accuracy as the only score while one class holds nearly all rows.
    When it is wrong:
        Metrics that do not care about the order are silent, so is a truth that was turned round on purpose (the AUC is above a half), and accuracy beside another metric.
    Fix:
        Hand the metric what it measures: truth first, then the probability of the positive class for metrics that rank.
    Verify:
        The new number, and a chart of the curve behind it.
    Prevent:
        roc_auc_score(y_test, model.predict_proba(X_test)[:, list(model.classes_).index(positive)])
    Sources:
        Documentation of scikit-learn's metrics; Saito and Rehmsmeier (2015) on accuracy and curves under imbalance.

    max_share : share of the largest class from which accuracy alone says nothing.
    max_positive : share of rows with the positive label from which precision, recall and F1 of it say nothing.
    """
    for each in metrics.misuses:
        if each.kind == "accuracy" and each.share < max_share:
            continue
        if each.kind == "positive" and each.share < max_positive:
            continue
        yield _finding(metrics, each)


FIXES = {
    "hard": "Hand the metric probabilities or decision values of the positive class: predict_proba(X)[:, 1] or decision_function(X).",
    "swapped": "Put the truth first: metric(y_true, y_pred).",
    "column": "Take the column of the positive class: predict_proba(X)[:, 1] (see model.classes_).",
    "positive": "Name the class that matters: pos_label=<the rare class>.",
    "accuracy": "Report a metric that sees the rare class: average precision, recall at a precision, or the F1 of that class.",
}


def _finding(metrics: RunMetrics, each: Misuse) -> Finding:
    trace = metrics.history.trace
    return Finding(
        subject=Subject(
            kind="line",
            names=(each.event.metric.name if each.event.metric else each.event.call.rpartition(".")[2],),
            where=each.event.where,
            detail=each.event.code,
        ),
        message=f"{score_words(each.event)}: {each.message}",
        severity=Severity.WARNING if each.kind in ("accuracy", "positive") else None,
        confidence=Confidence.NEAR_CERTAIN if each.sure else Confidence.LIKELY,
        evidence=act_and_bite(
            trace, each.event, each.maker or each.event, act_title="The metric", bite_title="Where its argument was made"
        ),
        remedy=Remedy(fix=FIXES[each.kind]),
    )
