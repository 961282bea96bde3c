"""Real fitted pipelines for the faults of the model rung: any mixed-type table in, any learner at the end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import polars as pl

from rung.core.errors import Unavailable
from rung.inputs.planted import Healthy
from rung.inputs.table import Table

if TYPE_CHECKING:
    from sklearn.base import BaseEstimator
    from sklearn.compose import ColumnTransformer

MAX_FITTED = 20_000  # rows that a planted model is fitted on


def with_model(healthy: Healthy, learner: BaseEstimator, *, scale: bool = True, labels: np.ndarray | None = None) -> Healthy:
    """The same tables with a pipeline of imputer, encoder, scaler and this learner, fitted on training rows."""
    from sklearn.pipeline import Pipeline

    names = feature_names(healthy)
    frame, y = as_frame(healthy.train, names), train_labels(healthy) if labels is None else labels
    keep = np.flatnonzero(pd.notna(pd.Series(y)).to_numpy())[:MAX_FITTED]
    if len(keep) < 30:
        raise Unavailable(f"only {len(keep)} labelled rows: too few to fit a model")
    if healthy.task != "regression" and len(np.unique(np.asarray(y)[keep].astype(str))) < 2:
        raise Unavailable("the target has one class")
    pipeline = Pipeline([("prepare", preparation(healthy, names, scale)), ("model", learner)])
    pipeline.fit(frame.iloc[keep], np.asarray(y)[keep])
    return replace(healthy, train=plain(healthy.train, healthy), test=plain(healthy.test, healthy), model=pipeline)


def feature_names(healthy: Healthy) -> list[str]:
    """Columns that the pipeline takes: numbers, booleans and texts with at most 50 levels. Raises Unavailable without any."""
    frame = healthy.train.frame
    special = {healthy.target, healthy.time, healthy.groups}
    known = [name for name in frame.columns if name not in special and frame[name].null_count() < frame.height]
    names = [name for name in known if is_number(frame[name]) or (is_level(frame[name]) and frame[name].n_unique() <= 50)]
    if not names:
        raise Unavailable("no feature that a plain pipeline can take")
    return names


def is_number(series: pl.Series) -> bool:
    """Numbers and booleans."""
    return series.dtype.is_numeric() or series.dtype == pl.Boolean


def is_level(series: pl.Series) -> bool:
    """Texts and categories."""
    return series.dtype in (pl.String, pl.Categorical) or isinstance(series.dtype, pl.Enum)


def plain(table: Table, healthy: Healthy) -> Table:
    """The table with features as the pipeline takes them: numbers as floats, levels as text, and no foreign frame behind it."""
    casts = [
        pl.col(name).cast(pl.Float64 if is_number(table.frame[name]) else pl.String)
        for name in feature_names(healthy)
        if name in table.frame.columns
    ]
    return Table(frame=table.frame.with_columns(casts), source=table.source)


def as_frame(table: Table, names: Sequence[str]) -> pd.DataFrame:
    """These columns as pandas: floats and objects."""
    frame = table.frame
    return pd.DataFrame({
        name: frame[name].cast(pl.Float64).to_numpy() if is_number(frame[name]) else _with_nan(frame[name])
        for name in names
    })  # fmt: skip


def _with_nan(series: pl.Series) -> pd.Series:
    """Text with NaN where it is missing, as a file read by pandas has it: an imputer fitted on None would not know it."""
    texts = pd.Series(series.cast(pl.String).to_list(), dtype="object")
    return texts.where(texts.notna(), np.nan)


def train_labels(healthy: Healthy) -> np.ndarray:
    """The target as the model's author would pass it."""
    series = healthy.train.frame[healthy.target]
    return series.to_numpy() if is_number(series) else np.array(series.cast(pl.String).to_list(), dtype=object)


def preparation(healthy: Healthy, names: Sequence[str], scale: bool) -> ColumnTransformer:
    """Impute and scale the numbers, one-hot the levels."""
    from sklearn.compose import ColumnTransformer
    from sklearn.impute import SimpleImputer
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder, StandardScaler

    numbers = [name for name in names if is_number(healthy.train.frame[name])]
    levels = [name for name in names if name not in numbers]
    filled = SimpleImputer(strategy="median", keep_empty_features=True)
    parts: list[tuple[str, object, list[str]]] = []
    if numbers:
        parts.append(("numbers", make_pipeline(filled, StandardScaler()) if scale else filled, numbers))
    if levels:
        blank = SimpleImputer(strategy="constant", fill_value="missing")
        parts.append(("levels", make_pipeline(blank, OneHotEncoder(handle_unknown="ignore", sparse_output=False)), levels))
    return ColumnTransformer(parts)
