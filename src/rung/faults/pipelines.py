"""Fitted scikit-learn pipelines for faults, made on any table: the usual preparation and a linear model."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from rung.core.errors import Unavailable
from rung.inputs.planted import Healthy
from rung.inputs.table import Table

if TYPE_CHECKING:
    import pandas as pd
    from sklearn.compose import ColumnTransformer
    from sklearn.pipeline import Pipeline

MAX_LEVELS = 50


def numeric_columns(healthy: Healthy, *, decimals: bool = False) -> list[str]:
    """Numeric features with more than ten different values in training."""
    frame = healthy.train.frame
    names = [name for name in frame.columns if name not in special(healthy) and frame[name].dtype.is_numeric()]
    found = [name for name in names if frame[name].n_unique() > 10 and frame[name].drop_nulls().len() > 20]
    return [name for name in found if _has_decimals(frame[name])] if decimals else found


def _has_decimals(series: pl.Series) -> bool:
    known = series.drop_nulls().cast(pl.Float64)
    return bool((known != known.round()).any())


def category_columns(healthy: Healthy) -> list[str]:
    """Text and category features with 2 to 50 levels."""
    frame = healthy.train.frame
    kinds = (pl.String, pl.Categorical)
    names = [
        name
        for name in frame.columns
        if name not in special(healthy) and (frame[name].dtype in kinds or isinstance(frame[name].dtype, pl.Enum))
    ]
    return [name for name in names if 2 <= frame[name].drop_nulls().n_unique() <= MAX_LEVELS]


def special(healthy: Healthy) -> set[str | None]:
    """Columns that are no features."""
    return {healthy.target, healthy.time, healthy.groups}


def rows_of(table: Table, names: list[str]) -> pd.DataFrame:
    """These columns as the pandas frame that a pipeline is given."""
    import pandas as pd

    frame = table.frame.select(names)
    texts = [name for name, kind in frame.schema.items() if not kind.is_numeric() and kind != pl.Boolean]
    plain = frame.with_columns(pl.col(texts).cast(pl.String)) if texts else frame
    return pd.DataFrame({name: plain[name].to_pandas() if name in texts else plain[name].cast(pl.Float64).to_numpy() for name in names})


def labels_of(table: Table, target: str) -> pd.Series:
    """The target as pandas hands it over."""
    series = table.frame.get_column(target)
    return (series if series.dtype.is_numeric() else series.cast(pl.String)).to_pandas()


def preparation(numbers: list[str], levels: list[str], scale: bool = True) -> ColumnTransformer:
    """Impute and scale numbers, one-hot the levels."""
    from sklearn.compose import ColumnTransformer
    from sklearn.impute import SimpleImputer
    from sklearn.pipeline import Pipeline
    from sklearn.preprocessing import OneHotEncoder, StandardScaler

    steps: list[tuple[str, object]] = [("impute", SimpleImputer(strategy="median"))]
    steps += [("scale", StandardScaler())] if scale else []
    parts: list[tuple[str, object, list[str]]] = [("numbers", Pipeline(steps), numbers)]
    parts += [("levels", OneHotEncoder(handle_unknown="ignore", sparse_output=False), levels)] if levels else []
    return ColumnTransformer(parts)


def linear_model(healthy: Healthy) -> object:
    """The usual linear estimator of the task."""
    from sklearn.linear_model import LogisticRegression, Ridge

    return Ridge() if healthy.task == "regression" else LogisticRegression(max_iter=300)


def fitted_pipeline(healthy: Healthy, preparation_: object, names: list[str], estimator: object | None = None) -> Pipeline:
    """A pipeline of this preparation and a linear estimator, fitted on the training rows."""
    from sklearn.pipeline import Pipeline

    pipeline = Pipeline([("prepare", preparation_), ("model", estimator or linear_model(healthy))])
    return pipeline.fit(rows_of(healthy.train, names), labels_of(healthy.train, healthy.target))


def plain(healthy: Healthy, names: list[str]) -> Healthy:
    """The healthy case with tables as the pipeline takes them: texts for categories, floats for numbers, no native frame."""

    def remade(table: Table) -> Table:
        frame = table.frame.with_columns(
            [pl.col(name).cast(pl.Float64 if table.frame[name].dtype.is_numeric() else pl.String) for name in names]
        )
        return replace(table, frame=frame, native=None, rows=None)

    return replace(healthy, train=remade(healthy.train), test=remade(healthy.test))


def production_rows(healthy: Healthy, rng: np.random.Generator, *, labels: bool = False) -> Table:
    """Rows as production sees them: the test rows drawn anew and in another order, so that no row is known, without labels unless asked for."""
    rows = healthy.test.take(rng.permutation(healthy.test.n_rows))
    kept = rows if labels else rows.drop([healthy.target])
    return replace(kept, native=None, rows=None)


def require(condition: bool, why: str) -> None:
    """Raise Unavailable where the fault cannot be planted."""
    if not condition:
        raise Unavailable(why)
