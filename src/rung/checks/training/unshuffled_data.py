"""T316: batches in the order of the target."""

from __future__ import annotations

from collections.abc import Iterator

from rung.core.evidence import Line, Lines, Measure
from rung.core.finding import Confidence, Finding, Remedy, Severity, Subject
from rung.core.marks import check
from rung.facts.feeding import Feeding
from rung.facts.progress import Progress

ONE_BATCH = 0.9  # share of equal batches from which the run has but one; two in turn have 0.5


@check(
    "T316",
    severity="error",
    explains=(
        "oscillating-loss",
        "diverging-loss",
        "flat-loss",
        "plateaued-loss",
        "underfitting",
        "overfitting-curve",
        "dead-units",
        "learning-rate-too-high",
    ),
)
def unshuffled_data(feeding: Feeding, progress: Progress | None, *, min_excess: float = 0.3, min_rows: int = 100) -> Iterator[Finding]:
    """The rows come in the order of their targets, so that each batch shows only a part of the task.

    Why it matters:
        The net learns each class in turn and forgets the one before; the loss swings with the order, and the last class wins.
    Likely cause:
        `shuffle=True` left out of the loader for a file that is sorted, or an index that was sorted.
    How it decides:
        Over at least `min_rows` rows as they were fed: neighbours share their class (or resemble each other in the number) more often than in any shuffled order, by
        `min_excess` and ten standard errors. An order without a pattern needs no shuffling, whatever the sampler is called.
    When it is wrong:
        Series and texts are read in order on purpose: with one target a position they are not judged, and rows that follow each other in time are a note
        as long as the run learns. Where every step sees one and the same batch, as in training on all rows at once, there is no order. Curricula are
        named; mute the rule.
    Fix:
        `DataLoader(..., shuffle=True)`.
    Verify:
        Each batch holds all classes.
    Prevent:
        assert len(set(labels[:100])) > 1
    Sources:
        Wald and Wolfowitz (1940) for runs; von Neumann (1941) for successive differences.

    min_excess : share of equal neighbours beyond chance, or correlation of neighbours, from which it counts
    min_rows : rows before which nothing is said
    """
    if feeding.batches > 1 and feeding.repeats > ONE_BATCH:
        return
    if feeding.ordered is not None and feeding.rows >= min_rows and feeding.ordered >= min_excess and feeding.ordered_z >= 10:
        yield _finding(feeding, _severity(feeding, progress))


def _severity(feeding: Feeding, progress: Progress | None) -> Severity:
    """An order by the target is a fault; neighbours in time that resemble each other are one where little is learned."""
    if feeding.sorted:
        return Severity.ERROR
    return Severity.NOTE if progress is not None and progress.learned > 0.5 else Severity.WARNING


def _finding(feeding: Feeding, severity: Severity) -> Finding:
    shown = feeding.targets[:400]
    what = "share their class" if feeding.classes else "resemble each other in the target"
    return Finding(
        subject=Subject(kind="rows", names=("order of the training rows",), detail=feeding.loader),
        message=f"Training rows come in the order of their targets: neighbours {what} {feeding.ordered:.2f} beyond chance over {feeding.rows:,} rows"
        + (f" ({feeding.loader})." if feeding.loader else "."),
        severity=severity,
        confidence=Confidence.NEAR_CERTAIN,
        evidence=(
            Measure(title="Likeness of neighbours beyond chance", value=feeding.ordered or 0.0, limit=0.3, unit=""),
            Lines(
                title="Targets as they were fed",
                x_label="row",
                y_label="target",
                lines=(Line(name="target", x=tuple(range(len(shown))), y=tuple(shown.tolist())),),
                reading="A staircase is an order; a shuffled set is a cloud.",
            ),
        ),
        remedy=Remedy(
            cause="The loader hands the rows out as they lie in the file.",
            fix="Shuffle the training rows.",
            patch="DataLoader(train_set, batch_size=..., shuffle=True)",
            verify="Each batch holds all classes.",
            experiment="shuffle-rows",
        ),
    )
