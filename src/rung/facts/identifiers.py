"""Columns built like a name of the row or of an entity: row numbers, hashes, near-unique codes."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from rung.core.errors import Unavailable
from rung.core.marks import fact
from rung.facts.own_model import ask_model
from rung.facts.sample import Sample
from rung.facts.schema import Column, Schema
from rung.facts.target import Target
from rung.inputs.case import Train
from rung.inputs.model import Model
from rung.inputs.settings import Settings

ID_NAME = re.compile(
    r"(^|_|\b|(?<=[a-z]))(id|ID|Id|uuid|guid|key|rownum|row_?n(r|um|umber)?|index|idx|serial|pk|record|unnamed: 0)(_?(no|nr|num|number))?$",
    re.IGNORECASE,
)
HEX = r"^(0x)?[0-9a-fA-F]{8,}$|^[0-9a-fA-F]{8}-([0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}$"
CODED = r"^[A-Za-z]{0,6}[-_#/ ]?\d{3,}[A-Za-z0-9]{0,4}$"
ASKED_ROWS = 300  # rows on which the model is asked whether the column moves it


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """One column and the signs that it is a name.

    unique_share : distinct over known values.   dense_share : rows over the range of whole numbers, NaN for texts.
    step_share : share of neighbouring rows one constant step apart, NaN for texts.   hex_share, coded_share : texts that look so.
    decimal_share : texts that read as decimal numbers.   named : whether its name says that it is one.
    used : whether the given model's predictions move when its values are shuffled; None without a model.
    """

    column: Column
    unique_share: float
    dense_share: float
    step_share: float
    hex_share: float
    coded_share: float
    decimal_share: float
    named: bool
    used: bool | None
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """The features that could be keys."""

    keys: tuple[Key, ...]


@fact(cost="pass")
def keys(sample: Sample, schema: Schema, train: Train, settings: Settings, model: Model | None, target: Target | None) -> Keys:
    """Look at whole numbers with hardly a repeat, and at texts of few words."""
    found = []
    for column in schema.features:
        values = sample.table.column(column.name)
        if column.n_sampled - column.n_missing < 20 or column.n_distinct < 20:
            continue
        if column.kind == "numeric" and column.integer and column.distinct_share > 0.9:
            found.append(_number(column, values, sample))
        elif column.kind in ("category", "text") and values.dtype == pl.String and column.mean_words <= 3.0:
            found.append(_text(column, values))
    used = {each.column.name: _used(each.column.name, train, model, target, settings) for each in found}
    from dataclasses import replace

    return Keys(keys=tuple(replace(each, used=used[each.column.name]) for each in found))


def _number(column: Column, values: pl.Series, sample: Sample) -> Key:
    x = values.cast(pl.Float64, strict=False).to_numpy().astype(float)
    x = x[np.isfinite(x)]
    width = float(np.ptp(x)) + 1 if len(x) else 1.0
    return _key(column, values, dense=len(x) / width if sample.complete else sample.total / width, step=_steady(x, sample))


def _steady(x: NDArray[np.float64], sample: Sample) -> float:
    if not sample.complete or len(x) < 3:
        return float("nan")
    steps = np.diff(x)
    return float(np.mean(steps == np.median(steps))) if np.median(steps) != 0 else 0.0


def _text(column: Column, values: pl.Series) -> Key:
    texts = values.drop_nulls().head(5_000)
    numbers = texts.str.strip_chars().str.contains(r"^[-+]?\d*[.,]\d+$").mean()
    return _key(column, values, hex_share=_matching(texts, HEX), coded=_matching(texts, CODED), decimal=float(numbers or 0.0))  # type: ignore[arg-type]


def _matching(texts: pl.Series, pattern: str) -> float:
    with_digit = texts.str.contains(pattern) & texts.str.contains(r"\d")
    return float(with_digit.mean() or 0.0)  # type: ignore[arg-type]


def _key(
    column: Column,
    values: pl.Series,
    *,
    dense: float = float("nan"),
    step: float = float("nan"),
    hex_share: float = 0.0,
    coded: float = 0.0,
    decimal: float = 0.0,
) -> Key:
    return Key(
        column=column,
        unique_share=column.distinct_share,
        dense_share=dense,
        step_share=step,
        hex_share=hex_share,
        coded_share=coded,
        decimal_share=decimal,
        named=bool(ID_NAME.search(column.name)),
        used=None,
        examples=tuple(str(each) for each in values.drop_nulls().head(3).to_list()),
    )


def _used(name: str, train: Train, model: Model | None, target: Target | None, settings: Settings) -> bool | None:
    """Shuffle the column's values among some rows: does any prediction move?"""
    if model is None or target is None or (model.features and name not in model.features):
        return None if model is None else False
    rows = np.linspace(0, train.table.n_rows - 1, min(ASKED_ROWS, train.table.n_rows)).astype(np.int64)
    table = train.table.take(np.unique(rows))
    order = settings.rng("keys").permutation(table.n_rows)
    y = np.zeros(table.n_rows)
    try:
        before = ask_model(model, table, y, target, settings.seed)
        after = ask_model(model, table.with_column(name, table.column(name)[order]), y, target, settings.seed)
    except Unavailable:
        return None
    return not np.allclose(before.score, after.score, rtol=0, atol=1e-9, equal_nan=True)
