"""Rows of the user's table as evidence, with truth and prediction beside them. A helper of checks, no fact itself."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from rung.core.evidence import Cell, RowSample
from rung.facts.scored import Scored

COLUMNS = 7


def shown_rows(scored: Scored, places: Sequence[int], first: Sequence[str], title: str) -> RowSample:
    """At most 50 rows: the truth, what was called, and some columns, those of `first` before the others."""
    places = list(places)[:50]
    others = [name for name in scored.table.columns if name not in first and name != scored.target.name]
    names = [name for name in [*first, *others] if name in scored.table.columns][:COLUMNS]
    rows = [int(scored.rows[place]) for place in places]
    table = scored.table.frame.select(names)[rows].with_columns(pl.exclude(pl.Int64, pl.Float64, pl.Boolean).cast(pl.String, strict=False))
    values = [tuple(_plain(each) for each in row) for row in table.rows()]
    return RowSample(
        title=title,
        columns=(f"true {scored.target.name}", "called", *names),
        positions=tuple(rows),
        values=tuple(
            (_answer(scored, scored.y[place]), _answer(scored, scored.labels[place]), *row)
            for place, row in zip(places, values, strict=True)
        ),
        marked=tuple(first),
    )


def _answer(scored: Scored, value: float) -> Cell:
    return scored.target.classes[int(value)] if scored.target.is_classification else float(value)


def _plain(value: object) -> Cell:
    return value if isinstance(value, str | float | int | bool) or value is None else str(value)
