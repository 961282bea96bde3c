"""Errors by period: does the model get worse as time goes on."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np

from rung.core.errors import Unavailable
from rung.core.marks import fact
from rung.facts.schema import Schema
from rung.facts.scored import Scored, ScoredFeatures
from rung.stats.intervals import Interval, mean_interval, wilson

PERIODS = 8
FEWEST = 30  # rows of a period


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """Rows of one period: its first and last moment, and the share of wrong rows (or the mean absolute error) with its interval."""

    first: str
    last: str
    error: Interval
    n: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeSlices:
    """periods : of equal numbers of rows, in order.   trend : error of the last third minus that of the first, with its interval."""

    column: str
    periods: tuple[Period, ...]
    trend: Interval


@fact(cost="instant")
def time_slices(scored: Scored, features: ScoredFeatures, schema: Schema) -> TimeSlices:
    """Unavailable without a time column or with fewer than 90 scored rows that have one."""
    if schema.time is None or schema.time not in features.names:
        raise Unavailable("no time column")
    when = features.x[:, features.names.index(schema.time)]
    order = np.argsort(when, kind="stable")
    order = order[np.isfinite(when[order])]
    if len(order) < 3 * FEWEST:
        raise Unavailable(f"only {len(order)} scored rows with a time")
    error = scored.wrong.astype(float) if scored.target.is_classification else np.abs(scored.residual)
    dated = schema.time in features.dates
    parts = np.array_split(order, min(PERIODS, len(order) // FEWEST))
    early, late = error[order[: len(order) // 3]], error[order[-(len(order) // 3) :]]
    half = 1.96 * float(np.sqrt(early.var(ddof=1) / len(early) + late.var(ddof=1) / len(late)))
    change = float(late.mean() - early.mean())
    return TimeSlices(
        column=schema.time,
        periods=tuple(
            Period(
                first=_moment(float(when[part[0]]), dated),
                last=_moment(float(when[part[-1]]), dated),
                error=wilson(float(error[part].sum()), len(part)) if scored.target.is_classification else mean_interval(error[part]),
                n=len(part),
            )
            for part in parts
        ),
        trend=Interval(value=change, low=change - half, high=change + half, level=0.95),
    )


def _moment(value: float, dated: bool) -> str:
    return str((dt.datetime(1970, 1, 1, tzinfo=dt.UTC) + dt.timedelta(days=value)).date()) if dated else f"{value:g}"
