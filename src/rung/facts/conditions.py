"""Conditions on single columns, from which slices are made: levels of categories, ranges of numbers, missing or not."""

from __future__ import annotations

import datetime as dt
import itertools
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from rung.core.marks import fact
from rung.facts.schema import Schema
from rung.facts.scored import Scored, ScoredFeatures

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
LEVELS = 40  # most frequent categories of a column that are looked at
FEW_VALUES = 6  # of a number up to which each is a condition of its own
CUTS = (0.2, 0.4, 0.6, 0.8)
HALVINGS = (0.25, 0.5, 0.75)
FEWEST = 25  # rows that a condition must cover, on all scored rows together
EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """One condition. level : the category, '' for numbers; low < x <= high otherwise; missing : the value is missing; date : days since 1970;
    length : characters of a text.
    """

    column: str
    level: str = ""
    low: float = float("-inf")
    high: float = float("inf")
    missing: bool = False
    date: bool = False
    length: bool = False

    @property
    def text(self) -> str:
        """As a person would write it."""
        if self.missing:
            return f"{self.column} is missing"
        if self.level:
            return f"{self.column} = {self.level}"
        what = f"length of {self.column}" if self.length else self.column
        if np.isinf(self.low):
            return f"{what} <= {self._shown(self.high)}"
        if np.isinf(self.high):
            return f"{what} > {self._shown(self.low)}"
        return f"{self._shown(self.low)} < {what} <= {self._shown(self.high)}"

    def holds(self, x: Floats, labels: dict[str, int] | None) -> Bools:
        """Which of these encoded values meet it; labels : code of each category, None for numbers."""
        if self.missing:
            return np.isnan(x)
        if not self.level:
            return np.asarray((x > self.low) & (x <= self.high))
        return np.asarray(x == (float(self.level) if labels is None else labels.get(self.level, -1)))

    def _shown(self, value: float) -> str:
        return str((EPOCH + dt.timedelta(days=value)).date()) if self.date else f"{value:.4g}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """All conditions and the scored rows that meet them.

    member : shape (n, k).   column : shape (k,), which column each is about.
    """

    conditions: tuple[Condition, ...]
    member: Bools
    column: NDArray[np.int64]


@fact(cost="pass")
def conditions(scored: Scored, features: ScoredFeatures, schema: Schema) -> Conditions:
    """Fifths of every number, its lower and upper quarters, two fifths, halves and three quarters, the forty most frequent levels of every category
    and as many that training never saw, missing values. An entity that is told by a number is a name, no quantity.
    """
    found: list[tuple[Condition, Bools, int]] = []
    for place, name in enumerate(features.names):
        x, absent = features.x[:, place], np.isnan(features.x[:, place])
        if features.categorical[place]:
            made, strange = _levels(name, x, features.levels[place]), _strange(scored, name, absent)
            made += strange
            absent = absent & ~np.any([rows for _, rows in strange], axis=0) if strange else absent
        else:
            made = _numbered(name, x) if name == schema.groups else _ranges(name, x)
        made += [(Condition(column=name, missing=True), absent)]
        described = {"date": name in features.dates, "length": name in features.lengths}
        found += [(replace(condition, **described), rows, place) for condition, rows in made if FEWEST <= rows.sum() <= len(x) - FEWEST]
    return Conditions(
        conditions=tuple(each[0] for each in found),
        member=np.column_stack([each[1] for each in found]) if found else np.zeros((len(features.x), 0), dtype=bool),
        column=np.array([each[2] for each in found], dtype=np.int64),
    )


def _strange(scored: Scored, name: str, absent: Bools) -> list[tuple[Condition, Bools]]:
    """Levels among the scored rows that training never saw: they have no code, and are not missing."""
    if not absent.any() or name not in scored.table.columns:
        return []
    given = scored.table.column(name)[scored.rows].cast(pl.String)
    counts = given.filter(pl.Series(absent)).drop_nulls().value_counts(sort=True, name="n")
    levels = counts.sort(["n", name], descending=[True, False])[name].to_list()[:LEVELS]
    return [(Condition(column=name, level=level), (given == level).fill_null(value=False).to_numpy() & absent) for level in levels]


def _levels(name: str, x: Floats, levels: tuple[str, ...]) -> list[tuple[Condition, Bools]]:
    known = x[~np.isnan(x)].astype(np.int64)
    counts = np.bincount(known, minlength=len(levels))
    chosen = np.argsort(-counts, kind="stable")[:LEVELS]
    return [(Condition(column=name, level=levels[code]), x == code) for code in chosen.tolist() if counts[code]]


def _numbered(name: str, x: Floats) -> list[tuple[Condition, Bools]]:
    values, counts = np.unique(x[~np.isnan(x)], return_counts=True)
    chosen = values[np.argsort(-counts, kind="stable")[:LEVELS]]
    return [(Condition(column=name, level=f"{value:.12g}"), x == value) for value in chosen.tolist()]


def _ranges(name: str, x: Floats) -> list[tuple[Condition, Bools]]:
    known = x[~np.isnan(x)]
    values = np.unique(known)
    if values.size < 2:  # a constant parts nothing
        return []
    if values.size <= FEW_VALUES:
        return [(Condition(column=name, level=f"{value:g}"), x == value) for value in values]
    cuts = np.unique(np.quantile(known, CUTS))
    ends = [float("-inf"), *[float(each) for each in cuts], float("inf")]
    ranges = list(itertools.pairwise(ends))
    if len(cuts) == len(CUTS):
        ranges += [(ends[0], ends[2]), (ends[3], ends[5])]
    for share in HALVINGS:  # other resolutions: a slice rarely ends where a fifth does
        cut = float(np.quantile(known, share))
        ranges += [each for each in ((ends[0], cut), (cut, ends[-1])) if each not in ranges and cut < values[-1]]
    return [(Condition(column=name, low=low, high=high), (x > low) & (x <= high)) for low, high in ranges]
