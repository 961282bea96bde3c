"""E104: the metric was handed something else than it measures, or measures something else than what matters."""

from __future__ import annotations

from collections.abc import Iterator

from rung.core.finding import Confidence, Finding, Remedy, Severity, Subject
from rung.core.marks import witness
from rung.facts.run_code import act_and_bite, score_words
from rung.facts.run_metrics import Misuse, RunMetrics

MAX_SHARE = 0.9  # of the largest class, from which accuracy alone says nothing
MAX_POSITIVE = 0.8  # of rows with the positive label, from which precision, recall and F1 of it say nothing


@witness("E104")
def metric_mismatch_in_run(metrics: RunMetrics) -> Iterator[Finding]:
    """The arguments of every metric call are known by where they came from.

    Hard labels in a metric that ranks; prediction and truth exchanged where the order matters; the first column of two probabilities, where the score says that it is
    the wrong one; a positive label that is most rows; accuracy as the only score while one class holds nearly all rows.
    """
    for each in metrics.misuses:
        if each.kind == "accuracy" and each.share < MAX_SHARE:
            continue
        if each.kind == "positive" and each.share < MAX_POSITIVE:
            continue
        yield _finding(metrics, each)


FIXES = {
    "hard": "Hand the metric probabilities or decision values of the positive class: predict_proba(X)[:, 1] or decision_function(X).",
    "scorer": "Name the scorer by its text (scoring='roc_auc'), or pass response_method='predict_proba' to make_scorer.",
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
        severity=Severity.WARNING if each.kind in ("accuracy", "positive") else Severity.ERROR,
        confidence=Confidence.NEAR_CERTAIN if each.sure else Confidence.LIKELY,
        evidence=act_and_bite(
            trace, each.event, each.maker or each.event, act_title="The metric", bite_title="Where its argument was made"
        ),
        remedy=Remedy(fix=FIXES[each.kind]),
    )
