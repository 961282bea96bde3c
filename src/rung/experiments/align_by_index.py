"""Train with the labels taken by the index of their rows."""

from __future__ import annotations

from rung.core.errors import Unavailable
from rung.core.experiment import Estimate, Outcome
from rung.core.finding import Finding
from rung.core.marks import experiment
from rung.experiments.measure import FLOOR, decide, with_table, yardstick
from rung.facts.score import Metric, estimate
from rung.facts.target import Target
from rung.inputs.case import Train
from rung.inputs.lab import Lab


@experiment("align-by-index")
def align_by_index(lab: Lab, _finding: Finding) -> Outcome:
    """Pair labels and rows by index instead of by position and train again: the signal must come back."""
    train, target, metric = lab.ask(Train), lab.ask(Target), lab.ask(Metric)
    order = train.pairing.order if train.pairing is not None else None
    if order is None or len(order) != train.table.n_rows:
        raise Unavailable("the indexes are not the same entries in another order")
    table = train.table.with_column(target.name, train.table.column(target.name)[order])
    before, after = estimate(yardstick(lab), metric), estimate(yardstick(with_table(lab, table)), metric)
    # A row has another label before and after, so that nothing can be paired: both errors add up.
    half = (((before.high - before.low) / 2) ** 2 + ((after.high - after.low) / 2) ** 2) ** 0.5
    gain = after.value - before.value
    difference = Estimate(value=gain, low=gain - half, high=gain + half, n=after.n)
    verdict, why = decide(metric.name, difference, None, "rises", FLOOR)
    return Outcome(
        experiment="align-by-index",
        changed="labels taken by index",
        metric=metric.name,
        before=before,
        after=after,
        difference=difference,
        expected="rises",
        verdict=verdict,
        why=why,
    )
