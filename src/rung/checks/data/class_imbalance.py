"""D209: too few rows of one class to learn from or to measure on."""

from __future__ import annotations

from collections.abc import Iterator

from rung.core.evidence import Bars, Measure
from rung.core.finding import Confidence, Finding, Remedy, Severity, Subject
from rung.core.marks import check
from rung.facts.class_counts import ClassCounts, SplitCounts

# Chosen by hand: below ten cases a fold of five holds two, and no learner or threshold can be told from another.
LEAST = 10
STEP = 4  # times as many rows as the rarest class has the next rarest one, where a long tail of classes is no excuse; chosen by hand
RARE = 0.1  # share of the rarest class below which the table counts as imbalanced at all; a note


@check("D209", severity="warning", explains=("uncorrected-imbalance", "constant-predictions"))
def class_imbalance(counts: ClassCounts, *, widest: float = 0.1) -> Iterator[Finding]:
    """Rows of one class are too few to learn from or to measure on.

    Why it matters:
        Rarity as such does no harm; few cases do. A score on twelve positives moves by a tenth when the split is drawn again, so that every
        comparison of models is a lottery.
    Likely cause:
        A rare event, a short period of collection, a split that was not stratified, a class that should be merged with others.
    How it decides:
        For training and test rows: cases of the rarest class, the half-width of a 95 % interval for the AUC at this count (as if it were
        0.8), and the smallest difference of AUC that could be seen. Warning only where the class is also rare: fewer than 10 rows and less
        than a tenth of an even share (among several classes the next rarest must also have four times as many: a long tail of classes is how the
        world is), or, with two classes, an interval wider than `widest` at a share below 5 %. A model with class weights or a sampler
        turns the warning into a note. An imbalanced table with rows enough is a note.
    When it is wrong:
        The rare class is not the one that decisions hang on, or scores are pooled over several sets.
    Fix:
        Collect more cases, merge rare classes, or pool folds for the estimate; choose the threshold by cost before reweighting anything.
    Verify:
        The interval of the score at the new count.
    Prevent:
        assert y.value_counts().min() >= 50, and stratify every split.
    Sources:
        Hanley & McNeil (1982) for the error of the AUC; van den Goorbergh et al. (2022) and Carriero et al. (2025): reweighting does not add
        information.

    widest : half-width of the AUC's interval above which a set is too small to measure on.
    """
    for split in counts.splits:
        scarce = _unmeasurable(split, widest, len(counts.labels))
        if scarce:
            yield _finding(counts, split, Severity.NOTE if counts.weighted else Severity.WARNING)
            return
    train = counts.splits[0]
    if train.share * len(counts.labels) / 2 < RARE:
        yield _finding(counts, train, Severity.NOTE)


def _unmeasurable(split: SplitCounts, widest: float, n_classes: int) -> bool:
    if n_classes == 2:
        return split.share < 0.05 and (split.count < LEAST or split.half_width > widest)
    # Among many classes some are always rare: only one that is out of line with the next rarest was collected too seldom.
    following = sorted(each for each in split.counts if each)[1:2]
    out_of_line = bool(following) and split.count * STEP <= following[0]
    return split.count < LEAST and split.share < 0.1 / n_classes and out_of_line


def _finding(counts: ClassCounts, split: SplitCounts, severity: Severity) -> Finding:
    label = counts.labels[split.rarest]
    shown = sorted(range(len(counts.labels)), key=lambda code: split.counts[code])[:20]
    verdict = "" if severity is Severity.WARNING else "; rows enough to measure on" if split.half_width <= 0.1 else "; the model weights its classes" if counts.weighted else ""  # fmt: skip
    return Finding(
        subject=Subject(kind="column", names=(counts.name,), detail=f"class '{label}' in {split.name}"),
        message=(
            f"Only {split.count:,} of {split.total:,} {split.name} rows ({split.share:.1%}) are '{label}': an AUC of 0.8 is known to "
            f"\u00b1{split.half_width:.2f}, and a difference below {split.least_difference:.2f} cannot be seen{verdict}."
        ),
        severity=severity,
        confidence=Confidence.NEAR_CERTAIN,
        evidence=(
            Bars(
                title=f"Rows of each class in {split.name}",
                labels=tuple(counts.labels[code] for code in shown),
                values=tuple(float(split.counts[code]) for code in shown),
                marked=(label,),
                unit="rows",
                reading="The rarest class limits what can be learned and measured.",
            ),
            Measure(title="Half-width of the AUC's interval", value=split.half_width, limit=0.1, reading="Below the limit scores can be compared."),
        ),
        remedy=Remedy(
            fix=f"Collect more rows of '{label}', merge it with a class that is acted on alike, or pool the folds for the estimate.",
            patch=f"train, test = train_test_split(frame, stratify=frame[{counts.name!r}], random_state=0)",
            prevent=f"assert train[{counts.name!r}].value_counts().min() >= 50",
        ),
    )  # fmt: skip
