"""Score blocks forward in time instead of blocks drawn at random."""

from __future__ import annotations

from rung.core.experiment import Estimate, Outcome
from rung.core.finding import Finding
from rung.core.marks import experiment
from rung.experiments.measure import decide
from rung.facts.score import Metric, estimate
from rung.facts.time_gap import TimeGap
from rung.inputs.lab import Lab


@experiment("split-by-time")
def split_by_time(lab: Lab, finding: Finding) -> Outcome:
    """Train on the past only; eight orders at random with blocks of the same sizes are the placebo."""
    gap, metric = lab.ask(TimeGap), lab.ask(Metric)
    change = Estimate(value=-gap.gap.value, low=-gap.gap.high, high=-gap.gap.low, n=gap.gap.n)
    verdict, why = decide(metric.name, change, None, "falls")
    return Outcome(
        experiment="split-by-time",
        changed=f"trained on the past in '{gap.column}' instead of on rows at random ({finding.name})",
        metric=metric.name,
        before=estimate(gap.random, metric),
        after=estimate(gap.forward, metric),
        difference=change,
        expected="falls",
        verdict=verdict,
        why=why,
    )
