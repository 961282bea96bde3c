"""D304 seen in a training run: rows of the validation passes were trained on."""

from __future__ import annotations

from collections.abc import Iterator

from rung.core.evidence import Bars, Measure
from rung.core.finding import Confidence, Finding, Remedy, Severity, Subject
from rung.core.marks import witness
from rung.facts.run_charts import at
from rung.facts.seen_twice import SeenTwice
from rung.inputs.history import History

MIN_ROWS = 10
MIN_SHARE = 0.05
ALL = 0.9


@witness("D304")
def split_overlap_in_training(rows: SeenTwice, history: History) -> Iterator[Finding]:
    """Rows that are validated on were trained on, by their content. Scoring all training rows beside others, to compare, is no overlap.

    Texts repeat passages: where training rows are drawn at random, validation rows from the same text would be met about as often as they meet themselves.
    """
    if rows.both < MIN_ROWS or rows.share < max(MIN_SHARE + 3 * rows.repeats, 0.5 * rows.redrawn):
        return
    if rows.covered < ALL:
        yield _finding(rows, history, Severity.CRITICAL if rows.share > 0.2 else Severity.ERROR)
    elif rows.share > ALL:
        yield _finding(rows, history, Severity.NOTE)  # the training set itself is scored, and nothing else


def _finding(rows: SeenTwice, history: History, severity: Severity) -> Finding:
    where = history.loop.valid_where
    told = (
        f"{rows.both:,} of {rows.valid:,} validation rows ({rows.share:.0%}) were trained on"
        if severity is not Severity.NOTE
        else "The only rows that are scored are those trained on"
    )
    return Finding(
        subject=Subject(kind="split", names=("validation rows",), where=where),
        message=f"{told}{at(where)}.",
        severity=severity,
        confidence=Confidence.NEAR_CERTAIN,
        evidence=(
            Measure(title="Share of validation rows that were trained on", value=rows.share, limit=MIN_SHARE),
            Bars(
                title="Distinct rows",
                labels=("trained on", "validated on", "both"),
                values=(rows.train, rows.valid, rows.both),
                marked=("both",),
            ),
        ),
        remedy=Remedy(
            fix="Split once, before anything else, and build both loaders from the two parts.",
            patch="train_set, valid_set = torch.utils.data.random_split(data, [n_train, n_valid])",
            verify="No row of the one stands in the other.",
        ),
    )
