"""P102: preprocessing fitted once on all rows before a cross-validation."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from rung.core.finding import Confidence, Finding, Remedy, Severity, Subject
from rung.core.marks import check, witness
from rung.facts.run_code import act_and_bite, at, rows_words, score_words
from rung.facts.run_learning import TARGET_ENCODER, Learned, RunLearning
from rung.facts.run_reading import ReadLearning

KINDS = ("transform", "names", "statistic", "group-statistic", "model")


@check("P102", severity="warning", explains=("overfitting", "test-set-reuse"))
def preprocessing_outside_cv(learning: RunLearning) -> Iterator[Finding]:
    """Preprocessing was fitted once, on all rows, before a cross-validation.

    Why it matters:
        Every fold's held-out rows have already shaped the features of its training rows, so the cross-validated score is too good: a little for scalers, far for selectors.
    Likely cause:
        `fit_transform` (or a mean, median, quantile, correlation) stands before the loop or the call that makes the folds.
    How it decides:
        Row identity through the recorded run: a fit or statistic behind the features read rows that a fold holds out and rows that the fold trains on, before the
        folds were made. Steps inside a pipeline that is handed to the cross-validation are fitted anew in every fold and are silent.
    When it is wrong:
        Where the cross-validation only chooses between models and a test set untouched by the step is scored afterwards, the final score is honest: a note then,
        unless the step used the target.
    Fix:
        Hand the cross-validation a pipeline of the steps and the model, on the raw columns.
    Verify:
        Run again: the score falls by what the step had seen, and the finding is gone.
    Prevent:
        cross_val_score(make_pipeline(StandardScaler(), model), X_raw, y)
    Sources:
        Hastie, Tibshirani and Friedman (2009), section 7.10.2; Kapoor and Narayanan (2023), kinds L1.2 and L1.3.
    """
    for each in foreseen(learning)[:4]:
        yield _finding(learning, each)


@witness("P102")
def preprocessing_outside_cv_in_source(read: ReadLearning, learning: RunLearning | None) -> Iterator[Finding]:
    """The same by the source alone, for what the run could not follow."""
    if learning is None or not foreseen(learning):
        for each in foreseen(read.learning)[:2]:
            yield _finding(read.learning, each)


def foreseen(learning: RunLearning) -> list[Learned]:
    """One entry an act."""
    acts: dict[object, Learned] = {}
    for each in learning.foreseen(KINDS):
        encodes = each.target and (each.kind == "group-statistic" or bool(TARGET_ENCODER.search(each.name)))
        grouped = each.scoring.split is not None and each.scoring.split.split is not None and each.scoring.split.split.grouped
        if each.scoring.many > 1 and not encodes and not (each.kind == "group-statistic" and grouped):
            acts.setdefault((each.event.where, each.name), each)
    return list(acts.values())


def _finding(learning: RunLearning, each: Learned) -> Finding:
    trace = learning.scorings.history.trace
    act, bite = each.event, each.scoring.event
    return Finding(
        subject=Subject(kind="line", names=(each.name, *act.columns[:10]), where=act.where, detail=act.code),
        message=(
            f"{each.name} at {at(act)} was fitted before the {rows_words(trace, each.scoring.many, 'folds')} of the cross-validation ({score_words(bite)}, "
            f"{at(bite)}): it has seen the rows that every fold holds out."
        ),
        severity=_severity(learning, each),
        confidence=Confidence.NEAR_CERTAIN if trace.counted else Confidence.LIKELY,
        evidence=act_and_bite(trace, act, bite, act_title="Fitted once, on all rows", bite_title="Where the folds are scored"),
        remedy=Remedy(fix=f"Put {each.name} into a pipeline with the model and cross-validate that on the raw columns."),
    )


def _severity(learning: RunLearning, each: Learned) -> Severity:
    if each.target:
        return Severity.ERROR
    if each.kind == "names" or each.chosen:
        return Severity.NOTE
    later = (other for other in learning.scorings.held if other.many == 1 and other.event.id > each.scoring.event.id)
    return Severity.NOTE if any(not np.isin(other.held, each.rows).any() for other in later) else Severity.WARNING
