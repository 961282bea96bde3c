"""Proof by repair: with the values put right, the linear score rises, or the other columns know the column better."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from rung.core.errors import Unavailable
from rung.core.experiment import Estimate, Outcome
from rung.core.finding import Verdict
from rung.experiments.measure import outcome, yardstick
from rung.facts.measurements import ExpectedRanks, Measurements
from rung.facts.out_of_fold import LinearScores
from rung.inputs.lab import Lab

LEAST_R2_GAIN = 0.01  # by hand: below a hundredth of the variance nothing was repaired that anyone would see


def repaired(lab: Lab, after: Lab, *, experiment: str, changed: str, columns: tuple[str, ...]) -> Outcome:
    """Compare before and after the repair. A repair that changes nothing refutes nothing: the column may not matter to the target.

    Three looks, the first that is certain decides: the linear model's score rises; the other columns explain the column better;
    the non-linear model's score falls, which speaks against the repair.
    """
    scored = outcome(
        lab,
        experiment=experiment,
        changed=changed,
        expected="rises",
        before=lab.ask(LinearScores).result,
        after=after.ask(LinearScores).result,
    )
    if scored.verdict is Verdict.CONFIRMED:
        return replace(scored, metric=f"{scored.metric} of a linear model")
    agreed = [each for each in (_agreement(lab, after, experiment, changed, name) for name in columns) if each is not None]
    best = max(agreed, key=lambda each: each.difference.value, default=None)
    if best is not None and best.verdict is Verdict.CONFIRMED:
        return best
    harmed = outcome(lab, experiment=experiment, changed=changed, expected="rises", before=yardstick(lab), after=yardstick(after))
    if harmed.difference.high < -0.005:
        return replace(harmed, verdict=Verdict.REFUTED, why=f"{harmed.why}: the values carry something that the repair destroys")
    return replace(scored, verdict=Verdict.INCONCLUSIVE, why=f"{scored.why}; nothing is lost, and no gain can be shown on these rows")


def _agreement(lab: Lab, after: Lab, experiment: str, changed: str, name: str) -> Outcome | None:
    """How much of the column's ranks the other columns explain, before and after."""
    try:
        before, behind = _r2(lab, name), _r2(after, name)
    except Unavailable:
        return None
    if before is None or behind is None:
        return None
    # As if the two were independent: too wide for values taken from the same rows, never too narrow.
    half = float(np.hypot(before.high - before.value, behind.high - behind.value))
    gain = behind.value - before.value
    sure = gain - half > 0 and gain > LEAST_R2_GAIN
    shown = f"the other columns explain {behind.value:.2f} of '{name}' instead of {before.value:.2f}"
    return Outcome(
        experiment=experiment,
        changed=changed,
        metric=f"R2 of '{name}' given the other columns",
        before=before,
        after=behind,
        difference=Estimate(value=gain, low=gain - half, high=gain + half, n=behind.n),
        expected="rises",
        verdict=Verdict.CONFIRMED if sure else Verdict.INCONCLUSIVE,
        why=f"{shown}, as expected" if sure else shown,
    )


def _r2(lab: Lab, name: str) -> Estimate | None:
    measured, expected = lab.ask(Measurements), lab.ask(ExpectedRanks)
    if name not in measured.names:
        return None
    value = float(expected.r2[measured.names.index(name)])
    n = int(np.isfinite(measured.column(name)).sum())
    # Delta method on the multiple correlation: var(R2) = 4 R2 (1 - R2)^2 / n, Olkin & Finn (1995).
    half = 1.96 * float(np.sqrt(4 * max(value, 1 / max(n, 1)) * (1 - value) ** 2 / max(n, 1)))
    return Estimate(value=value, low=value - half, high=value + half, n=n)
