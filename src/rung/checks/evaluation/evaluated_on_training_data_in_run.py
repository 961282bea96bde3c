"""E101: the only score is that of rows the model was fitted on."""

from __future__ import annotations

from collections.abc import Iterator

from rung.core.evidence import Measure
from rung.core.finding import Confidence, Finding, Remedy, Severity, Subject
from rung.core.marks import witness
from rung.facts.run_choices import chooser
from rung.facts.run_code import act_and_bite, at, rows_words, score_words
from rung.facts.run_reading import ReadLearning
from rung.facts.run_scorings import Scoring, Scorings


@witness("E101")
def evaluated_on_training_data_in_run(scorings: Scorings) -> Iterator[Finding]:
    """Row identity through the recorded run, whatever the variables are called.

    Every row of a scored set was among the rows of the fit, and no score of that kind of model on other rows, and no cross-validation, is in the run; a search counts where its score is asked for. A training score
    beside a score on held-out rows is honest and silent, and so are models refitted on all rows after the scoring, clusterings, and dummies.
    """
    # One is enough: the others tell the same of the same run.
    for each in remembered(scorings)[:1]:
        yield _finding(scorings, each)


@witness("E101")
def evaluated_on_training_data_in_source(read: ReadLearning, scorings: Scorings | None) -> Iterator[Finding]:
    """The same by the source alone, where the run shows no model that is scored (a library's own booster)."""
    if scorings is None or not any(each.fits for each in scorings.scorings):
        for each in remembered(read.learning.scorings)[:1]:
            yield _finding(read.learning.scorings, each)


def remembered(scorings: Scorings) -> list[Scoring]:
    """Scores of rows that were fitted on, with no honest score beside them."""
    fitted = [each for each in scorings.scorings if not each.honest and len(each.scored) and _model(each) not in ("", "dummy")]
    clean = [each for each in scorings.scorings if each.honest and _model(each) != "dummy" and _told(scorings, each)]
    return [each for each in fitted if not any(_same(each, other, taken=_taken(scorings, each)) for other in clean)]


def _told(scorings: Scorings, each: Scoring) -> bool:
    """Whether the script looks at the score: that of a search stays inside unless it is asked for."""
    if each.event.kind != "search":
        return True
    estimator = each.event.estimator
    aloud = estimator is not None and estimator.parameters.get("verbose") not in (None, "None", 0, False)
    return aloud or any(word in script.text for script in scorings.history.trace.scripts for word in ("best_score_", "cv_results_"))


def _taken(scorings: Scorings, each: Scoring) -> bool:
    """Whether the rows are a part that a split had set apart, which the fit was given all the same."""
    part = chooser(scorings.history, each)
    return part is not None and part.kind == "split" and each.fit is not None and len(each.scored) < len(each.fitted)


def _model(each: Scoring) -> str:
    estimator = each.fit.estimator if each.fit is not None else None
    return "" if estimator is None or estimator.kind in ("transformer", "clusterer", "sampler") else estimator.kind


def _same(each: Scoring, other: Scoring, *, taken: bool) -> bool:
    """Whether a clean score is of the same kind of model, so that the training score stands beside it.

    A part that was set apart to be scored is no training score beside a cross-validation: it is meant as the final one.
    """
    if taken and other.folds:
        return False
    mine, others = (one.fit.estimator if one.fit is not None else None for one in (each, other))
    alike = mine is None or others is None or mine.id == others.id or mine.type_name == others.type_name
    return alike or other.folds > 0


def _finding(scorings: Scorings, each: Scoring) -> Finding:
    trace, bite = scorings.history.trace, each.event
    taken = _taken(scorings, each)
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
        severity=Severity.ERROR,
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
