"""How the test rows were chosen, as far as the tables tell: at random, forward in time, or by entity."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

import numpy as np
import polars as pl

from rung.core.marks import fact
from rung.facts.matrix import numbers_of
from rung.facts.schema import Column, Schema
from rung.inputs.case import Test, Train
from rung.inputs.table import Table

Split = Literal["random", "forward", "grouped"]
# Columns that say when a row was written move with the split itself.
WHEN = re.compile(
    r"(^|_|\b)(date|time|timestamp|year|yr|month|week|weekday|day|hour|quarter|season|period|epoch|wave|cohort)s?(_|\b|$)", re.IGNORECASE
)


# Numbers under such a name say when only where they lie in the calendar's own range: kilometres a year and a lead time in days do not.
SPANS = {"month": 12, "week": 53, "weekday": 7, "day": 366, "hour": 24, "quarter": 4, "season": 4}
YEARS = (1800, 2200)


def says_when(name: str, low: float, high: float) -> bool:
    """Whether a column of this name, with values from `low` to `high`, says when a row was written."""
    found = WHEN.search(name)
    if found is None:
        return False
    word = found.group(2).lower()
    if word in ("year", "yr", "season") and YEARS[0] <= low <= high <= YEARS[1]:
        return True
    if word in SPANS:
        return low >= 0 and high <= SPANS[word]
    return word not in ("year", "yr", "time") or name.lower() == word


@dataclass(frozen=True, slots=True, kw_only=True)
class HowSplit:
    """kind : forward where every later row is in the test set; grouped where no declared entity is on both sides; random otherwise."""

    kind: Split

    @property
    def natural(self) -> bool:
        """Whether the two sides may honestly differ: another period, or other entities."""
        return self.kind != "random"


@fact(cost="pass")
def how_split(train: Train, test: Test, schema: Schema) -> HowSplit:
    """Compare the times and the entities of both tables."""
    return HowSplit(kind=split_of(train.table, test.table, schema))


def split_of(train: Table, other: Table, schema: Schema) -> Split:
    """Time comes first: a split forward in time may hold the same entities on both sides."""
    clocks = [
        each
        for each in schema.columns
        if each.role == "time" or each.kind == "datetime" or (each.kind == "numeric" and WHEN.search(each.name))
    ]
    for each in clocks:
        if each.name in other.columns and _is_later(train.column(each.name), other.column(each.name), each):
            return "forward"
    group = schema.groups
    if group is not None and group in other.columns:
        known = train.column(group).cast(pl.String).unique()
        if not other.column(group).cast(pl.String).is_in(known.implode()).any():
            return "grouped"
    return "random"


def _is_later(a: pl.Series, b: pl.Series, column: Column) -> bool:
    when = [numbers_of(series, column.kind if not series.dtype.is_numeric() else "numeric", column.date_format) for series in (a, b)]
    known = [each[np.isfinite(each)] for each in when]
    if not known[0].size or not known[1].size:
        return False
    first = float(np.quantile(known[1], 0.01))
    # Half of the earlier rows lie before the first of the later ones: a column of mostly one value is no clock.
    return bool(np.quantile(known[0], 0.99) <= first and np.median(known[0]) < first and known[0].min() < known[1].max())
