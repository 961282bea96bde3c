"""D205: equal features, different labels."""

from __future__ import annotations

from collections.abc import Iterator

from rung.core.evidence import Measure
from rung.core.finding import Confidence, Finding, Remedy, Severity, Subject
from rung.core.marks import check
from rung.facts.repeats import Conflicts
from rung.facts.target import Target

# Columns with more than 20 values: from three on a whole row repeats by accident only in tables of counts. Chosen by hand.
DISTINCTIVE = 3
COMMON = 0.2  # rows with a twin over all rows, from which rows are alike by nature unless they also differ more than chance would have it


@check("D205", severity="warning", explains=("underfitting", "label-errors", "confident-errors"))
def conflicting_labels(conflicts: Conflicts, target: Target, *, min_share: float = 0.01) -> Iterator[Finding]:
    """Rows that are alike in every feature bear different labels, so that no model can be right on all of them.

    Why it matters:
        The conflict is a ceiling: no features here tell these rows apart, whatever the model.
    Likely cause:
        Two annotators or two rules for one case; a feature that would decide was dropped or rounded; rows repeated with another outcome.
    How it decides:
        Rows are grouped by all features. Warning: classes, at least `min_share` of all rows (and ten) in groups with different labels,
        and three columns with more than 20 values, so that equal rows are hardly an accident. In tables of few values, and where a fifth of all rows have twins
        that differ no more often than labels drawn by the table's shares, twins with different labels are natural: a note with the ceiling. Numbers: a note.
    When it is wrong:
        Outcomes that are random given the features, measured coarsely.
    Fix:
        Settle the label by rule or majority, or bring back the feature that tells the rows apart.
    Verify:
        Count the conflicts again; the ceiling must rise.
    Prevent:
        assert train.groupby(features)[target].nunique().max() == 1
    Sources:
        Bayes error of a partition: the best constant prediction in each group of equal rows.

    min_share : rows in conflict over all rows, from which it is more than a note.
    """
    if not conflicts.n_rows:
        return
    error = (conflicts.expected * (1 - conflicts.expected) / max(1, conflicts.n_alike)) ** 0.5
    natural = conflicts.n_alike >= COMMON * conflicts.total and conflicts.disagreement <= conflicts.expected + 3 * error
    serious = (
        target.is_classification
        and not natural
        and conflicts.distinctive >= DISTINCTIVE
        and conflicts.n_rows >= max(10, min_share * conflicts.total)
    )
    best = "accuracy" if target.is_classification else "R2"
    yield Finding(
        subject=Subject(kind="rows", names=(target.name,), rows=conflicts.rows, detail="groups of equal features"),
        message=(
            f"{conflicts.n_rows:,} of {conflicts.total:,} rows equal others in every feature and differ in '{target.name}': "
            f"no model can pass an {best} of {conflicts.ceiling:.3f} on them."
        ),
        severity=Severity.WARNING if serious else Severity.NOTE,
        confidence=Confidence.NEAR_CERTAIN if serious else Confidence.POSSIBLE,
        evidence=(
            Measure(
                title=f"Best attainable {best}", value=conflicts.ceiling, reading="Each group of equal rows gets its best single answer."
            ),
            Measure(
                title="Twins in conflict",
                value=conflicts.disagreement,
                limit=conflicts.expected,
                reading="The limit is what twins would show if labels were drawn by their shares, features apart.",
            ),
        ),
        remedy=Remedy(
            fix="Settle the labels of equal rows, or bring back the feature that tells them apart.",
            patch=(
                f"features = [name for name in train.columns if name != {target.name!r}]\n"
                f"mixed = train.groupby(features, dropna=False)[{target.name!r}].transform('nunique') > 1\nprint(train[mixed].sort_values(features))"
            ),
            prevent=f"assert train.groupby(features, dropna=False)[{target.name!r}].nunique().max() == 1",
        ),
    )
