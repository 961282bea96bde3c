"""Plants several spellings of one category."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl

from rung.core.errors import Unavailable
from rung.core.marks import FaultSeverity, fault
from rung.inputs.planted import Healthy, Planted
from rung.inputs.table import Table

SHARES = {"mild": (0.03, 0.08), "medium": (0.15, 0.35), "severe": (0.4, 0.6)}


@fault("category-variants")
def category_variants(healthy: Healthy, severity: FaultSeverity, rng: np.random.Generator) -> Planted:
    """People type one column by hand: some rows have another case, a blank too much or a wrong letter."""
    names = [
        name
        for name, kind in healthy.train.frame.schema.items()
        if kind in (pl.String, pl.Categorical) and name not in (healthy.target, healthy.time, healthy.groups) and _words(healthy.train.column(name))
    ]  # fmt: skip
    if not names:
        raise Unavailable("no column of words")
    column, share = str(rng.choice(names)), float(rng.uniform(*SHARES[severity]))
    train, rows = _respelled(healthy.train, column, share, rng)
    test, _ = _respelled(healthy.test, column, share, rng)
    return Planted(
        case=replace(healthy, train=train, test=test),
        names=(column,),
        rows=tuple(rows.tolist()),
        truth=f"{len(rows)} of {train.n_rows} rows of '{column}' are spelled otherwise",
    )


def _words(series: pl.Series) -> bool:
    levels = series.cast(pl.String).drop_nulls().unique().to_list()
    words = [level for level in levels if len(level) >= 2 and any(each.isalpha() for each in level)]
    return 2 <= len(levels) <= 100 and len(words) >= 0.8 * len(levels)


def _respelled(table: Table, column: str, share: float, rng: np.random.Generator) -> tuple[Table, np.ndarray]:
    texts = table.column(column).cast(pl.String).to_list()
    chosen = np.flatnonzero(rng.random(len(texts)) < share)
    changed = []
    for row in chosen.tolist():
        text = texts[row]
        if text is not None and any(each.isalpha() for each in text):
            texts[row] = _another(text, rng)
            changed.append(row)
    return table.with_column(column, pl.Series(column, texts, pl.String)), np.array(changed, dtype=int)


def _another(text: str, rng: np.random.Generator) -> str:
    kind = rng.choice(["upper", "lower", "blank", "padded", "slip"], p=[0.3, 0.3, 0.2, 0.1, 0.1])
    if kind == "slip" and len(text) > 5:
        place = int(rng.integers(1, len(text) - 1))
        return text[:place] + text[place + 1 :]
    ways = {"upper": text.upper(), "lower": text.lower(), "blank": f"{text} ", "padded": f" {text}"}
    other = ways.get(str(kind), text.title())
    return other if other != text else f"{text} "
