"""What the experiments on a training run share: steps taken again with and without the change, in pairs of equal batches."""

from __future__ import annotations

import time

import numpy as np

from rung.core.experiment import Estimate, Outcome
from rung.core.finding import Finding, Verdict
from rung.experiments.measure import decide
from rung.inputs.lab import Lab
from rung.inputs.rerun import Change, Rerun
from rung.inputs.settings import Settings
from rung.stats.intervals import mean_interval

SEEDS = 4
FLOOR = 0.03  # share of rows, or of variance, that a fix must bring within these few steps. Chosen by hand


def rerun_outcome(lab: Lab, finding: Finding, *, experiment: str, changed: str, change: Change) -> Outcome:
    """The same steps from the same first weights, with the change and without it, over four orders of the batches.

    The placebo is the run as it was with yet another order of the batches: what luck alone brings. Raises Unavailable without a live run.
    """
    rerun, begun = lab.ask(Rerun), time.perf_counter()
    seeds = range(lab.ask(Settings).seed, lab.ask(Settings).seed + SEEDS)
    as_was = Change(shuffle=change.shuffle) if experiment != "shuffle-rows" else Change(shuffle=False)
    after = [rerun.take(change, rerun.steps, seed) for seed in seeds]
    before = [rerun.take(as_was, rerun.steps, seed) for seed in seeds]
    luck = [rerun.take(as_was, rerun.steps, seed + 1_000) for seed in seeds]
    metric = f"{before[0].metric} after {rerun.steps} steps"
    old, new, other = (np.array([each.learned for each in part]) for part in (before, after, luck))
    difference, blank = _estimate(new - old), _estimate(other - old)
    verdict, why = decide(metric, difference, blank, "rises", FLOOR)
    if verdict is Verdict.REFUTED:  # a few dozen steps may be too few to show it
        verdict, why = Verdict.INCONCLUSIVE, f"{why} within {rerun.steps} steps"
    return Outcome(
        experiment=experiment,
        changed=changed,
        metric=metric,
        before=_estimate(old),
        after=_estimate(new),
        difference=difference,
        placebo=blank,
        expected="rises",
        verdict=verdict,
        why=why,
        seconds=round(time.perf_counter() - begun, 3),
        key=finding.key,
    )


def _estimate(values: np.ndarray) -> Estimate:
    """Mean with its t interval; equal values have none to speak of."""
    if np.ptp(values) == 0:
        return Estimate(value=float(values[0]), low=float(values[0]), high=float(values[0]), n=len(values))
    found = mean_interval(values)
    return Estimate(value=found.value, low=found.low, high=found.high, n=len(values))
