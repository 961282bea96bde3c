"""Columns chosen by a ranking: numbers worked out for many columns, and a later choice that is exactly the first of them."""

from __future__ import annotations

import math
import weakref
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from rung.record.script import values
from rung.record.script.draft import Draft

MIN_WAYS = 1_000  # so many choices of as many columns there must be: one alone is the first of a ranking by chance that seldom
MAX_RANKINGS = 500
MAX_COLUMNS = 5_000
MAX_MODELS = 5
MAX_SQUARE = 100
WEIGHTS = ("feature_importances_", "coef_", "ranking_")


@dataclass(slots=True)
class Ranking:
    """numbers : column -> its number, by size alone.   events : those that worked them out.   latest : the last of them.   beside : rankings made by the same call."""

    numbers: dict[str, float] = field(default_factory=dict)
    events: set[int] = field(default_factory=set)
    latest: int = 0
    beside: int = 1

    def puts_first(self, chosen: set[str], among: set[str]) -> bool:
        """Whether these columns are the first, or the last, of all that could be chosen."""
        ranked = {name: value for name, value in self.numbers.items() if name in among}
        inside = [value for name, value in ranked.items() if name in chosen]
        outside = [value for name, value in ranked.items() if name not in chosen]
        if not inside or not outside or math.comb(len(ranked), len(inside)) < MIN_WAYS * self.beside:
            return False
        return min(inside) >= max(outside) or max(inside) <= min(outside)


@dataclass(slots=True)
class Rankings:
    """Rankings of this run by the line and the call that made them, and models whose weights may rank the columns that they were given."""

    made: dict[tuple[object, str], Ranking] = field(default_factory=dict)
    models: list[tuple[weakref.ref[Any], tuple[str, ...], int]] = field(default_factory=list)

    def note(self, draft: Draft, numbers: dict[str, float], of: str = "", beside: int = 1) -> None:
        """One column's number, or many columns'. of : which of the call's rankings, where it makes several."""
        key = (draft.where, f"{draft.call}/{of}")
        if key not in self.made and len(self.made) >= MAX_RANKINGS:
            return
        ranking = self.made.setdefault(key, Ranking(beside=beside))
        if len(ranking.numbers) + len(numbers) > MAX_COLUMNS:
            return
        ranking.numbers |= {name: abs(value) for name, value in numbers.items() if np.isfinite(value)}
        ranking.events.add(draft.id)
        ranking.latest = draft.id

    def fitted(self, draft: Draft, model: Any, columns: tuple[str, ...]) -> None:
        """A model was fitted on these columns."""
        if len(columns) > 1:
            self.models = [*self.models[1 - MAX_MODELS :], (weakref.ref(model), columns, draft.id)]

    def behind(self, chosen: tuple[str, ...], among: tuple[str, ...]) -> set[int]:
        """The events of the newest ranking that explains why these columns were chosen among others; none where none does."""
        kept, all_of_them = set(chosen), set(among)
        if not kept or len(kept) >= len(all_of_them) or not kept <= all_of_them:
            return set()
        known = [*self.made.values(), *(each for model, names, event in self.models if (each := _by_weights(model(), names, event)))]
        found = [each for each in known if each.puts_first(kept, all_of_them)]
        return max(found, key=lambda each: each.latest).events if found else set()


def _by_weights(model: Any, columns: tuple[str, ...], event: int) -> Ranking | None:
    """The columns by what a fitted model made of them."""
    stored = [getattr(model, each, None) for each in WEIGHTS] if model is not None else []
    found = next((np.abs(np.asarray(each, dtype=float)) for each in stored if each is not None), None)
    if found is None or found.shape[-1:] != (len(columns),):
        return None
    weights = found if found.ndim == 1 else found.max(axis=0)
    return Ranking(numbers=dict(zip(columns, weights.tolist(), strict=True)), events={event}, latest=event)


def by_pair(rankings: Rankings, draft: Draft, sides: tuple[Any, Any], number: Any) -> None:
    """A statistic of two vectors says something of whichever of them is a column."""
    if isinstance(number, int | float | np.number):
        for place, each in enumerate(sides):
            if name := column_of(each):
                rankings.note(draft, {name: float(number)}, of=str(place))


def by_table(rankings: Rankings, draft: Draft, table: Any) -> None:
    """A square of correlations ranks all columns by each; a series, by the one thing it was worked out with."""
    names, kind = values.columns_of(table), values.kind_of(table)
    if kind == "series" and hasattr(table, "index"):
        rankings.note(draft, dict(zip(map(str, table.index), table.to_numpy(dtype=float).tolist(), strict=True)))
    elif kind == "frame" and 1 < len(names) <= MAX_SQUARE and table.shape[0] == len(names):
        square = table.to_numpy(dtype=float)
        for place, name in enumerate(names):
            others = {other: value for other, value in zip(names, square[place].tolist(), strict=True) if other != name}
            rankings.note(draft, others, of=name, beside=len(names))


def column_of(value: Any) -> str:
    """The name of the one column that a vector is, '' where it bears none."""
    names = values.columns_of(value) if values.kind_of(value) == "series" else ()
    return names[0] if names else ""
