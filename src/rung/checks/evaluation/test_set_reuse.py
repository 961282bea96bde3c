"""E102: several models were compared on the test rows, and the winner's score is reported."""

from __future__ import annotations

from collections.abc import Iterator

from rung.core.finding import Confidence, Finding, Remedy, Severity, Subject
from rung.core.marks import check
from rung.facts.run_choices import RunChoices
from rung.facts.run_code import act_and_bite, at, rows_words, score_words
from rung.facts.run_tests import RunTests, TestUse


@check("E102", severity="warning", explains=(), instrument=True)
def test_set_reuse(tests: RunTests, choices: RunChoices, *, min_models: int = 3) -> Iterator[Finding]:  # noqa: PT028 - it is a rule, no test
    """The same test rows judged several models, and the best is picked by them.

    Why it matters:
        The winner's score is the largest of several noisy numbers: it promises more than new rows will give, the more the more models and the fewer rows.
    Likely cause:
        Models were compared on the test part because it was at hand.
    How it decides:
        Row identity through the recorded run: models of different classes scored on the same held-out rows (dummies, folds and mere seeds left out), a line of the source that picks the best,
        and no score on other rows afterwards. Without such a line it is a note: a table of comparisons chooses nothing by itself.
    When it is wrong:
        Two models are no contest. A benchmark that reports all models and picks none is a note only.
    Fix:
        Compare by cross-validation inside the training part; score only the winner on the test rows.
    Verify:
        The winner's score on rows that took no part in the choice.
    Prevent:
        best = max(models, key=lambda m: cross_val_score(m, X_train, y_train).mean())
    Sources:
        Dwork et al. (2015), The reusable holdout; Cawley and Talbot (2010).

    min_models : models compared on the same rows from which it counts.
    """
    for use in tests.uses:
        if use.later or use.models < min_models or (use.one_kind and choices) or use.stopped or use.grid:
            continue
        yield _finding(tests, use, picked=bool(choices))


def _finding(tests: RunTests, use: TestUse, *, picked: bool) -> Finding:
    trace, act, bite = tests.scorings.history.trace, use.scorings[0].event, use.scorings[-1].event
    end = "and the source picks the best by them" if picked else "none is picked by the source"
    return Finding(
        subject=Subject(kind="line", names=("test rows",), where=act.where, detail=act.code),
        message=f"{use.models} models were scored on the same {rows_words(trace, len(use.rows), 'test rows')} ({at(act)}, last {score_words(bite)}), {end}.",
        severity=Severity.WARNING if picked else Severity.NOTE,
        confidence=Confidence.LIKELY,
        evidence=act_and_bite(trace, act, bite, act_title="Where the test rows are scored"),
        remedy=Remedy(fix="Compare the models by cross-validation inside the training part; score the chosen one on the test rows."),
    )
