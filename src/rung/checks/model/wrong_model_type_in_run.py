"""M102 seen in a run: a regressor fitted to classes, or a classifier to amounts."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rung.core.finding import Confidence, Finding, Remedy, Severity, Subject
from rung.core.marks import witness
from rung.facts.run_code import act_and_bite, at, score_words
from rung.facts.run_scorings import Scoring, Scorings
from rung.inputs.trace import Event

OF_CLASSES = re.compile(r"accuracy|f1_|precision|recall|confusion|classification_report|cohen|matthews|hamming|zero_one")
OF_AMOUNTS = re.compile(r"mean_absolute|mean_squared|r2_|median_absolute|max_error|explained_variance")
MANY = 25  # distinct numbers from which labels look like amounts
ROWS_EACH = 8.0  # mean rows a class below which a class cannot be learned from


@witness("M102")
def wrong_model_type_in_run(scorings: Scorings) -> Iterator[Finding]:
    """The labels of the fit and the metric of its predictions tell what is predicted: classes or amounts. The model is of the other kind."""
    spoken: set[object] = set()
    for each in scorings.scorings:
        fit = each.fit
        said = _said(each) if fit is not None and fit.estimator is not None else ""
        if said and fit is not None and fit.where not in spoken:
            spoken.add(fit.where)
            yield _finding(scorings, each, fit, said)


def _said(each: Scoring) -> str:
    fit = each.fit
    if fit is None or fit.estimator is None:
        return ""
    labels, metric = fit.labels, each.event.metric.name if each.event.metric is not None else ""
    kind = fit.estimator.kind
    if kind == "regressor" and OF_CLASSES.search(metric):
        return f"is a regressor, and its predictions are scored as classes ({metric}): it takes the numbers of the classes for amounts"
    if kind != "classifier":
        return ""
    if OF_AMOUNTS.search(metric) and (labels is None or labels.n_distinct == 0 or (labels.numeric and labels.n_distinct > 2)):
        return f"is a classifier, and its predictions are scored as amounts ({metric}): it cannot say what lies between two labels"
    if labels is not None and labels.numeric and labels.n_distinct >= MANY and labels.n < ROWS_EACH * labels.n_distinct:
        return f"is a classifier, and its labels are {labels.n_distinct} different numbers over {labels.n} rows: amounts, or numbers that name the rows"
    return ""


def _finding(scorings: Scorings, each: Scoring, fit: Event, said: str) -> Finding:
    name = fit.estimator.type_name if fit.estimator is not None else "the model"
    ordered = "amounts" in said and "classes" not in said
    return Finding(
        subject=Subject(kind="line", names=(name,), where=fit.where, detail=fit.code),
        message=f"{name} at {at(fit)} {said} ({score_words(each.event)}, {at(each.event)}).",
        # Few ordered labels may be scored as amounts on purpose.
        severity=Severity.WARNING if ordered and fit.labels is not None and 0 < fit.labels.n_distinct <= 10 else Severity.ERROR,
        confidence=Confidence.LIKELY,
        evidence=act_and_bite(scorings.history.trace, fit, each.event, act_title="The fit", bite_title="Its score"),
        remedy=Remedy(fix="Take the classifier of the same family for classes, the regressor for amounts."),
    )
