"""Text columns that hold numbers: read plainly, read leniently, or not at all."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from rung.core.marks import fact
from rung.facts.sample import Sample
from rung.facts.schema import Schema

MAX_ROWS = 20_000
# A number as people write it: sign or 'about', currency, thousands in groups of three, decimals, then percent or a short unit.
LENIENT = (
    r"^\s*[~<>≈=]*\s*[€$£¥]?\s*([-+]?(?:\d{1,3}(?:[,' ]\d{3})+|\d+)(?:[.,]\d+)?(?:[eE][-+]?\d+)?)\s*(?:%|[€$£¥]|[a-zA-Zµ°/²³]{1,6}\.?)?\s*$"
)
MISSING_WORDS = (
    "",
    "?",
    "-",
    "--",
    ".",
    "n/a",
    "na",
    "n.a.",
    "#n/a",
    "nan",
    "null",
    "none",
    "nil",
    "missing",
    "unknown",
    "not available",
    "tbd",
    "#value!",
    "#ref!",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TextColumn:
    """One text column, its values sorted into four heaps (rows).

    plain : reads as a number.   decorated : does once separators, currency or a unit are taken off.   missing : a word for 'no value'.
    other : all else; `n_other` different ones.   examples : of decorated, missing and other values, the commonest first.
    numbers : different numbers among the plain values.   zero_led : plain values such as '007'.   one_length : all plain values are
    equally long.
    """

    column: str
    n_known: int
    plain: int
    decorated: int
    missing: int
    other: int
    n_other: int
    numbers: int
    zero_led: int
    one_length: bool
    examples: tuple[str, ...]
    counts: tuple[int, ...]
    rows: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TextNumbers:
    """Every text column of which at least a fifth reads as numbers."""

    found: tuple[TextColumn, ...]


@fact(cost="pass")
def text_numbers(sample: Sample, schema: Schema) -> TextNumbers:
    """Sort the values of every text column; nothing is found where there is none."""
    texts = [
        each.name
        for each in schema.columns
        if each.role in ("feature", "target", "ignored")
        and each.kind in ("category", "text")
        and sample.table.column(each.name).dtype == pl.String
    ]
    found = [_of_column(sample.table.column(name).head(MAX_ROWS), sample) for name in texts]
    return TextNumbers(found=tuple(each for each in found if each is not None))


def _of_column(series: pl.Series, sample: Sample) -> TextColumn | None:
    text = pl.col("text")
    stripped = text.str.strip_chars()
    levels = series.alias("text").drop_nulls().value_counts(name="n", sort=True)
    levels = levels.with_columns(
        pl.when(stripped.cast(pl.Float64, strict=False).is_finite())
        .then(pl.lit("plain"))
        .when(stripped.str.to_lowercase().is_in(MISSING_WORDS))
        .then(pl.lit("missing"))
        .when(stripped.str.contains(LENIENT))
        .then(pl.lit("decorated"))
        .otherwise(pl.lit("other"))
        .alias("heap")
    )
    rows = dict(levels.group_by("heap").agg(pl.col("n").sum()).iter_rows())
    known = sum(rows.values())
    if rows.get("plain", 0) + rows.get("decorated", 0) < 0.2 * max(1, known):
        return None
    plain = levels.filter(pl.col("heap") == "plain")
    odd = levels.filter(pl.col("heap") != "plain")
    lengths = plain.select(stripped.str.len_chars().n_unique()).item() if plain.height else 0
    return TextColumn(
        column=series.name,
        n_known=known,
        plain=rows.get("plain", 0),
        decorated=rows.get("decorated", 0),
        missing=rows.get("missing", 0),
        other=rows.get("other", 0),
        n_other=int((levels["heap"] == "other").sum()),
        numbers=plain.height,
        zero_led=int(plain.filter(stripped.str.contains(r"^0\d"))["n"].sum()),
        one_length=lengths == 1,
        examples=tuple(odd["text"].head(12).to_list()),
        counts=tuple(odd["n"].head(12).to_list()),
        rows=tuple(sample.rows[series.is_in(odd["text"].implode()).fill_null(value=False).arg_true().head(50).to_numpy()].tolist()),
    )
