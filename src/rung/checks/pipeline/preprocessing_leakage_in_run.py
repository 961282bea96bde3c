"""P101 seen in a run: a fit or statistic read rows that are scored later, and its result is among the features."""

from __future__ import annotations

from collections.abc import Iterator

from rung.core.evidence import Measure
from rung.core.finding import Confidence, Finding, Remedy, Severity, Subject
from rung.core.marks import witness
from rung.facts.run_code import act_and_bite, at, positions, rows_words, score_words
from rung.facts.run_copies import RunCopies
from rung.facts.run_learning import TARGET_ENCODER, Learned, RunLearning
from rung.facts.run_reading import ReadLearning

KINDS = ("transform", "names", "statistic", "group-statistic", "model")


@witness("P101")
def preprocessing_leakage_in_run(learning: RunLearning, copies: RunCopies) -> Iterator[Finding]:
    """Preprocessing was fitted on rows that are scored later.

    Decided by row identity: the act read rows of a set that was scored and rows that the model was fitted on, and its result is in the features.
    Statistics over groups within which no split goes, names of categories and rows merely left out are notes or silent.
    """
    for each, name in _by_line(foreseen(learning, KINDS, folded=False))[:4]:
        if each.kind != "statistic" or not copies.of(each.scoring):  # the size of the noise on copies
            yield _finding(learning, each, name)


@witness("P101")
def preprocessing_leakage_in_source(read: ReadLearning, learning: RunLearning | None) -> Iterator[Finding]:
    """The same by the source alone, for what the run could not follow (NumPy in C, objects made by calls that are not observed)."""
    if learning is None or not foreseen(learning, KINDS, folded=False):
        for each, name in _by_line(foreseen(read.learning, KINDS, folded=False))[:2]:
            yield _finding(read.learning, each, name)


def foreseen(learning: RunLearning, kinds: tuple[str, ...], *, folded: bool) -> list[Learned]:
    """One entry an act: those that learned from scored rows, apart from encodings of the target; the plainest score of each."""
    acts: dict[object, Learned] = {}
    for each in learning.foreseen(kinds):
        encodes = each.target and (each.kind == "group-statistic" or bool(TARGET_ENCODER.search(each.name)))
        own_groups = (
            each.kind == "group-statistic"
            and each.scoring.split is not None
            and each.scoring.split.split is not None
            and each.scoring.split.split.grouped
        )
        if (each.scoring.many > 1) == folded and not encodes and not own_groups:
            acts.setdefault((each.event.where, each.name), each)
    return list(acts.values())


def _by_line(acts: list[Learned]) -> list[tuple[Learned, str]]:
    """Each act with its name; statistics of one line, as the mean and the deviation of a scaling by hand, are one act."""
    lines: dict[object, list[Learned]] = {}
    for place, each in enumerate(acts):
        lines.setdefault((each.event.where, each.kind) if each.kind == "statistic" else place, []).append(each)
    return [(group[0], " and ".join(dict.fromkeys(each.name for each in group))) for group in lines.values()]


def _finding(learning: RunLearning, each: Learned, name: str) -> Finding:
    trace = learning.scorings.history.trace
    act, bite = each.event, each.scoring.event
    seen = rows_words(trace, len(each.seen), "rows that are scored later")
    return Finding(
        subject=Subject(kind="line", names=(name, *act.columns[:10]), rows=positions(trace, each.seen), where=act.where, detail=act.code),
        message=(
            f"{name} at {at(act)} learned from {seen} ({score_words(bite)}, {at(bite)}): the score is not that of unseen rows."
            if each.kind != "names"
            else f"{name} at {at(act)} learned its categories from {seen} too; a category that only they hold would be known to the model."
        ),
        severity=severity_of(learning, each),
        confidence=Confidence.NEAR_CERTAIN if trace.counted else Confidence.LIKELY,
        evidence=(
            *act_and_bite(trace, act, bite, act_title="What learned from rows that are scored"),
            *((Measure(title="Scored rows that it read", value=float(len(each.seen)), limit=0.0, unit="rows"),) if trace.counted else ()),
        ),
        remedy=Remedy(fix=fix_of(each, name), safety="ask"),
    )


def severity_of(learning: RunLearning, each: Learned) -> Severity:
    """An error where the target was used; a note where only names were learned, rows left out, or another score is free of it."""
    if each.target:
        return Severity.ERROR
    if each.kind == "names" or each.chosen:
        return Severity.NOTE
    scored_clean = any(
        other.event.id > each.scoring.event.id and not len(set(other.held.tolist()) & set(each.rows.tolist()))
        for other in learning.scorings.held
    )
    return Severity.NOTE if scored_clean else Severity.WARNING


def fix_of(each: Learned, name: str) -> str:
    """What to do about it."""
    if each.event.estimator is not None:
        return (
            f"Split first; fit {name} on the training rows only, best as a step of one pipeline with the model, and apply it to the others."
        )
    return f"Split first; work out the {name} over the training rows only and use that for the other rows."
