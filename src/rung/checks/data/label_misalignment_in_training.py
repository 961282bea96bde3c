"""D202 seen in a training run: the targets in the batches do not belong to the inputs beside them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from rung.core.evidence import Bars, Measure
from rung.core.finding import Confidence, Finding, Remedy, Severity, Subject, Where
from rung.core.marks import witness
from rung.facts.fed_pairs import FedPairs
from rung.facts.progress import Progress
from rung.facts.run_charts import at
from rung.inputs.history import History

NO_SIGNAL = 2.5  # standard errors of shuffled labels
SURE = 8.0  # and of an order that brings the signal back, ten orders tried
MIN_STEPS = 60


@witness("D202")
def label_misalignment_in_training(history: History, pairs: FedPairs | None, progress: Progress | None) -> Iterator[Finding]:
    """Targets that were fed belong to other rows: the collate function changed pairs, another order brings the signal back, or there is none."""
    probe = history.probes.pairing
    if probe is not None and probe.compared >= 8 and probe.changed > 0.05 * probe.compared:
        told = f"{probe.changed} of {probe.compared} rows reach the loss with another target than the data set gives them"
        yield _finding(told, probe.where, Confidence.NEAR_CERTAIN, pairs)
    elif pairs is not None and pairs.present.z < NO_SIGNAL and pairs.best.z > SURE:
        yield _finding(
            f"targets agree with their inputs when they are {pairs.order}, and not as they were fed", None, Confidence.NEAR_CERTAIN, pairs
        )
    elif pairs is not None and pairs.present.z < NO_SIGNAL and pairs.sorted_batches > 0.9:
        yield _finding("the targets are sorted within each batch, the inputs are not", _loss_line(history), Confidence.NEAR_CERTAIN, pairs)
    elif pairs is not None and pairs.present.z < NO_SIGNAL and pairs.present.n >= 200 and _nothing_holds(history, progress):
        told = "rows with like inputs have unlike targets, as if the targets had been shuffled, and nothing is learned that holds for other rows"
        yield _finding(told, None, Confidence.POSSIBLE, pairs)


def _nothing_holds(history: History, progress: Progress | None) -> bool:
    """The run did not learn, or learned its rows by heart: the validation loss was never below a constant guess."""
    if progress is None or progress.pretrained or history.n_steps < MIN_STEPS or not np.isfinite(progress.constant):
        return False
    valid = history.curve("valid")
    if valid is None:
        return progress.learned < 0.1
    return bool(np.nanmin(valid.value) > 0.93 * progress.constant)


def _loss_line(history: History) -> Where | None:
    return next((each.where for each in history.losses if each.phase == "train"), None)


def _finding(told: str, where: Where | None, confidence: Confidence, pairs: FedPairs | None) -> Finding:
    sure = confidence is Confidence.NEAR_CERTAIN
    return Finding(
        subject=Subject(kind="rows", names=("targets",), where=where, detail="training batches"),
        message=f"{told[0].upper()}{told[1:]}{at(where)}.",
        severity=Severity.CRITICAL if sure else Severity.WARNING,
        confidence=confidence,
        evidence=_evidence(pairs) if pairs is not None else (),
        remedy=Remedy(
            fix="Move targets with their rows: shuffle, sort and filter both by one index, and return both from the collate function in one order.",
            patch="order = torch.randperm(len(X))\nX, y = X[order], y[order]  # one order for both",
            verify="The nearest rows of a row share its target more often than chance.",
        ),
    )


def _evidence(pairs: FedPairs) -> tuple[Bars | Measure, ...]:
    what = "share of the five nearest rows with the same class" if pairs.classes else "rank correlation with the five nearest rows"
    return (
        Measure(title="Agreement with the nearest rows, in standard errors of shuffled targets", value=pairs.present.z, limit=NO_SIGNAL),
        Bars(
            title=f"Agreement of targets: {what}",
            labels=("as fed", f"{pairs.order}", "shuffled"),
            values=(pairs.present.share, pairs.best.share, pairs.present.chance),
            marked=("as fed",),
            reading="Targets that belong to their rows agree far more than shuffled ones.",
        ),
    )
