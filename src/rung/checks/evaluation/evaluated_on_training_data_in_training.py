"""E101: a net's scores are those of rows it was trained on, and it is never shown others."""

from __future__ import annotations

from collections.abc import Iterator

from rung.core.evidence import Bars, Measure
from rung.core.finding import Confidence, Finding, Remedy, Severity, Subject
from rung.core.marks import witness
from rung.facts.run_code import act_and_bite, at, score_words
from rung.facts.run_scorings import Scorings
from rung.facts.seen_twice import SeenTwice
from rung.inputs.history import History
from rung.inputs.trace import Event, Trace

MIN_ROWS = 10
ALL = 0.9


@witness("E101")
def evaluated_on_training_data_in_training(rows: SeenTwice, history: History, trace: Trace, scorings: Scorings | None) -> Iterator[Finding]:
    """Rows by content: all passes without learning were over training rows, and a score is then taken of as many rows as training has.

    A training score beside one on other rows is silent, for then the passes hold other rows too; so is a run that also scores another number of rows,
    as it does with a copy of the net, and a score of a model of another library.
    """
    if rows.both < MIN_ROWS or rows.covered < ALL or rows.share <= ALL or (scorings is not None and scorings.held):
        return
    scores = [event for event in trace.events if event.kind == "metric" and not event.raised and _of_the_net(event, trace)]
    if scores and all(_as_many(event, trace, rows, history) for event in scores):
        yield _finding(scores[0], trace, rows)


def _of_the_net(event: Event, trace: Trace) -> bool:
    """Whether no model of another library made the predictions."""
    makers = [trace.events[trace.items[use.item].made_by].kind for use in event.reads if use.role in ("y_pred", "y_score")]
    return not any(kind in ("predict", "cross-validation") for kind in makers)


def _as_many(event: Event, trace: Trace, rows: SeenTwice, history: History) -> bool:
    """As many as distinct training rows, or as the loader says, within a batch that a loader drops."""
    item = event.read("y_true")
    n = trace.items[item].shape[0] if item is not None and trace.items[item].shape else 0
    told = history.batches.loader_settings.get("n_rows", 0)
    whole = max(rows.train, int(told) if isinstance(told, int | float) and told == told else 0)  # noqa: PLR0124 - not a number
    return ALL * whole <= n <= whole / ALL


def _finding(event: Event, trace: Trace, rows: SeenTwice) -> Finding:
    return Finding(
        subject=Subject(kind="line", names=("the net",), where=event.where, detail=event.code),
        message=f"{score_words(event)} ({at(event)}) is the score of the rows that the net was trained on; it is shown no other rows in this run.",
        severity=Severity.ERROR,
        confidence=Confidence.NEAR_CERTAIN,
        evidence=(
            *act_and_bite(trace, event, event, act_title="The score"),
            Measure(title="Share of rows in passes without learning that were trained on", value=rows.share, limit=0.0),
            Bars(title="Distinct rows", labels=("trained on", "passed without learning", "both"), values=(rows.train, rows.valid, rows.both),
                 marked=("both",)),
        ),
        remedy=Remedy(
            fix="Hold rows out before training and score those.",
            patch="train_set, test_set = torch.utils.data.random_split(data, [0.8, 0.2])",
            verify="No row that is scored was trained on.",
        ),
    )  # fmt: skip
