"""Error rates of groups that people ask about, each against all other rows, with intervals that hold together."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from rung.core.errors import Unavailable
from rung.core.marks import fact
from rung.facts.conditions import Condition, Conditions
from rung.facts.expected_errors import ExpectedErrors
from rung.facts.how_split import HowSplit
from rung.facts.schema import Schema
from rung.facts.scored import Scored
from rung.facts.slice_scan import clusters
from rung.inputs.contract import Contract
from rung.stats.clusters import independent_share, spread_between
from rung.stats.distributions import normal_quantile
from rung.stats.intervals import Interval, newcombe, wilson

Bools = NDArray[np.bool_]
Rate = Literal["error rate", "missed positives", "false alarms", "mean absolute error"]
Part: TypeAlias = tuple[Rate, Bools, Bools]  # the rate, the rows it is a share of, and the rows whose call would be this kind of error
FEWEST = 30  # rows of the denominator of a rate
ALPHA = 0.01  # over all comparisons, half of it for declared columns where there are others
# What is usually meant by groups that must be served alike; any other column can be declared.
USUAL = re.compile(
    r"(^|_|\b)(sex|gender|race|ethnic\w*|religion|nationality|citizenship|disab\w*|marital\w*|age|agegroup|age_?group|foreign\w*)(_|\b|$)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """One rate of one group against all other rows.

    inside, outside : the rate with its own 95 % interval.   difference : inside minus outside, simultaneous over all comparisons.
    excess : error of this kind beyond what the model's own confidence lets expect in this group, over the same denominator, simultaneous.
    n : rows of the denominator inside.
    declared : the column was declared as protected.
    """

    condition: Condition
    rate: Rate
    inside: Interval
    outside: Interval
    difference: Interval
    excess: Interval
    n: int
    declared: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupRates:
    """gaps : every comparison, the largest lower bound first.   columns : whose groups were compared."""

    gaps: tuple[Gap, ...]
    columns: tuple[str, ...]


@fact(cost="pass")
def group_rates(
    scored: Scored, conditions: Conditions, expected: ExpectedErrors, contract: Contract, schema: Schema, split: HowSplit | None
) -> GroupRates:
    """Groups of declared columns, of columns that bear a usual name, and of the entity where it has few. Unavailable where there is none."""
    wanted = {each.column for each in conditions.conditions if USUAL.search(each.column)} | set(contract.protected)
    wanted |= {schema.groups} if schema.groups else set()
    chosen = [place for place, each in enumerate(conditions.conditions) if each.column in wanted and not each.missing]
    if not chosen:
        raise Unavailable("no column of groups: declare some as `protected` in the contract")
    parts = _denominators(scored)
    asked = [place for place in chosen if conditions.conditions[place].column in contract.protected]
    found: list[Gap] = []
    # What somebody asked about does not pay for columns that nobody asked about.
    families = [family for family in (asked, [place for place in chosen if place not in asked]) if family]
    together = clusters(scored, schema, split)
    for family in families:
        level = 1 - ALPHA / (2 * len(families) * len(family) * len(parts))
        for place in family:
            condition = conditions.conditions[place]
            found += _gaps(
                expected,
                condition,
                conditions.member[:, place],
                parts,
                level,
                together,
                declared=family is asked,
                one=condition.column == schema.groups,
            )
    return GroupRates(
        gaps=tuple(sorted(found, key=lambda each: -each.difference.low)),
        columns=tuple(sorted({each.column for each in map(conditions.conditions.__getitem__, chosen)})),
    )


def _denominators(scored: Scored) -> list[Part]:
    everybody = np.ones(scored.n, dtype=bool)
    if not scored.target.is_classification:
        return [("mean absolute error", everybody, everybody)]
    if scored.target.task != "binary":
        return [("error rate", everybody, everybody)]
    positive, called = (each == scored.target.positive for each in (scored.y, scored.labels))
    return [("error rate", everybody, everybody), ("missed positives", positive, ~called), ("false alarms", ~positive, called)]


def _gaps(
    expected: ExpectedErrors,
    condition: Condition,
    member: Bools,
    parts: list[Part],
    level: float,
    together: NDArray[np.int64] | None,
    *,
    declared: bool,
    one: bool,
) -> list[Gap]:
    """together : rows that err together (one entity, one stretch of time) count by what they are worth, see stats/clusters.   one : the condition is
    one entity, which is held against how much the others differ among themselves.
    """
    error, (mean_without, variance) = expected.error, expected.without(member)
    z = normal_quantile((1 + level) / 2)
    found = []
    for rate, counted, called in parts:
        inside, outside = member & counted, ~member & counted
        if min(inside.sum(), outside.sum()) < FEWEST:
            continue
        # Among the truly positive every row called negative is wrong: what was to be expected is asked of all rows that were called so.
        surplus = (error - mean_without)[member & called]
        mean = float(surplus.sum() / inside.sum())
        spread = (
            float(np.sqrt(max(variance[member & called].sum(), surplus.var() * len(surplus)))) / float(inside.sum())
            if len(surplus)
            else 0.0
        )
        worth = 1.0
        if together is not None:
            worth = _of_one(together, error, inside, outside) if one else independent_share(together[counted], error[counted])
        spread /= worth**0.5
        shares = [_rate(error[each], rate, worth) for each in (inside, outside)]
        found.append(
            Gap(
                condition=condition,
                rate=rate,
                inside=shares[0],
                outside=shares[1],
                difference=_difference(error[inside], error[outside], rate, level, z, worth),
                excess=Interval(value=mean, low=mean - z * spread, high=mean + z * spread, level=level),
                n=int(inside.sum()),
                declared=declared,
            )
        )
    return found


def _of_one(together: NDArray[np.int64], error: NDArray[np.float64], inside: Bools, outside: Bools) -> float:
    """What the rows of one entity are worth where entities differ by nature: their mean is one draw from among the others' means."""
    own = max(float(error[inside].var()), 1e-12)
    return 1 / (1 + int(inside.sum()) * spread_between(together[outside], error[outside]) / own)


def _rate(error: NDArray[np.float64], rate: Rate, worth: float) -> Interval:
    n = len(error) * worth
    if rate != "mean absolute error":
        return wilson(float(error.mean()) * n, n)
    half = 1.96 * float(error.std(ddof=1)) / np.sqrt(n)
    return Interval(value=float(error.mean()), low=float(error.mean() - half), high=float(error.mean() + half), level=0.95)


def _difference(inside: NDArray[np.float64], outside: NDArray[np.float64], rate: Rate, level: float, z: float, worth: float) -> Interval:
    n, m = len(inside) * worth, len(outside) * worth
    if rate != "mean absolute error":
        return newcombe(float(inside.mean()) * n, n, float(outside.mean()) * m, m, level)
    value = float(inside.mean() - outside.mean())
    half = z * float(np.sqrt(inside.var(ddof=1) / n + outside.var(ddof=1) / m))
    return Interval(value=value, low=value - half, high=value + half, level=level)
