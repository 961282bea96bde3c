"""D304 seen in a run: rows that a model was fitted on are among those it is scored on, by row identity."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from rung.core.evidence import Measure
from rung.core.finding import Confidence, Finding, Remedy, Severity, Subject
from rung.core.marks import witness
from rung.facts.run_choices import chooser
from rung.facts.run_code import act_and_bite, at, positions, rows_words, score_words
from rung.facts.run_learning import RunLearning
from rung.facts.run_reading import ReadLearning
from rung.facts.run_scorings import Scoring
from rung.inputs.trace import Event

MIN_SHARE = 0.005  # of the scored rows; fewer repeats move no score that is shown with two digits


@witness("D304")
def split_overlap_in_run(learning: RunLearning) -> Iterator[Finding]:
    """Rows are in both parts: two draws from one table, slices that meet, or a merge that multiplied rows before the split.

    A score on the very rows of the fit is another fault (evaluated-on-training-data), and so are copies made by resampling.
    """
    for each in overlaps(learning):
        yield _finding(learning, *each)


@witness("D304")
def split_overlap_in_source(read: ReadLearning, learning: RunLearning | None) -> Iterator[Finding]:
    """The same by the source alone, for what the run could not follow."""
    if learning is None or not overlaps(learning):
        for each in overlaps(read.learning)[:1]:
            yield _finding(read.learning, *each)


def overlaps(learning: RunLearning) -> list[tuple[Scoring, Event, float]]:
    """Scores with shared rows, the act behind each, and the share of the scored rows; one an act."""
    resampled = [each for each in learning.learned if each.kind in ("resample", "repeat") and each.in_fit and each.in_scored]
    found: dict[object, tuple[Scoring, Event, float]] = {}
    for scoring in learning.scorings.scorings:
        share = len(scoring.shared) / max(1, len(scoring.scored))
        # All scored rows fitted on is another fault, except where copies of every row went to both sides.
        if share < MIN_SHARE or (not scoring.honest and not scoring.folds) or any(each.scoring is scoring for each in resampled):
            continue
        if _optimism(learning, scoring):
            continue
        act = _act(learning, scoring)
        found.setdefault(act.where, (scoring, act, share))
    return list(found.values())


def _optimism(learning: RunLearning, scoring: Scoring) -> bool:
    """Whether a model fitted on rows drawn again from a table is scored on the table and on its own rows: the difference is taken off the apparent score."""
    history = learning.scorings.history
    drawn, whole = history.rows(scoring.x_fit), history.rows(scoring.x)
    if drawn is None or whole is None or len(drawn) != len(whole) or len(scoring.fitted) == len(drawn):
        return False
    own = (each for each in learning.scorings.scorings if each.fit is scoring.fit and each is not scoring)
    return any(np.array_equal(each.scored, scoring.fitted) for each in own)


def _act(learning: RunLearning, scoring: Scoring) -> Event:
    """The merge that multiplied rows, or the stack of tables that share some; else the step that chose the scored rows last."""
    joined = [each.event for each in learning.learned if each.scoring is scoring and each.kind in ("joined", "stacked")]
    return joined[0] if joined else chooser(learning.scorings.history, scoring) or scoring.event


def _finding(learning: RunLearning, scoring: Scoring, act: Event, share: float) -> Finding:
    trace = learning.scorings.history.trace
    told = f"{rows_words(trace, len(scoring.shared), 'rows')}" + (f" ({share:.0%} of those scored)" if trace.counted else "")
    cause = (
        f"the merge at {at(act)} repeats rows, and the copies went to both sides"
        if act.kind == "merge"
        else f"the tables stacked at {at(act)} share rows"
        if act.kind == "concat"
        else f"the rows taken at {at(act)} meet those fitted on"
    )
    return Finding(
        subject=Subject(kind="line", names=("scored rows",), rows=positions(trace, scoring.shared), where=act.where, detail=act.code),
        message=f"{told} are both fitted on and scored ({score_words(scoring.event)}, {at(scoring.event)}): {cause}.",
        severity=Severity.ERROR if share > 0.05 or not trace.counted else Severity.WARNING,
        confidence=Confidence.NEAR_CERTAIN if trace.counted else Confidence.LIKELY,
        evidence=(
            *act_and_bite(trace, act, scoring.event, act_title="Where the two sides came to share rows"),
            *(
                (Measure(title="Share of scored rows that were fitted on", value=float(np.round(share, 4)), limit=0.0),)
                if trace.counted
                else ()
            ),
        ),
        remedy=Remedy(
            fix="Drop the rows that both tables hold before they are stacked."
            if act.kind == "concat"
            else "Aggregate the many side to one row before the merge, or split by the key, so that all copies of a row stay on one side."
            if act.kind == "merge"
            else "Part the rows once: train_test_split, or test = frame.drop(train.index).",
        ),
    )
