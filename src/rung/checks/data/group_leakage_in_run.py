"""D303 seen in a run: rows were copied and changed (noise, augmentation) before the split, so that a family stands on both sides."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from rung.core.finding import Confidence, Finding, Remedy, Severity, Subject
from rung.core.marks import witness
from rung.facts.run_code import act_and_bite, at, positions, score_words
from rung.facts.run_copies import RunCopies
from rung.facts.run_learning import Learned, RunLearning

MIN_SHARE = 0.05  # of the scored rows


@witness("D303")
def group_leakage_in_run(copies: RunCopies) -> Iterator[Finding]:
    """Copies of one row, each changed a little, are fitted on and scored. Equal copies are resampling before the split."""
    acts: dict[object, Learned] = {}
    for each in copies.changed:
        acts.setdefault(each.event.where, each)
    for each in list(acts.values())[:1]:
        share = _share(each)
        if share >= MIN_SHARE:
            yield _finding(copies.learning, each, share)


def _share(each: Learned) -> float:
    scoring = each.scoring
    return 1.0 if scoring.folds else len(scoring.shared) / max(1, len(scoring.scored))


def _finding(learning: RunLearning, each: Learned, share: float) -> Finding:
    trace = learning.scorings.history.trace
    act, bite = each.event, each.scoring.event
    rows = each.scoring.shared if len(each.scoring.shared) else np.unique(each.rows)
    return Finding(
        subject=Subject(kind="line", names=("near copies",), rows=positions(trace, rows), where=act.where, detail=act.code),
        message=(
            f"'{act.code}' at {at(act)} makes several rows of one, which are changed a little and then parted: {share:.0%} of the rows scored have a near copy "
            f"among those fitted on ({score_words(bite)}, {at(bite)})."
        ),
        severity=Severity.ERROR,
        confidence=Confidence.NEAR_CERTAIN,
        evidence=act_and_bite(trace, act, bite, act_title="Several rows made of one"),
        remedy=Remedy(fix="Split first and augment the training rows only, or split by the row that the copies come from."),
    )
