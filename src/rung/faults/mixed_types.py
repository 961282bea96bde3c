"""Plants numbers that cannot be read as numbers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl

from rung.core.errors import Unavailable
from rung.core.marks import FaultSeverity, fault
from rung.inputs.planted import Healthy, Planted
from rung.inputs.table import Table

SHARES = {"mild": (0.005, 0.02), "medium": (0.05, 0.15), "severe": (0.3, 0.6)}


@fault("mixed-types")
def mixed_types(healthy: Healthy, severity: FaultSeverity, rng: np.random.Generator) -> Planted:
    """A spreadsheet was edited by hand: one numeric column has units, separators and words in some cells, and is read as text."""
    names = [
        name
        for name, kind in healthy.train.frame.schema.items()
        if kind.is_numeric() and name not in (healthy.target, healthy.time, healthy.groups) and healthy.train.column(name).drop_nulls().n_unique() >= 20
    ]  # fmt: skip
    if not names:
        raise Unavailable("no column of numbers")
    column, share = str(rng.choice(names)), float(rng.uniform(*SHARES[severity]))
    unit = str(rng.choice([" kg", " EUR", "%", " units", "km"]))
    train, rows = _typed(healthy.train, column, unit, share, rng)
    test, _ = _typed(healthy.test, column, unit, share, rng)
    return Planted(
        case=replace(healthy, train=train, test=test),
        names=(column,),
        rows=tuple(rows.tolist()),
        truth=f"{len(rows)} of {train.n_rows} cells of '{column}' are no plain numbers, so that the column is text",
    )


def _typed(table: Table, column: str, unit: str, share: float, rng: np.random.Generator) -> tuple[Table, np.ndarray]:
    texts = [None if each is None else f"{each:g}" for each in table.column(column).to_list()]
    rows = np.flatnonzero(rng.random(table.n_rows) < share)
    rows = rows if rows.size else np.array([0])
    for row in rows.tolist():
        texts[row] = _decorated(texts[row], unit, rng)
    return table.with_column(column, pl.Series(column, texts, pl.String)), rows


def _decorated(text: str | None, unit: str, rng: np.random.Generator) -> str:
    kind = rng.choice(["unit", "separator", "word", "about"], p=[0.4, 0.2, 0.3, 0.1])
    if text is None or kind == "word":
        return str(rng.choice(["n/a", "unknown", "-"]))
    if kind == "separator" and "e" not in text:
        whole, dot, rest = text.partition(".")
        return f"{int(whole):,}{dot}{rest}" if abs(int(whole)) >= 1_000 else f"{whole},{rest or '0'}"
    return f"~{text}" if kind == "about" else f"{text}{unit}"
