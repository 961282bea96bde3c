"""What all experiments share: the yardstick before and after, and the verdict from the interval."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import polars as pl

from rung.core.experiment import Estimate, Outcome
from rung.core.finding import Verdict
from rung.facts.out_of_fold import NonlinearScores
from rung.facts.score import FoldScores, Metric, compare, estimate
from rung.inputs.case import Train
from rung.inputs.contract import Contract
from rung.inputs.lab import Lab
from rung.inputs.model import Model
from rung.inputs.table import Table

# Below this the score moved too little to matter to anyone, whatever its interval says. Chosen by hand: half a point of AUC or R2.
FLOOR = 0.005


def with_table(lab: Lab, table: Table) -> Lab:
    """The same case with another training table."""
    return lab.vary(replace(lab.ask(Train), table=table))


def with_feature(lab: Lab, name: str, values: pl.Series) -> Lab:
    """The same case with one more feature, which rung's own models take also where a model or declared features name the others."""
    varied: list[object] = [replace(lab.ask(Train), table=lab.ask(Train).table.with_column(name, values))]
    if lab.has(Model) and (model := lab.ask(Model)).features:
        varied.append(replace(model, features=(*model.features, name)))
    if (contract := lab.ask(Contract)).features:
        varied.append(replace(contract, features=(*contract.features, name)))
    return lab.vary(*varied)


def yardstick(lab: Lab) -> FoldScores:
    """Out-of-fold scores of rung's own non-linear model in this case."""
    return lab.ask(NonlinearScores).result


def outcome(
    lab: Lab,
    *,
    experiment: str,
    changed: str,
    before: FoldScores,
    after: FoldScores,
    expected: str,
    placebo: FoldScores | None = None,
    floor: float = FLOOR,
) -> Outcome:
    """Compare in pairs on the same folds and rows, and let the interval decide.

    expected : 'falls' (a leak: the score was too good), 'rises' (a repair) or 'holds' (what is removed was not needed).
    placebo : scores after a harmless change of the same kind; the true change must move the score by more.
    """
    metric = lab.ask(Metric)
    difference = compare(metric, before, after)
    blank = compare(metric, before, placebo) if placebo is not None else None
    verdict, why = decide(metric.name, difference, blank, expected, floor)
    return Outcome(
        experiment=experiment,
        changed=changed,
        metric=metric.name,
        before=estimate(before, metric),
        after=estimate(after, metric),
        difference=difference,
        placebo=blank,
        expected=expected,
        verdict=verdict,
        why=why,
    )


def decide(metric: str, difference: Estimate, placebo: Estimate | None, expected: str, floor: float = FLOOR) -> tuple[Verdict, str]:
    """The verdict from the interval of the difference, never from its point."""
    shown = f"{metric} changes by {difference.value:+.3f} ({difference.low:+.3f} to {difference.high:+.3f})"
    if expected == "holds":
        if difference.low > -2 * floor:
            return Verdict.CONFIRMED, f"{shown}: it is not needed"
        return (Verdict.REFUTED, f"{shown}: the model uses it") if difference.high < -floor else (Verdict.INCONCLUSIVE, shown)
    sign = -1.0 if expected == "falls" else 1.0
    low, high = sorted((sign * difference.low, sign * difference.high))
    beaten = placebo is None or sign * difference.value > max(sign * placebo.value, 0.0) + floor
    if low > 0 and sign * difference.value > floor and beaten:
        return Verdict.CONFIRMED, f"{shown}, as expected" + (f"; a placebo change moves it by {placebo.value:+.3f}" if placebo else "")
    if low > 0 and not beaten:
        return Verdict.REFUTED, f"{shown}, but a placebo change of the same kind does as much"
    if high < max(floor, 0.0):
        return Verdict.REFUTED, f"{shown}: nothing happens"
    return Verdict.INCONCLUSIVE, f"{shown}: too uncertain to tell"


def dropped(lab: Lab, names: Sequence[str]) -> Lab:
    """The case without these columns."""
    return with_table(lab, lab.ask(Train).table.drop(names))
