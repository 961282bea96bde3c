"""D204: rows that occur more than once."""

from __future__ import annotations

from collections.abc import Iterator

from rung.core.evidence import Bars
from rung.core.finding import Confidence, Finding, Remedy, Severity, Subject
from rung.core.marks import check
from rung.facts.repeats import Repeats

# Columns that depend on each other repeat more often than shuffled ones. Chosen by hand, see fault bench: ten times as often is natural.
DEPENDENCE = 10.0
# Columns with more than 20 values: from three on a whole row repeats by accident only in tables of counts. Chosen by hand.
DISTINCTIVE = 3


@check(
    "D204", severity="warning", explains=("split-overlap", "resampling-before-split", "conflicting-labels", "overfitting", "group-leakage")
)
def duplicate_rows(repeats: Repeats, *, min_share: float = 0.01) -> Iterator[Finding]:
    """Whole rows repeat more often than their values make natural.

    Why it matters:
        A repeat on both sides of a split is an answer known beforehand, and repeated rows weigh more than others in every fit.
    Likely cause:
        A file read or appended twice, a join that repeated rows, oversampling before the split, an export by pages that overlap.
    How it decides:
        Rows equal in all features and the target, beyond the first of each kind. Expected: the same count after every column is shuffled by
        itself, tenfold because columns depend on each other. Warning: at least `min_share` of the rows, ten times what is expected, and at
        least three columns with more than 20 values, where honest rows seldom coincide. Fewer: a note.
    When it is wrong:
        Tables of coarse measurements and counts, where equal rows are different people.
    Fix:
        Drop the repeats before splitting, or keep one row with a weight where they are real.
    Verify:
        Train without the repeats and score the rows that are left: what falls was memory.
    Prevent:
        assert not train.duplicated().any()
    Sources:
        Expected collisions under independence, by permutation; Allamanis (2019) on what duplicates do to scores.

    min_share : repeats over rows, from which it is more than a note.
    """
    if not repeats.n_extra:
        return
    share = repeats.n_extra / repeats.n_rows
    allowed = DEPENDENCE * (repeats.expected + 1)
    serious = share >= min_share and repeats.n_extra > allowed and repeats.distinctive >= DISTINCTIVE
    yield _finding(repeats, share, Severity.WARNING if serious else Severity.NOTE)


def _finding(repeats: Repeats, share: float, severity: Severity) -> Finding:
    return Finding(
        subject=Subject(kind="rows", rows=tuple(repeats.extra[:50].tolist()), detail="repeats of earlier rows"),
        message=(
            f"{repeats.n_extra:,} of {repeats.n_rows:,} rows ({share:.1%}) repeat an earlier row in all {repeats.n_features} features and the "
            f"target; {repeats.expected:,.0f} would if columns were combined at random."
        ),
        severity=severity,
        confidence=Confidence.LIKELY if severity is Severity.WARNING else Confidence.POSSIBLE,
        evidence=(
            Bars(
                title="Repeated rows",
                labels=("found", "by chance"),
                values=(float(repeats.n_extra), repeats.expected),
                marked=("found",),
                unit="rows",
                reading="Chance: every column shuffled by itself.",
            ),
        ),
        remedy=Remedy(
            fix="Drop the repeats before the split, or keep one with a weight where they are real.",
            patch="train = train.drop_duplicates()",
            prevent="assert not train.duplicated().any()",
            experiment="drop-duplicates" if severity is Severity.WARNING else None,
        ),
    )
