"""D201: features and labels of different length."""

from __future__ import annotations

from collections.abc import Iterator

from rung.core.evidence import Bars
from rung.core.finding import Confidence, Finding, Remedy, Severity, Subject
from rung.core.marks import check
from rung.inputs.case import Pairing, Test, Train, Valid


@check(
    "D201", instrument=True, severity="error", explains=("label-misalignment", "index-misalignment", "underfitting", "not-better-than-baseline", "missing-values")
)  # fmt: skip
def length_mismatch(train: Train, test: Test | None, valid: Valid | None) -> Iterator[Finding]:
    """Features and labels differ in length, so that it cannot be told which label belongs to which row.

    Why it matters:
        Cutting the longer one makes the error go away and may put every label beside the wrong row.
    Likely cause:
        Rows were filtered, deduplicated or dropped for missing values on one side only; a join repeated rows; a header was read as data; a lag
        cost rows on one side.
    How it decides:
        The two lengths as given, before anything is cut. Only for features and labels that are handed over apart.
    When it is wrong:
        Never: every learner refuses such a pair.
    Fix:
        Bring both to the same rows by index or key, before any filter.
    Verify:
        assert len(X) == len(y), and the score with the rows joined by key.
    Prevent:
        Keep the label in the table until after the last filter: X, y = frame.drop(columns=target), frame[target]
    Sources:
        By definition.
    """
    for name, given in (("train", train), ("test", test), ("valid", valid)):
        if given is not None and given.pairing is not None and given.pairing.n_features != given.pairing.n_labels:
            yield _finding(name, given.pairing)


def _cause(pair: Pairing) -> str:
    gap, longer = pair.n_features - pair.n_labels, max(pair.n_features, pair.n_labels)
    shorter = min(pair.n_features, pair.n_labels)
    if pair.index in ("partial", "permuted"):
        return "the indexes share entries, so rows were dropped or repeated on one side only"
    if abs(gap) == 1:
        return "one row more: a header read as data, or a lag that cost one row"
    if shorter and longer % shorter == 0:
        return f"{longer // shorter} times as many: a join that repeated rows, or labels still one-hot"
    return "rows were filtered or dropped on one side only" if gap < 0 else "labels were filtered, or a join repeated rows of the features"


def _finding(name: str, pair: Pairing) -> Finding:
    by_index = pair.index in ("partial", "permuted")
    repair = "common = X.index.intersection(y.index)\nX, y = X.loc[common], y.loc[common]" if by_index else None
    return Finding(
        subject=Subject(kind="split", names=(name,), detail="features and labels"),
        message=f"The features of '{name}' have {pair.n_features:,} rows and the labels {pair.n_labels:,}: {_cause(pair)}.",
        severity=Severity.ERROR,
        confidence=Confidence.NEAR_CERTAIN,
        evidence=(
            Bars(
                title="Rows as given",
                labels=("features", "labels"),
                values=(float(pair.n_features), float(pair.n_labels)),
                unit="rows",
                reading="Both must be the same; what follows was worked out on the rows that both have, in the order given.",
            ),
        ),
        remedy=Remedy(
            fix="Join features and labels by index or key before any row is dropped.", patch=repair, prevent="assert len(X) == len(y)"
        ),
    )
