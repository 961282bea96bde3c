"""Train with the labels in the order that fits, on the same rows and folds."""

from __future__ import annotations

from rung.core.experiment import Estimate, Outcome
from rung.core.finding import Finding
from rung.core.marks import experiment
from rung.experiments.measure import FLOOR, decide, with_table, yardstick
from rung.facts.label_order import LabelOrders
from rung.facts.row_agreement import BlockOrder
from rung.facts.score import Metric, estimate
from rung.facts.target import Target
from rung.inputs.case import Train
from rung.inputs.lab import Lab
from rung.inputs.table import Rows


@experiment("realign-labels")
def realign_labels(lab: Lab, finding: Finding) -> Outcome:
    """Put the labels into the order that was found and train again: the signal must come back."""
    if finding.subject.kind == "rows":
        block = lab.ask(BlockOrder)
        return measured(lab, block.order, "realign-labels", f"labels of {finding.subject.detail} reordered ({block.kind})")
    best = lab.ask(LabelOrders).best
    return measured(lab, best.order, "realign-labels", f"labels reordered ({best.kind}{f' by {best.lag} rows' if best.lag else ''})")


def measured(lab: Lab, order: Rows, name: str, changed: str) -> Outcome:
    """Scores with the labels as they stand and reordered.

    The labels of a row differ before and after, so nothing can be paired: the interval adds both errors.
    """
    train, target, metric = lab.ask(Train), lab.ask(Target), lab.ask(Metric)
    table = train.table.with_column(target.name, train.table.column(target.name)[order])
    before, after = estimate(yardstick(lab), metric), estimate(yardstick(with_table(lab, table)), metric)
    half = (((before.high - before.low) / 2) ** 2 + ((after.high - after.low) / 2) ** 2) ** 0.5
    gain = after.value - before.value
    difference = Estimate(value=gain, low=gain - half, high=gain + half, n=after.n)
    verdict, why = decide(metric.name, difference, None, "rises", FLOOR)
    return Outcome(
        experiment=name,
        changed=changed,
        metric=metric.name,
        before=before,
        after=after,
        difference=difference,
        expected="rises",
        verdict=verdict,
        why=why,
    )
