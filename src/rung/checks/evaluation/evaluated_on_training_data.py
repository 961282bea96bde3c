"""E101: the only score is that of rows the model was fitted on."""

from __future__ import annotations

from collections.abc import Iterator

from rung.core.evidence import Measure
from rung.core.finding import Confidence, Finding, Remedy, Subject
from rung.core.marks import check
from rung.facts.run_choices import chooser
from rung.facts.run_code import act_and_bite, at, rows_words, score_words
from rung.facts.run_scorings import Scoring, Scorings


@check("E101", severity="error", explains=("overfitting", "test-set-reuse"), instrument=True)
def evaluated_on_training_data(scorings: Scorings) -> Iterator[Finding]:
    """The rows that are scored are rows that the model was fitted on.

    Why it matters:
        The score says how well the model remembers. A deep tree scores 1.00 on any table, also on noise.
    Likely cause:
        The training part was handed to the metric, the fit was given all rows, or there is no split.
    How it decides:
        Row identity through the recorded run, whatever the variables are called: every row of a scored set was among the rows of the fit, and no score of that kind of model on other rows,
        and no cross-validation, is in the run.
    When it is wrong:
        A training score shown beside a score on held-out rows is honest and silent. So are models refitted on all rows after the scoring, clusterings, and dummies.
    Fix:
        Score rows that the fit has not seen: split first, or cross-validate.
    Verify:
        Run again: the score falls to what new rows will get.
    Prevent:
        assert not set(X_train.index) & set(X_test.index)
    Sources:
        Row identity, exact; Kapoor and Narayanan (2023), kind L1.1.
    """
    fitted = [each for each in scorings.scorings if not each.honest and len(each.scored) and _model(each) not in ("", "dummy")]
    clean = [each for each in scorings.scorings if each.honest and _model(each) != "dummy"]
    spoken: set[object] = set()
    for each in fitted:
        same = any(_same(each, other) for other in clean)
        if not same and each.event.where not in spoken:
            spoken.add(each.event.where)
            yield _finding(scorings, each)
            return  # one is enough: the others tell the same of the same run


def _model(each: Scoring) -> str:
    estimator = each.fit.estimator if each.fit is not None else None
    return "" if estimator is None or estimator.kind in ("transformer", "clusterer", "sampler") else estimator.kind


def _same(each: Scoring, other: Scoring) -> bool:
    """Whether a clean score is of the same kind of model, so that the training score stands beside it."""
    mine, others = (one.fit.estimator if one.fit is not None else None for one in (each, other))
    alike = mine is None or others is None or mine.id == others.id or mine.type_name == others.type_name
    return alike or other.folds > 0


def _finding(scorings: Scorings, each: Scoring) -> Finding:
    trace, bite = scorings.history.trace, each.event
    part = chooser(scorings.history, each)
    taken = part is not None and part.kind == "split" and each.fit is not None and len(each.scored) < len(each.fitted)
    act = each.fit if taken and each.fit is not None else bite
    name = each.fit.estimator.type_name if each.fit is not None and each.fit.estimator is not None else "the model"
    return Finding(
        subject=Subject(kind="line", names=(name,), where=act.where, detail=act.code),
        message=(
            f"{score_words(bite)} ({at(bite)}) is the score of {rows_words(trace, len(each.scored), 'rows that ' + name + ' was fitted on')}"
            + (
                f": the fit at {at(each.fit)} was given all rows, those of the test part too."
                if taken and each.fit is not None
                else "; no other rows are scored in this run."
            )
        ),
        confidence=Confidence.NEAR_CERTAIN if trace.counted else Confidence.LIKELY,
        evidence=(
            *act_and_bite(trace, act, bite, act_title="The fit" if taken else "The score", bite_title="Where it is scored"),
            *((Measure(title="Share of scored rows that were fitted on", value=1.0, limit=0.0),) if trace.counted else ()),
        ),
        remedy=Remedy(
            fix="Fit on the training part only and score the other part."
            if taken
            else "Hold rows out (train_test_split or cross_val_score) and report the score on those."
        ),
    )
