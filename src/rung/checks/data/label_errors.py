"""D206: labels that are wrong."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from rung.core.evidence import Evidence, Ranking
from rung.core.finding import Confidence, Finding, Remedy, Severity, Subject
from rung.core.marks import check
from rung.facts.column_shift import TestShifts
from rung.facts.domain_classifier import TestSeparation
from rung.facts.label_contrast import LabelContrast
from rung.facts.label_doubts import LabelDoubts, ValueDoubts
from rung.facts.target import Target

ALPHA = 1e-4  # one test a run
# Rows that are sure must be a fair part of the table, or the floor is the edge of a fit. Chosen by hand, see fault bench.
SURE_SHARE, SURE_ROWS, SEEN = 0.2, 100, 5
# Above these the learners are rather too sure of a hard task than the labels wrong. Chosen by hand, see fault bench.
HIGHEST, AMBIGUOUS = 0.2, 0.3
SURE = 1.39  # log-odds of four fifths; a note only
WORSE = 1e-3  # one test a run; with a test set only
MOVED, APART = 0.15, 0.6  # distance of a column, and AUC at which the two tables are told apart; chosen by hand
FAR = 12.0  # robust deviations of a residual; chosen by hand: digit errors and units lie beyond, long honest tails seldom


@check("D206", severity="warning", explains=("confident-errors", "underfitting", "outliers", "overfitting", "miscalibration"))
def label_errors(
    target: Target, doubts: LabelDoubts | None, values: ValueDoubts | None, contrast: LabelContrast | None, shifts: TestShifts | None,
    apart: TestSeparation | None, *, min_rate: float = 0.02,
) -> Iterator[Finding]:  # fmt: skip
    """Labels contradict the features where nothing is ambiguous.

    Why it matters:
        Wrong labels cap every score, teach the model the annotators' slips, and make good models look worse than they are.
    Likely cause:
        Hurried or automatic annotation, a default class, codes swapped in one source, a digit or unit slip in a typed target.
    How it decides:
        Classes: the rate at which labels disagree with out-of-fold predictions of two learners is followed as the predictions grow surer.
        Honest doubt fades; a floor that stays is the rate of wrong labels. Warning: the floor's chance is below 1 in 10,000, its interval
        lies above `min_rate`, a fifth of the rows (100) are sure, and the rarer of the sure
        classes is contradicted too, none in more than three of ten rows. Or the same learners rank test rows better than training rows that they
        did not see either (chance below 1 in 1,000), by twice `min_rate` of the signal at least, and no column moved between the two. Otherwise a
        note, where many labels are contradicted by both.
        Numbers: residuals beyond what their own tails allow and farther than 12 robust deviations; a note where nearer.
    When it is wrong:
        A cause that no feature shows and that strikes all rows alike, such as accidents, looks the same; read the rows before relabelling.
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
    if doubts is not None and _floor_stands(doubts, min_rate):
        yield _classes(doubts, target)
    elif doubts is not None and contrast is not None and contrast.p < WORSE and contrast.lost.low > 2 * min_rate and _alike(shifts, apart):
        yield _worse(doubts, contrast, target)
    elif doubts is not None and (doubted := int((doubts.sure >= SURE).sum())) >= max(10, min_rate * doubts.n):
        yield _doubted(doubts, target, doubted)
    if values is not None and values.tails.n_beyond:
        yield _numbers(values, target)


def _floor_stands(doubts: LabelDoubts, min_rate: float) -> bool:
    floor = doubts.floor
    if floor.p > ALPHA or floor.low < min_rate or floor.sure_rows < max(SURE_ROWS, SURE_SHARE * doubts.n):
        return False
    predicted = doubts.flips.sum(axis=0)
    wrong = predicted - doubts.flips.diagonal()
    others = np.delete(wrong, int(predicted.argmax()))  # a cause that no feature shows strikes the commonest class alone
    if floor.rate > HIGHEST or others.sum() < SEEN:
        return False
    often = predicted >= 4 * SEEN
    return bool((wrong[often] / predicted[often]).max(initial=0.0) < AMBIGUOUS)


def _alike(shifts: TestShifts | None, apart: TestSeparation | None) -> bool:
    """Whether the features of training and test rows are drawn alike: else some column, and not the label, may be worse in one of them."""
    moved = shifts is not None and any(each.p < 1e-4 and each.distance > MOVED for each in shifts.shifts.columns)
    return not moved and (apart is None or apart.separation.low < APART)


def _worse(doubts: LabelDoubts, contrast: LabelContrast, target: Target) -> Finding:
    return _finding(
        Subject(kind="rows", names=(target.name,), rows=tuple(doubts.rows[:50].tolist()), detail="the surest contradictions first"),
        contrast.told(),
        Severity.WARNING,
        (contrast.bars(), *doubts.flipped(target.classes)[-1:]),
        "relabel",
    )


def _classes(doubts: LabelDoubts, target: Target) -> Finding:
    floor = doubts.floor
    return _finding(
        Subject(kind="rows", names=(target.name,), rows=tuple(doubts.rows[:50].tolist()), detail="the surest contradictions first"),
        f"About {floor.rate:.1%} of the labels ({floor.low:.1%} to {floor.high:.1%}) are wrong: {len(doubts.rows):,} of "
        f"{floor.sure_rows:,} rows that two learners are sure of bear another label.",
        Severity.WARNING,
        (doubts.curve(), *doubts.flipped(target.classes)),
        "relabel",
    )


def _doubted(doubts: LabelDoubts, target: Target, doubted: int) -> Finding:
    return _finding(
        Subject(kind="rows", names=(target.name,), rows=tuple(doubts.rows[:50].tolist()), detail="the surest contradictions first"),
        f"{doubted:,} of {doubts.n:,} labels are contradicted by two learners that are four fifths sure; whether these are errors or honest "
        "doubt cannot be told here.",
        Severity.NOTE, doubts.flipped(target.classes)[-1:], None,
    )  # fmt: skip


def _numbers(values: ValueDoubts, target: Target) -> Finding:
    far = float(values.distance.min()) if len(values.distance) else 0.0
    listed = zip(*(each[:50].tolist() for each in (values.rows, values.y, values.prediction, values.distance)), strict=True)
    ranking = Ranking(title="Rows to look at", columns=("row", target.name, "predicted", "robust deviations"), rows=tuple(listed), reading="Farthest first.")  # fmt: skip
    worst = f"row {values.rows[0]} has {values.y[0]:.4g} where {values.prediction[0]:.4g} is predicted" if len(values.rows) else ""
    return _finding(
        Subject(kind="rows", names=(target.name,), rows=tuple(values.rows[:50].tolist()), detail="the farthest residuals first"),
        f"{values.tails.n_beyond:,} of {values.n:,} targets lie farther from their prediction than the residuals' tails allow: {worst}.",
        Severity.WARNING if far > FAR and values.tails.n_beyond <= 0.05 * values.n else Severity.NOTE,
        (ranking,),
        None,
    )


def _finding(subject: Subject, text: str, severity: Severity, evidence: tuple[Evidence, ...], experiment: str | None) -> Finding:
    target, rows = subject.names[0], list(subject.rows[:20])
    return Finding(
        subject=subject,
        message=text,
        severity=severity,
        confidence=Confidence.LIKELY if severity is Severity.WARNING else Confidence.POSSIBLE,
        evidence=evidence,
        remedy=Remedy(
            fix=f"Look at the listed rows and correct '{target}' where it is wrong.",
            patch=f"print(train.iloc[{rows}])  # then: train = train.drop(index=train.index[wrong])",
            experiment=experiment,
        ),
    )
