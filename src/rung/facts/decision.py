"""The threshold that the declared costs (or a floor) ask for, against the one in use, on rows that did not choose it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from rung.core.errors import Unavailable
from rung.core.experiment import Estimate
from rung.core.marks import fact
from rung.facts.schema import Schema
from rung.facts.scored import Scored
from rung.facts.together_rows import widened, widening
from rung.inputs.contract import Contract
from rung.inputs.settings import Settings
from rung.stats.decisions import Aim, Tuned, row_costs, tune
from rung.stats.distributions import two_sided_z
from rung.stats.intervals import Interval, mean_interval, wilson

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
FEWEST = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Sides:
    """Share of positives found, of calls that are right, of negatives falsely called."""

    recall: Interval
    precision: Interval
    false_alarms: Interval


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """Two classes.

    by : what the threshold follows; 'equal costs' where nothing is declared.   aim, tuned : see stats/decisions; costs carry the declared prevalence.
    miss : declared cost of a miss over that of a false alarm.   prevalence : as declared, None where the scored rows stand for the rows of use.
    now, then : at the model's own calls and at cross-fitted ones.   cost_now, cost_then : mean cost a row.   gain : now minus then, paired.
    balanced : change of balanced accuracy.   reach : balanced accuracy that the threshold of best balanced accuracy would add, cross-fitted.
    curve : (threshold, cost a row) along the scores.
    """

    by: Literal["costs", "recall floor", "precision floor", "equal costs"]
    aim: Aim
    miss: float
    prevalence: float | None
    tuned: Tuned
    now: Sides
    then: Sides
    cost_now: float
    cost_then: float
    gain: Estimate
    balanced: Estimate
    curve: tuple[tuple[float, float], ...]
    probabilities: bool
    n: int


@fact(cost="pass")
def decision(scored: Scored, schema: Schema, contract: Contract, settings: Settings) -> Decision:
    """Unavailable for other than two classes, without scores, or with fewer than 10 rows of a class."""
    target = scored.target
    if target.task != "binary":
        raise Unavailable("only for two classes")
    if not scored.has_scores or len(np.unique(scored.score)) < 3:
        raise Unavailable("the model gives labels only: there is no threshold to move")
    y, called = scored.y == target.positive, scored.labels == target.positive
    if min(y.sum(), (~y).sum()) < FEWEST:
        raise Unavailable(f"fewer than {FEWEST} scored rows of one class")
    by, aim = aim_of(contract, float(y.mean()))
    tuned = tune(y, scored.score, aim, probabilities=scored.p is not None, seed=settings.seed)
    before, after = row_costs(y, called, aim), row_costs(y, tuned.called, aim)
    factor = widening(scored.table, schema.groups, scored.rows, before - after)
    return Decision(
        by=by,
        aim=aim,
        miss=(contract.cost_fn or 1.0) / max(contract.cost_fp or 1.0, 1e-9),
        prevalence=contract.prevalence,
        tuned=tuned,
        now=sides(y, called),
        then=sides(y, tuned.called),
        cost_now=float(before.mean()),
        cost_then=float(after.mean()),
        gain=widened(_estimate(before - after), factor),
        balanced=widened(_balanced(y, called, tuned.called), factor),
        curve=_curve(y, scored.score, aim),
        probabilities=scored.p is not None,
        n=scored.n,
    )


def aim_of(contract: Contract, share: float) -> tuple[Literal["costs", "recall floor", "precision floor", "equal costs"], Aim]:
    """What is declared. A declared prevalence weighs the two costs, so that the scored rows stand for the rows of use."""
    declared = contract.cost_fp is not None or contract.cost_fn is not None
    fp, fn = contract.cost_fp if contract.cost_fp is not None else 1.0, contract.cost_fn if contract.cost_fn is not None else 1.0
    if contract.prevalence is not None and 0 < contract.prevalence < 1 and 0 < share < 1:
        fp, fn = fp * (1 - contract.prevalence) / (1 - share), fn * contract.prevalence / share
    fp, fn = max(fp, 1e-9), max(fn, 1e-9)
    if contract.min_recall is not None:
        return "recall floor", Aim(cost_fp=fp, cost_fn=fn, min_recall=contract.min_recall)
    if contract.min_precision is not None:
        return "precision floor", Aim(cost_fp=fp, cost_fn=fn, min_precision=contract.min_precision)
    return ("costs" if declared else "equal costs"), Aim(cost_fp=fp, cost_fn=fn)


def sides(y: Bools, called: Bools) -> Sides:
    """The three shares with Wilson intervals; each has its own denominator."""
    hits = int((called & y).sum())
    return Sides(
        recall=wilson(hits, int(y.sum())),
        precision=wilson(hits, int(called.sum())),
        false_alarms=wilson(int((called & ~y).sum()), int((~y).sum())),
    )


def _balanced(y: Bools, before: Bools, after: Bools) -> Estimate:
    parts = [(after[mask] == y[mask]).astype(float) - (before[mask] == y[mask]) for mask in (y, ~y)]
    value = float(np.mean([part.mean() for part in parts]))
    half = two_sided_z(0.95) * float(np.sqrt(sum(part.var(ddof=1) / len(part) for part in parts))) / 2
    return Estimate(value=value, low=value - half, high=value + half, n=len(y))


def _curve(y: Bools, score: Floats, aim: Aim) -> tuple[tuple[float, float], ...]:
    points = np.unique(np.quantile(score, np.linspace(0, 1, 60)))
    return tuple((float(each), float(row_costs(y, score >= each, aim).mean())) for each in points)


def _estimate(values: Floats) -> Estimate:
    found = mean_interval(values)
    return Estimate(value=found.value, low=found.low, high=found.high, n=len(values))
