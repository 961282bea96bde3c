"""What the experiments on a training run share: steps taken again with and without the change, in pairs of equal batches."""

from __future__ import annotations

import numpy as np

from rung.core.experiment import Estimate, Outcome
from rung.core.finding import Finding, Verdict
from rung.experiments.measure import decide
from rung.inputs.lab import Lab
from rung.inputs.rerun import Change, Rerun, Rerunning
from rung.inputs.settings import Settings
from rung.stats.intervals import mean_interval

SEEDS = 4
FLOOR = 0.03  # share of rows, or of variance, that a fix must bring within these few steps. Chosen by hand


def rerun_outcome(lab: Lab, finding: Finding, *, experiment: str, changed: str, change: Change) -> Outcome:
    """The same steps from the same first weights, with the change and without it, over four orders of the batches.

    The placebo is the run as it was with another order of the batches: what luck alone brings. Raises Unavailable without a live run.
    """
    return best_of(lab, finding, experiment=experiment, changes={changed: change})


def best_of(lab: Lab, finding: Finding, *, experiment: str, changes: dict[str, Change]) -> Outcome:
    """The change that brings most, of several: a confirmed one before all others."""
    rerun, seed = lab.ask(Rerun), lab.ask(Settings).seed
    shuffled = experiment != "shuffle-rows"
    before = [rerun.take(Change(shuffle=shuffled), rerun.steps, seed + place) for place in range(SEEDS)]
    tried = []
    for changed, change in changes.items():
        after = [rerun.take(change, rerun.steps, seed + place) for place in range(SEEDS)]
        tried.append(_outcome(finding, experiment, changed, before, after, rerun.steps))
    return max(tried, key=lambda each: (each.verdict is Verdict.CONFIRMED, each.difference.value))


def _outcome(finding: Finding, experiment: str, changed: str, before: list[Rerunning], after: list[Rerunning], steps: int) -> Outcome:
    metric = f"{before[0].metric} after {steps} steps"
    old, new = (np.array([each.learned for each in part]) for part in (before, after))
    difference, luck = _estimate(new - old), _estimate(np.roll(old, 1) - old)
    verdict, why = decide(metric, difference, luck, "rises", FLOOR)
    if verdict is Verdict.REFUTED:  # a few dozen steps may be too few to show it
        verdict, why = Verdict.INCONCLUSIVE, f"{why} within {steps} steps"
    return Outcome(
        experiment=experiment,
        changed=changed,
        metric=metric,
        before=_estimate(old),
        after=_estimate(new),
        difference=difference,
        placebo=luck,
        expected="rises",
        verdict=verdict,
        why=why,
        key=finding.key,
    )


def _estimate(values: np.ndarray) -> Estimate:
    """Mean with its t interval; equal values have none to speak of."""
    if np.ptp(values) == 0:
        return Estimate(value=float(values[0]), low=float(values[0]), high=float(values[0]), n=len(values))
    found = mean_interval(values)
    return Estimate(value=found.value, low=found.low, high=found.high, n=len(values))
