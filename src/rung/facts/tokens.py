"""Texts and dates that stand for 'no value'."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from rung.core.marks import fact
from rung.facts.sample import Sample
from rung.facts.schema import Column, Schema

# How people and programs write 'no value', in lower case without surrounding blanks. 'none' and 'other' are left out: they often are levels.
WRITTEN = frozenset(
    (
        "?",
        "??",
        "n/a",
        "na",
        "n.a.",
        "#n/a",
        "#na",
        "#null!",
        "null",
        "nil",
        "nan",
        "-",
        "--",
        "---",
        ".",
        "",
        "missing",
        "(missing)",
        "not available",
        "n/k",
        "-999",
        "-9999",
        "9999",
        "unk",
        "#value!",
        "#div/0!",
        "tbd",
    )
)
WORDS = frozenset(("unknown", "not known", "not specified", "unspecified", "undefined", "not stated"))
# Day zero of spreadsheets, Unix, databases and their last days.
DAYS = (
    *("0001-01-01", "1753-01-01", "1899-12-30", "1899-12-31", "1900-01-01", "1900-01-02", "1901-01-01", "1970-01-01"),
    *("2099-12-31", "2999-12-31", "9999-12-31"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """One value of a text or date column that may stand for 'no value'.

    sure : a spelling that is hardly ever a level ('?', 'N/A', a day zero apart from all others), not a mere word ('unknown').
    """

    column: str
    value: str
    count: int
    n_known: int
    sure: bool
    rows: tuple[int, ...]

    @property
    def share(self) -> float:
        """Of the rows with a value, 0..1."""
        return self.count / self.n_known


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokens:
    """All such values, the commonest first."""

    found: tuple[Token, ...]


@fact(cost="pass")
def tokens(sample: Sample, schema: Schema) -> Tokens:
    """Look the levels of text columns and the outermost days of date columns up in short lists."""
    found: list[Token] = []
    for column in schema.features:
        series = sample.table.column(column.name)
        if series.dtype in (pl.String, pl.Categorical) and column.kind in ("category", "text"):
            found += _texts(column, series, sample)
        elif column.kind == "datetime":
            found += _days(column, series, sample)
    return Tokens(found=tuple(sorted(found, key=lambda each: -each.count)))


def _texts(column: Column, series: pl.Series, sample: Sample) -> list[Token]:
    plain = series.cast(pl.String)
    levels = plain.drop_nulls().value_counts(name="n")
    tidy = levels[column.name].str.strip_chars().str.to_lowercase()
    hits = levels.filter(tidy.is_in([*WRITTEN, *WORDS]))
    return [
        _token(column.name, plain, text, count, sample, sure=text.strip().lower() in WRITTEN)
        for text, count in zip(hits[column.name].to_list(), hits["n"].to_list(), strict=True)
    ]


def _days(column: Column, series: pl.Series, sample: Sample) -> list[Token]:
    when = series if series.dtype.is_temporal() else series.str.to_datetime(column.date_format or None, strict=False)
    day = when.cast(pl.Date)
    known = day.drop_nulls()
    if known.len() < 30:
        return []
    found = []
    for text in DAYS:
        hit = known.filter(known == pl.Series([text]).str.to_date()[0])
        others = known.filter(known != pl.Series([text]).str.to_date()[0])
        if hit.len() >= 2 and others.len() and _apart(hit[0], others):
            found.append(_token(column.name, day.dt.to_string("%Y-%m-%d"), text, hit.len(), sample, sure=True))
    return found


def _apart(day: object, others: pl.Series) -> bool:
    """Whether the day lies outside the middle 98 % of the other days by more than a quarter of their span."""
    days = others.cast(pl.Int32).to_numpy()
    low, high = sorted(days)[len(days) // 100], sorted(days)[-1 - len(days) // 100]
    value = int(pl.Series([day]).cast(pl.Int32)[0])
    return value < low - (high - low) / 4 or value > high + (high - low) / 4


def _token(name: str, plain: pl.Series, text: str, count: int, sample: Sample, *, sure: bool) -> Token:
    rows = sample.rows[(plain == text).fill_null(value=False).arg_true().head(50).to_numpy()]
    return Token(column=name, value=text, count=count, n_known=plain.len() - plain.null_count(), sure=sure, rows=tuple(rows.tolist()))
