"""P104 seen in a run: a statistic of the target by group is a feature, and it was worked out with the labels of the rows it describes."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from rung.core.finding import Confidence, Finding, Remedy, Severity, Subject
from rung.core.marks import witness
from rung.facts.run_code import act_and_bite, at, rows_words, score_words
from rung.facts.run_learning import TARGET_ENCODER, Learned, RunLearning
from rung.facts.run_reading import ReadLearning

FEW_ROWS = 10  # rows a group below which a row's own label weighs on its encoding by a tenth or more


@witness("P104")
def target_encoding_leakage_in_run(learning: RunLearning) -> Iterator[Finding]:
    """Encodings of the target were worked out with the labels of rows that are scored, or with each row's own label in small groups."""
    for each, scored in encodings(learning)[:3]:
        yield _finding(learning, each, scored=scored)


@witness("P104")
def target_encoding_leakage_in_source(read: ReadLearning, learning: RunLearning | None) -> Iterator[Finding]:
    """The same by the source alone, for what the run could not follow."""
    if learning is None or not encodings(learning):
        for each, scored in encodings(read.learning)[:2]:
            if scored:
                yield _finding(read.learning, each, scored=scored)


def encodings(learning: RunLearning) -> list[tuple[Learned, bool]]:
    """Statistics of the target behind the features, each with whether it read labels of scored rows."""
    found: dict[object, tuple[Learned, bool]] = {}
    for each in learning.learned:
        encodes = each.target and (each.kind == "group-statistic" or bool(TARGET_ENCODER.search(each.name)))
        if not encodes or each.chosen:
            continue
        scored = bool(len(each.seen))
        own = each.in_fit and len(each.of_fit) and each.event.where not in found and _own_label(learning, each)
        if scored or own:
            found[each.event.where] = (each, scored)
    return list(found.values())


def _own_label(learning: RunLearning, each: Learned) -> bool:
    """Whether a fitted encoder was put on the very rows whose labels it learned, rather than its own cross-fitted transform."""
    if each.event.estimator is None:
        return True
    trace = learning.scorings.history.trace
    applied = (other for other in trace.events[each.event.id :] if other.kind == "transform" and each.event.id in other.uses)
    behind = {trail.event for trail in learning.scorings.history.behind(each.scoring.x_fit)}
    return each.event.kind == "fit" and any(other.id in behind for other in applied)


def _finding(learning: RunLearning, each: Learned, *, scored: bool) -> Finding:
    trace = learning.scorings.history.trace
    act, bite = each.event, each.scoring.event
    what = f"{each.name} of the target" if act.reduction is not None else each.name
    return Finding(
        subject=Subject(
            kind="line", names=(each.name, *(act.reduction.by if act.reduction else act.columns)), where=act.where, detail=act.code
        ),
        message=(
            f"{what} at {at(act)} was worked out with the labels of {rows_words(trace, len(each.seen), 'rows that are scored')} ({score_words(bite)}, {at(bite)}) "
            "and is a feature: the answer is among the questions."
            if scored
            else f"{what} at {at(act)} gives each training row an encoding that holds its own label: the model trusts the feature more than it deserves."
        ),
        severity=Severity.ERROR if scored else _own_severity(learning, each),
        confidence=Confidence.NEAR_CERTAIN if trace.counted and scored else Confidence.LIKELY,
        evidence=act_and_bite(trace, act, bite, act_title="The target's statistic by group"),
        remedy=Remedy(
            fix="Split first; encode with the labels of the training rows only, and those out of fold: TargetEncoder().fit_transform(X_train, y_train).",
            prevent="encoder = TargetEncoder(); X_train = encoder.fit_transform(X_train, y_train); X_test = encoder.transform(X_test)",
        ),
    )


def _own_severity(learning: RunLearning, each: Learned) -> Severity:
    """A row's own label matters in small groups; in large ones it is a note."""
    if each.event.estimator is not None:
        return Severity.WARNING
    trace = learning.scorings.history.trace
    groups = [trace.items[use.item].shape[0] for use in each.event.writes if trace.items[use.item].shape]
    rows_each = len(each.rows) / max(1, min(groups)) if groups and min(groups) < len(each.rows) else np.inf
    return Severity.WARNING if rows_each < FEW_ROWS else Severity.NOTE
