"""Levels of text columns that seem to be one level spelled in several ways."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import polars as pl

from rung.core.errors import Unavailable
from rung.core.marks import fact
from rung.facts.schema import Schema
from rung.inputs.case import Test, Train
from rung.stats.spelling import one_slip, spelling_key

MAX_LEVELS = 20_000
MAX_COMPARED = 200  # with more levels than that, words one slip apart are names, not slips
LEAST_LETTERS = 5
RARER = 20  # a slip is so many times rarer than what was meant


@dataclass(frozen=True, slots=True, kw_only=True)
class SpellingGroup:
    """One level: `kept` is its commonest spelling, `others` the rest with their counts.   slip : found by one wrong letter."""

    kept: str
    kept_count: int
    others: tuple[str, ...]
    counts: tuple[int, ...]
    slip: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SpelledColumn:
    """One column with such groups.   n_known : rows with a value, in training and test together.   n_single : of them, with a value that occurs once."""

    column: str
    groups: tuple[SpellingGroup, ...]
    n_known: int
    n_single: int
    rows: tuple[int, ...]

    @property
    def unseen_share(self) -> float:
        """Chance that the next row holds a level that no row held before. Source: Good (1953), after Turing."""
        return self.n_single / self.n_known

    @property
    def n_other(self) -> int:
        """Rows with a spelling that is not the commonest."""
        return sum(sum(group.counts) for group in self.groups)

    @property
    def mapping(self) -> dict[str, str]:
        """Other spelling -> spelling to keep."""
        return {other: group.kept for group in self.groups for other in group.others}


@dataclass(frozen=True, slots=True, kw_only=True)
class Spellings:
    """All such columns."""

    found: tuple[SpelledColumn, ...]


@fact(cost="pass")
def spellings(train: Train, schema: Schema, test: Test | None) -> Spellings:
    """Group the levels of every text column, target included. Unavailable without one."""
    columns = [each for each in schema.columns if each.kind == "category" and each.role in ("feature", "target")]
    texts = [each.name for each in columns if train.table.column(each.name).dtype in (pl.String, pl.Categorical)]
    if not texts:
        raise Unavailable("no column of categories")
    found = [_of_column(name, train, test) for name in texts]
    return Spellings(found=tuple(each for each in found if each is not None))


def _of_column(name: str, train: Train, test: Test | None) -> SpelledColumn | None:
    own = train.table.column(name).cast(pl.String)
    later = test.table.column(name).cast(pl.String) if test is not None and name in test.table.columns else own.head(0)
    counts = pl.concat([own, later.alias(name)]).drop_nulls().value_counts(name="n", sort=True)
    if not 2 <= counts.height <= MAX_LEVELS:
        return None
    levels = dict(zip(counts[name].to_list(), counts["n"].to_list(), strict=True))
    groups = [*_same_key(levels)]
    if counts.height <= MAX_COMPARED:
        groups += _slips({level: n for level, n in levels.items() if all(level not in each.others for each in groups)})
    if not groups:
        return None
    others = [other for group in groups for other in group.others]
    rows = own.is_in(others).fill_null(value=False).arg_true().head(50).to_list()
    single = int((counts["n"] == 1).sum())
    return SpelledColumn(column=name, groups=tuple(groups), n_known=int(counts["n"].sum()), n_single=single, rows=tuple(rows))


def _same_key(levels: dict[str, int]) -> list[SpellingGroup]:
    by_key: defaultdict[str, list[str]] = defaultdict(list)
    for level in levels:
        key = spelling_key(level)
        if key:
            by_key[key].append(level)
    return [_group(together, levels, slip=False) for together in by_key.values() if len(together) > 1]


def _slips(levels: dict[str, int]) -> list[SpellingGroup]:
    """Rare levels one wrong letter away from a common one; words with digits are codes, and left alone."""
    words = {level: spelling_key(level) for level in levels if len(level) >= LEAST_LETTERS and not any(each.isdigit() for each in level)}
    meant: defaultdict[str, list[str]] = defaultdict(list)
    for level, key in words.items():
        near = [other for other, own in words.items() if levels[other] >= RARER * levels[level] and one_slip(own, key)]
        if near:
            meant[max(near, key=lambda other: levels[other])].append(level)
    return [_group([kept, *others], levels, slip=True) for kept, others in meant.items()]


def _group(together: list[str], levels: dict[str, int], *, slip: bool) -> SpellingGroup:
    kept, *others = sorted(together, key=lambda level: (-levels[level], level))
    return SpellingGroup(kept=kept, kept_count=levels[kept], others=tuple(others), counts=tuple(levels[each] for each in others), slip=slip)
