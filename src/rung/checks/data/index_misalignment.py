"""D203: features and labels, or columns, joined by an index that does not match."""

from __future__ import annotations

from collections.abc import Iterator

from rung.core.evidence import Bars, Measure
from rung.core.finding import Confidence, Finding, Remedy, Severity, Subject
from rung.core.marks import check
from rung.facts.index_order import IndexOrder
from rung.facts.joint_missing import JointMissing
from rung.inputs.case import Train

ALPHA = 1e-3  # chance of such a signal among unrelated rows; one or two pairings are looked at
HALF = 0.5


@check(
    "D203", instrument=True, severity="error", explains=("label-misalignment", "label-errors", "underfitting", "not-better-than-baseline", "constant-predictions", "noise-features")
)  # fmt: skip
def index_misalignment(train: Train, order: IndexOrder | None, joint: JointMissing | None, *, min_share: float = 0.02) -> Iterator[Finding]:
    """Rows are matched by an index that no longer says which row is which.

    Why it matters:
        scikit-learn pairs by position, pandas by index: the same two objects give two different tables, and one of them is wrong.
    Likely cause:
        One side was sorted, sampled or filtered and kept its index; the other had its index reset; a column was assigned from another frame.
    How it decides:
        The same index entries in another order: a linear fit is scored with the labels taken by position and by index. By index only: error.
        By position only: the index is stale, a note. Both or neither: warning. Entries that match in part only are a warning where the rows
        carry no signal as they stand. Columns that are missing on exactly the same rows, as an assignment by index leaves them: a note.
    When it is wrong:
        A reset index on one side, with rows in the right order, is harmless here.
    Fix:
        y = y.loc[X.index], or reset both indexes at one point where both are in order.
    Verify:
        Train with the labels taken by index: the score rises.
    Prevent:
        assert X.index.equals(y.index)
    Sources:
        The documentation of pandas on alignment; Bartlett (1938) for the chance of the fit.

    min_share : rows on which columns are missing together, over all rows, from which it is mentioned.
    """
    pairing = train.pairing
    if order is not None and pairing is not None and pairing.index == "permuted" and order.moved:
        yield _permuted(order, train.table.n_rows)
    elif order is not None and pairing is not None and pairing.n_features == pairing.n_labels:
        yield _unmatched(order, pairing.index)
    if joint is not None and joint.names and joint.share >= min_share:
        yield _joint(joint)


def _permuted(order: IndexOrder, n: int) -> Finding:
    right = order.by_index_p < ALPHA and order.by_position < HALF * order.by_index
    stale = order.by_position_p < ALPHA and order.by_index < HALF * order.by_position
    severity = Severity.ERROR if right else Severity.NOTE if stale else Severity.WARNING
    says = "the index is right" if right else "the index is stale, positions are right" if stale else "which one is right cannot be told"
    return Finding(
        subject=Subject(kind="split", names=("train",), detail="index of the labels"),
        message=(
            f"{order.moved:,} of {n:,} labels stand at another place than their index says: features explain {order.by_position:.1%} of them "
            f"by position and {order.by_index:.1%} by index, so {says}."
        ),
        severity=severity,
        confidence=Confidence.NEAR_CERTAIN if right or stale else Confidence.LIKELY,
        evidence=(
            Bars(
                title="Share of the labels that a linear fit explains",
                labels=("by position", "by index"),
                values=(order.by_position, order.by_index),
                marked=("by index",) if right else ("by position",),
                reading="The pairing that is right is the one that features explain.",
            ),
        ),
        remedy=Remedy(
            fix="Take the labels by index."
            if not stale
            else "Reset both indexes while the rows are in order, so that nothing re-sorts them later.",
            patch="y = y.reset_index(drop=True)\nX = X.reset_index(drop=True)" if stale else "y = y.loc[X.index]",
            prevent="assert X.index.equals(y.index)",
            experiment=None if stale else "align-by-index",
        ),
    )


def _unmatched(order: IndexOrder, state: str) -> Finding:
    silent = state == "partial" and not order.by_position_p < 0.05
    how = "share only a part of their entries" if state == "partial" else "share no entry"
    why = "and the features explain nothing of the labels as they stand" if silent else "but the rows as they stand carry signal"
    return Finding(
        subject=Subject(kind="split", names=("train",), detail="index of the labels"),
        message=f"The indexes of features and labels {how}, {why} ({order.by_position:.1%}, chance {order.by_position_p:.2g}).",
        severity=Severity.WARNING if silent else Severity.NOTE,
        confidence=Confidence.POSSIBLE,
        evidence=(Measure(title="Share explained by position", value=order.by_position, reading="Far above chance: the order is right."),),
        remedy=Remedy(fix="Join by the index that both had before it was reset.", patch="y = y.loc[X.index]", prevent="assert X.index.equals(y.index)"),
    )  # fmt: skip


def _joint(joint: JointMissing) -> Finding:
    return Finding(
        subject=Subject(kind="columns", names=joint.names[:20], rows=joint.rows, detail=joint.place),
        message=f"{len(joint.names)} columns are missing on exactly the same {joint.n_rows:,} rows ({joint.share:.1%}, {joint.place}), as a join or an "
        "assignment by index leaves them.",
        severity=Severity.NOTE,
        confidence=Confidence.POSSIBLE,
        evidence=(Measure(title="Rows missing together", value=float(joint.n_rows), unit="rows", reading="Each of the columns, the same rows."),),
        remedy=Remedy(
            fix="Check that both frames had the same index when these columns were added.",
            patch=f"print(frame.loc[frame[{joint.names[0]!r}].isna()].index)",
            prevent="assert left.index.equals(right.index)  # before assigning columns",
        ),
    )  # fmt: skip
