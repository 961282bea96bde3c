"""P103: rows drawn again, copied or made up before the split."""

from __future__ import annotations

from collections.abc import Iterator

from rung.core.finding import Confidence, Finding, Remedy, Severity, Subject
from rung.core.marks import check, witness
from rung.facts.run_code import act_and_bite, at, positions, rows_words, score_words
from rung.facts.run_copies import RunCopies
from rung.facts.run_learning import Learned, RunLearning
from rung.facts.run_reading import ReadLearning


@check("P103", severity="error", explains=("split-overlap", "overfitting", "duplicate-rows", "miscalibration", "label-shift"))
def resampling_before_split(learning: RunLearning, copies: RunCopies) -> Iterator[Finding]:
    """Rows were over-sampled, copied or made up before the split.

    Why it matters:
        Copies of a scored row, or rows mixed from it, are among those fitted on: the model is asked what it was told. And the class shares of the scored rows are not those of the world.
    Likely cause:
        A sampler's `fit_resample`, `resample(replace=True)` or a concatenation of copies stands before `train_test_split` or the cross-validation.
    How it decides:
        In tables: rows of one class that have more decimals than any row of another, in several columns at once, as interpolated values do, stand on both sides of the
        split. In a recorded run, row identity: the act that draws, copies or makes up rows read rows that are scored later, and both the rows fitted on and the rows scored come out of it.
    When it is wrong:
        Silent where the act stands after the split, within the training part, or inside a pipeline; where a bootstrap only draws scored rows for an interval; and for shuffles. Copies that were changed before the split (noise, augmentation) are group-leakage.
    Fix:
        Split first and resample the training part only; in a cross-validation, make the sampler a step of an imbalanced-learn pipeline.
    Verify:
        Run again: the share of the rare class among the scored rows is that of the data, and the score is the honest one.
    Prevent:
        cross_val_score(imblearn.pipeline.make_pipeline(SMOTE(), model), X, y)
    Sources:
        Chawla et al. (2002) on interpolated rows; row identity, exact; Kapoor and Narayanan (2023), kind L1.2; the documentation of imbalanced-learn on common pitfalls.
    """
    for each in resampled(learning, copies):
        yield _finding(learning, each)


@witness("P103")
def resampling_before_split_in_source(read: ReadLearning, learning: RunLearning | None, copies: RunCopies | None) -> Iterator[Finding]:
    """The same by the source alone, for what the run could not follow."""
    if learning is None or copies is None or not (resampled(learning, copies) or copies.changed):
        for each in resampled(read.learning):
            yield _finding(read.learning, each)


def resampled(learning: RunLearning, copies: RunCopies | None = None) -> list[Learned]:
    """The act, where there is one; copies that were changed afterwards are a group (group-leakage)."""
    acts: dict[object, Learned] = {}
    for each in learning.foreseen(("resample", "repeat")):
        grouped = each.kind == "repeat" and copies is not None and copies.of(each.scoring)
        # Repeats that all went to one side (folds by entity, a key that names it) were never asked of the model twice.
        kept_together = each.kind == "repeat" and learning.scorings.history.trace.counted and not len(each.scoring.shared)
        if each.in_fit and each.in_scored and not each.chosen and not grouped and not kept_together:
            acts.setdefault(each.event.where, each)
    return _first_of_chain(list(acts.values()))


def _first_of_chain(acts: list[Learned]) -> list[Learned]:
    """Drawing rows and stacking them are one act: its first step speaks; a sampler stands for itself."""
    samplers = [each for each in acts if each.kind == "resample"]
    return (samplers or acts)[:1]


def _finding(learning: RunLearning, each: Learned) -> Finding:
    trace = learning.scorings.history.trace
    act, bite = each.event, each.scoring.event
    what = each.name if each.kind == "resample" else f"'{act.code or act.call}'"
    under = "Under" in each.name
    shared = (
        f"{rows_words(trace, len(each.scoring.shared), 'scored rows')} are among those fitted on, too"
        if len(each.scoring.shared)
        else "rows made from scored rows are fitted on"
    )
    return Finding(
        subject=Subject(kind="line", names=(each.name,), rows=positions(trace, each.scoring.shared), where=act.where, detail=act.code),
        message=(
            f"{what} at {at(act)} resampled all rows before they were split ({score_words(bite)}, {at(bite)}): "
            f"{'the scored rows no longer have the class shares of the data' if under else shared}."
        ),
        severity=Severity.WARNING if under else Severity.ERROR,
        confidence=Confidence.NEAR_CERTAIN if trace.counted else Confidence.LIKELY,
        evidence=act_and_bite(trace, act, bite, act_title="Resampled before the split"),
        remedy=Remedy(
            fix="Split first, then resample the training rows only (in a cross-validation: a sampler as a step of imblearn's pipeline)."
        ),
    )
