"""T317: the same batch, again and again."""

from __future__ import annotations

from collections.abc import Iterator

from rung.core.evidence import Measure
from rung.core.finding import Confidence, Finding, Remedy, Severity, Subject
from rung.core.marks import check
from rung.facts.feeding import Feeding


@check("T317", severity="error", explains=("overfitting-curve", "overfitting", "not-better-than-baseline", "confident-errors"))
def same_batch_every_step(feeding: Feeding, *, min_share: float = 0.9, min_batches: int = 5) -> Iterator[Finding]:
    """Every step sees the same rows, though there are more.

    Why it matters:
        The model learns one batch by heart; the training loss is splendid and says nothing.
    Likely cause:
        `next(iter(loader))` inside the loop, a batch taken before it, or a debugging aid (overfit one batch) left in.
    How it decides:
        Exact, by content: at least `min_share` of `min_batches` or more batches are equal, and the loader's data set has at least twice as many rows as the batch.
    When it is wrong:
        The whole table as one batch is full-batch training: silent. Overfitting one batch as a test is what it is named for: ignore it then.
    Fix:
        Iterate over the loader.
    Verify:
        The fingerprints of two batches differ.
    Prevent:
        for x, y in loader:  # never next(iter(loader)) inside the loop
    Sources:
        The rule is exact.

    min_share : share of equal batches
    min_batches : batches before which nothing is said
    """
    more = feeding.known_rows >= 2 * max(feeding.batch_rows, 1.0)
    if feeding.batches >= min_batches and feeding.repeats >= min_share and more:
        yield _finding(feeding)


def _finding(feeding: Feeding) -> Finding:
    return Finding(
        subject=Subject(kind="rows", names=("training batches",)),
        message=f"{feeding.repeats:.0%} of {feeding.batches:,} batches are the same {feeding.batch_rows:.0f} rows, of {feeding.known_rows:,} that the loader has.",
        severity=Severity.CRITICAL,
        confidence=Confidence.NEAR_CERTAIN,
        evidence=(
            Measure(title="Share of equal batches", value=feeding.repeats, limit=0.9),
            Measure(title="Rows that the loader has", value=float(feeding.known_rows), reading=f"A batch has {feeding.batch_rows:.0f}."),
        ),
        remedy=Remedy(
            cause="A new iterator is made at each step, or one batch was taken before the loop.",
            fix="Iterate over the loader.",
            patch="for x, y in loader:\n    ...",
            verify="Two batches differ.",
        ),
    )
