"""D206: labels that are wrong."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from rung.core.evidence import Evidence
from rung.core.finding import Confidence, Finding, Remedy, Severity, Subject
from rung.core.marks import check
from rung.facts.coarse_evidence import CoarseEvidence
from rung.facts.column_shift import TestShifts
from rung.facts.domain_classifier import TestSeparation
from rung.facts.label_contrast import LabelContrast
from rung.facts.label_doubts import LabelDoubts
from rung.facts.settled_doubts import OneWay, SettledDoubts
from rung.facts.target import Target
from rung.stats.label_noise import NoiseFloor

ALPHA = 1e-4  # one test a run
# By hand, see fault bench. Sure rows must be a fair part of the table, or the floor is the edge of a fit; above the others the task is hard.
SURE_SHARE, SURE_ROWS, SEEN = 0.2, 100, 5
HIGHEST, AMBIGUOUS = 0.2, 0.3
# The second look: its learners make honest noise look steadier, so more is asked of the floor. Chosen by hand, see fault bench.
FIRST, HEIGHT, STEADY, PART_SURE, ONE_SURE, MUDDLED = 0.02, 1.5, 0.3, 0.15, 0.2, 0.2
FEW = 20  # values of the one column that tells all: its surest value has a rate of exceptions; chosen by hand
WORSE = 1e-3  # one test a run; with a test set only
MOVED, APART = 0.15, 0.6  # distance of a column, and AUC at which the two tables are told apart; chosen by hand


@check("D206", severity="warning", explains=("confident-errors", "underfitting", "outliers", "overfitting", "miscalibration"))
def label_errors(
    target: Target, doubts: LabelDoubts, settled: SettledDoubts | None, coarse: CoarseEvidence | None, contrast: LabelContrast | None,
    shifts: TestShifts | None, apart: TestSeparation | None, *, min_rate: float = 0.02,
) -> Iterator[Finding]:  # fmt: skip
    """Labels contradict the features where nothing is ambiguous.

    Why it matters:
        Wrong labels cap every score, teach the model the annotators' slips, and make good models look worse than they are.
    Likely cause:
        Hurried or automatic annotation, a default class, codes swapped in one source, a digit or unit slip in a typed target.
    How it decides:
        Classes: the rate at which labels disagree with out-of-fold predictions of two learners is followed as the predictions grow surer.
        Honest doubt fades; a floor that stays is the rate of wrong labels. Warning: the floor's chance is below 1 in 10,000, its interval
        lies above `min_rate`, a fifth of the rows (100) are sure, and the rarer of the sure classes is contradicted too, none in more than three
        of ten rows. Or, where there is a hint of a floor, learners fitted without the contradicted rows meet one too: in all rows, a sixth of them
        sure, or in those of one predicted class, where the class that they are labelled as is itself clear (four of five such predictions hold).
        Or the same learners rank test rows better than training rows that they did not see either (chance below 1 in 1,000), by twice `min_rate`
        of the signal at least, and no column moved between the two. Otherwise a note, where many labels are contradicted by both.
        Numbers: residuals beyond what their own tails allow and farther than 12 robust deviations; a note where nearer.
    When it is wrong:
        A cause that no feature shows and that strikes all rows alike, such as accidents, looks the same, and so does a rate of exceptions where one
        column of few values tells all (then it is a note); read the rows before relabelling.
    Fix:
        Look at the listed rows, correct what is wrong, and let the rest be.
    Verify:
        Train with the accused training rows left out, against as many random rows of the same classes left out.
    Prevent:
        Have a sample of rows labelled twice and watch the agreement.
    Sources:
        Copas (1988) on misclassified responses; Self & Liang (1987) for a rate at its edge; Northcutt, Jiang & Chuang (2021) on confident
        learning.

    min_rate : share of wrong labels below which nothing is said.
    """
    fine = coarse is None or coarse.values > FEW or coarse.gain.low > 0
    if fine and _floor_stands(doubts, min_rate):
        yield _classes(doubts, target)
    elif fine and settled is not None and _settled(settled, min_rate):
        yield _second_look(settled, doubts, target)
    elif contrast is not None and contrast.p < WORSE and contrast.lost.low > 2 * min_rate and _alike(shifts, apart):
        yield _worse(doubts, contrast, target)


def _floor_stands(doubts: LabelDoubts, min_rate: float) -> bool:
    floor = doubts.floor
    sure = floor.sure_rows >= max(SURE_ROWS, SURE_SHARE * doubts.n)
    return floor.p <= ALPHA and floor.low >= min_rate and sure and floor.rate <= HIGHEST and _everywhere(doubts)


def _everywhere(doubts: LabelDoubts) -> bool:
    """Whether more than the commonest class is contradicted (a cause that no feature shows strikes that one alone), and none is a mere guess."""
    predicted = doubts.flips.sum(axis=0)
    wrong = predicted - doubts.flips.diagonal()
    often = predicted >= 4 * SEEN
    guessed = (wrong[often] / predicted[often]).max(initial=0.0) >= AMBIGUOUS
    return bool(np.delete(wrong, int(predicted.argmax())).sum() >= SEEN and not guessed)


def _settled(settled: SettledDoubts, min_rate: float) -> bool:
    whole, way, n = settled.whole, settled.one_way, settled.whole.n
    everywhere = settled.first < FIRST and _steady(whole.floor, PART_SURE * n, min_rate) and _everywhere(whole)
    return everywhere or (way is not None and _steady(way.floor, ONE_SURE * n, min_rate) and _clear(way))


def _steady(floor: NoiseFloor, sure: float, min_rate: float) -> bool:
    return floor.p < ALPHA and HEIGHT * min_rate <= floor.low and floor.rate <= STEADY and floor.sure_rows >= max(SURE_ROWS, sure)


def _clear(way: OneWay) -> bool:
    """A cause that no feature shows makes no clear class: few rows are predicted to be of it, and those are often wrong."""
    return way.settled >= max(4 * SEEN, 2 * way.contradicted) and way.doubted <= MUDDLED


def _alike(shifts: TestShifts | None, apart: TestSeparation | None) -> bool:
    """Whether the features of training and test rows are drawn alike: else some column, and not the label, may be worse in one of them."""
    moved = shifts is not None and any(each.p < 1e-4 and each.distance > MOVED for each in shifts.shifts.columns)
    return not moved and (apart is None or apart.separation.low < APART)


def _worse(doubts: LabelDoubts, contrast: LabelContrast, target: Target) -> Finding:
    return _finding(
        Subject(kind="rows", names=(target.name,), rows=tuple(doubts.rows[:50].tolist()), detail="the surest contradictions first"),
        contrast.told(),
        (contrast.bars(), *doubts.flipped(target.classes)[-1:]),
    )


def _second_look(settled: SettledDoubts, doubts: LabelDoubts, target: Target) -> Finding:
    way, floor, among = settled.one_way, settled.whole.floor, "all rows"
    if way is not None and way.floor.p < floor.p:
        floor, among = way.floor, f"rows that look like '{target.classes[way.seen]}'"
    return _finding(
        Subject(kind="rows", names=(target.name,), rows=tuple(settled.rows[:50].tolist()), detail="the surest contradictions first"),
        f"About {floor.rate:.1%} ({floor.low:.1%} to {floor.high:.1%}) of the labels of {among} are wrong: learners fitted without the "
        f"{len(settled.rows):,} rows that they contradict go on contradicting them, however sure they are.",
        (settled.whole.curve(), *doubts.flipped(target.classes)[-1:]),
    )


def _classes(doubts: LabelDoubts, target: Target) -> Finding:
    floor = doubts.floor
    return _finding(
        Subject(kind="rows", names=(target.name,), rows=tuple(doubts.rows[:50].tolist()), detail="the surest contradictions first"),
        f"About {floor.rate:.1%} of the labels ({floor.low:.1%} to {floor.high:.1%}) are wrong: {len(doubts.rows):,} of "
        f"{floor.sure_rows:,} rows that two learners are sure of bear another label.",
        (doubts.curve(), *doubts.flipped(target.classes)),
    )


def _finding(subject: Subject, text: str, evidence: tuple[Evidence, ...]) -> Finding:
    target, rows = subject.names[0], list(subject.rows[:20])
    return Finding(
        subject=subject,
        message=text,
        severity=Severity.WARNING,
        confidence=Confidence.LIKELY,
        evidence=evidence,
        remedy=Remedy(
            fix=f"Look at the listed rows and correct '{target}' where it is wrong.",
            patch=f"print(train.iloc[{rows}])  # then: train = train.drop(index=train.index[wrong])",
            experiment="relabel",
        ),
    )
