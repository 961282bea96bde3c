"""E103: the rows of the final score steered a choice: early stopping, a threshold, settings."""

from __future__ import annotations

from collections.abc import Iterator

from rung.core.finding import Confidence, Finding, Remedy, Subject
from rung.core.marks import check
from rung.facts.run_choices import RunChoices
from rung.facts.run_code import act_and_bite, at, rows_words, score_words
from rung.facts.run_tests import RunTests, TestUse
from rung.inputs.trace import Event


@check("E103", severity="error", explains=("overfitting",), instrument=True)
def tuned_on_test(tests: RunTests, choices: RunChoices, *, min_models: int = 3) -> Iterator[Finding]:
    """The test rows steered a choice, and the same rows give the final score.

    Why it matters:
        The best of many tries on the same rows is best partly by luck with these rows; on new rows that part is gone.
    Likely cause:
        The test part was handed to early stopping, to a search for a threshold, or to a loop over settings, because there is no validation part.
    How it decides:
        Row identity through the recorded run. One of: a fit that could stop early watched the scored rows; a round of boosting was picked from a curve of scores on them; one prediction on them was cut at four thresholds or more and scored each time; several
        settings of one class of model were scored on them and the source picks the best. And no score on other rows comes afterwards.
    When it is wrong:
        Rows that only look like a test set but are a validation set are followed by a score on rows of their own: silent. Watching without stopping, folds of a cross-validation, and models that
        differ by their seed only are silent too.
    Fix:
        Keep three parts, or choose by cross-validation inside the training part, and score the test rows once.
    Verify:
        Run again: the choice may differ, and the test score is lower by the optimism of choosing.
    Prevent:
        X_fit, X_valid, y_fit, y_valid = train_test_split(X_train, y_train); choose on X_valid
    Sources:
        Cawley and Talbot (2010), On over-fitting in model selection; Kapoor and Narayanan (2023), kind L1.1.

    min_models : settings tried on the same rows from which a pick of the best counts as tuning.
    """
    for use in tests.uses:
        if use.later:
            continue
        act = _act(use, choices, min_models)
        if act is not None:
            yield _finding(tests, use, *act)


def _act(use: TestUse, choices: RunChoices, min_models: int) -> tuple[Event, str] | None:
    if use.stopped:
        return use.stopped[-1], "early stopping watched"
    if use.rounds:
        return use.rounds[0], "rounds of boosting were picked by"
    if use.grid:
        mixed = use.grid[0].metric is not None and not any(each.rounded or each.hard for each in use.grid[0].metric.arguments[1:])
        return use.grid[0], "shares of a blend were tried on" if mixed else "thresholds were tried on"
    if use.models >= min_models and use.one_kind and choices:
        return use.scorings[0].event, f"{use.models} settings were compared on"
    return None


def _finding(tests: RunTests, use: TestUse, act: Event, what: str) -> Finding:
    trace, bite = tests.scorings.history.trace, use.scorings[-1].event
    name = act.estimator.type_name if act.estimator is not None else "choice"
    return Finding(
        subject=Subject(kind="line", names=(name,), where=act.where, detail=act.code),
        message=f"At {at(act)} {what} the {rows_words(trace, len(use.rows), 'rows')} of the final score ({score_words(bite)}, {at(bite)}): part of that score is luck with these rows.",
        confidence=Confidence.NEAR_CERTAIN if trace.counted and (use.stopped or use.rounds or use.grid) else Confidence.LIKELY,
        evidence=act_and_bite(trace, act, bite, act_title="Where the test rows steer", bite_title="The final score"),
        remedy=Remedy(
            fix="Choose on a validation part (or by cross-validation inside the training part) and score the test rows once, at the end."
        ),
    )
