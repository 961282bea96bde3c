"""D204: rows that occur more than once."""

from __future__ import annotations

from collections.abc import Iterator

from rung.core.evidence import Bars
from rung.core.finding import Confidence, Finding, Remedy, Severity, Subject
from rung.core.marks import check
from rung.facts.balanced import BalancedTraining
from rung.facts.repeats import Oversampled, Repeats


@check(
    "D204", severity="warning", explains=("split-overlap", "resampling-before-split", "conflicting-labels", "overfitting", "group-leakage")
)
def duplicate_rows(
    repeats: Repeats, repeated: Oversampled | None, balanced: BalancedTraining | None, *, min_share: float = 0.01
) -> Iterator[Finding]:
    """Whole rows repeat more often than their values make natural.

    Why it matters:
        A repeat on both sides of a split is an answer known beforehand, and repeated rows weigh more than others in every fit.
    Likely cause:
        A file read or appended twice, a join that repeated rows, oversampling before the split, an export by pages that overlap.
    How it decides:
        Rows equal in all features and the target, beyond the first of each kind. Expected: the same count after every column is shuffled by
        itself, tenfold because columns depend on each other. Warning: at least `min_share` of the rows, ten times what is expected, and at
        least three columns with more than 20 values, where honest rows seldom coincide; or the rarest class repeats evenly until it is as frequent as the
        others, which hardly repeat. Fewer: a note; also where a test set is given that holds none
        of them and all are of the rarest class, as oversampling after the split makes them.
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
    label = balanced.labels[0] if balanced is not None and balanced.repeated else ""
    yield _finding(
        repeats,
        label,
        Severity.WARNING if (repeats.unnatural(min_share) or (repeated is not None and repeated.label)) and not label else Severity.NOTE,
    )


def _finding(repeats: Repeats, label: str, severity: Severity) -> Finding:
    share = repeats.n_extra / repeats.n_rows
    drawn = (
        f" All are of '{label}', the rarest class, and none stands in the test set: drawn to balance the classes after the split."
        if label
        else ""
    )
    return Finding(
        subject=Subject(kind="rows", rows=tuple(repeats.extra[:50].tolist()), detail="repeats of earlier rows"),
        message=(
            f"{repeats.n_extra:,} of {repeats.n_rows:,} rows ({share:.1%}) repeat an earlier row in all {repeats.n_features} features and the "
            f"target; {repeats.expected:,.0f} would if columns were combined at random.{drawn}"
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
