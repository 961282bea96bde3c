"""Sound models for clean tables: a third of the score card's tables bring one, chosen by the table's name."""

from __future__ import annotations

import zlib
from typing import Literal

import numpy as np
import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import (
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.model_selection import TunedThresholdClassifierCV, cross_val_score
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, OrdinalEncoder, StandardScaler

from benchmarks.realtable import RealTable

Kind = Literal["boosting", "linear", "forest"]
KINDS: tuple[Kind, ...] = ("boosting", "linear", "forest")
#: Levels rarer than this share one code, as a careful author would have it.
MIN_LEVEL = 10
COMPARED, SLACK = 3_000, 0.02  # rows on which the kinds are compared, and how much worse the wanted one may be (AUC or R2)
RARE = 0.12


def kind_for(name: str) -> Kind | None:
    """The kind of model that comes with this table: none for two thirds of them. By name, so that it never changes."""
    drawn = zlib.crc32(name.encode())
    return KINDS[drawn // 3 % 3] if drawn % 3 == 0 else None


def fitted(table: RealTable, train: pd.DataFrame, kind: Kind) -> Pipeline | TunedThresholdClassifierCV:
    """A sound model of this kind, or of a better one, fitted on the training rows alone; dates and the columns of time and group are left out."""
    return fitted_as(table, train, sound_kind(table, train, kind))


def sound_kind(table: RealTable, train: pd.DataFrame, kind: Kind) -> Kind:
    """The wanted kind, unless another scores clearly higher on three folds of at most 3,000 training rows: a model that its author would not have
    kept is not healthy.
    """
    x, y = _features(table, train), train[table.target]
    rows = np.random.default_rng(0).permutation(len(y))[:COMPARED]
    scoring = {"regression": "r2", "binary": "roc_auc", "multiclass": "roc_auc_ovr"}[table.task]
    found = {
        each: float(
            np.nan_to_num(np.mean(cross_val_score(_pipeline(each, table, x), x.iloc[rows], y.iloc[rows], scoring=scoring, cv=3)), nan=-1.0)
        )
        for each in KINDS
    }
    best = max(found, key=lambda each: found[each])
    return kind if found[kind] >= found[best] - SLACK else best


def fitted_as(table: RealTable, train: pd.DataFrame, kind: Kind) -> Pipeline | TunedThresholdClassifierCV:
    """A model of just this kind."""
    x = _features(table, train)
    return _with_threshold(_pipeline(kind, table, x), train[table.target], table).fit(x, train[table.target])


def _features(table: RealTable, train: pd.DataFrame) -> pd.DataFrame:
    outside = {table.target, table.time, table.group}
    return train.drop(columns=[name for name in outside if name is not None])


def _pipeline(kind: Kind, table: RealTable, features: pd.DataFrame) -> Pipeline:
    numbers = [str(name) for name in features.select_dtypes("number")]
    dates = features.select_dtypes(["datetime", "datetimetz", "timedelta"]).columns
    levels = [str(name) for name in features.columns if name not in numbers and name not in dates]
    return Pipeline([("prepare", _preparation(kind, numbers, levels)), ("model", _estimator(kind, table, len(features)))])


def _with_threshold(model: Pipeline, y: pd.Series, table: RealTable) -> Pipeline | TunedThresholdClassifierCV:
    """Where one of two classes is rare, its threshold is chosen by balanced accuracy, as a careful author would."""
    shares = y.value_counts(normalize=True)
    if table.task != "binary" or shares.min() >= RARE:
        return model
    return TunedThresholdClassifierCV(model, scoring="balanced_accuracy", cv=3, random_state=0)


def as_text(frame: pd.DataFrame) -> pd.DataFrame:
    """Levels of any kind (text, category, nullable boolean) as plain text, missing ones as a level of their own."""
    return frame.apply(lambda column: column.astype("object").where(column.notna(), "missing").astype("str"))


def _preparation(kind: Kind, numbers: list[str], levels: list[str]) -> ColumnTransformer:
    text = FunctionTransformer(as_text, feature_names_out="one-to-one")
    if kind == "linear":
        coded = make_pipeline(text, OneHotEncoder(handle_unknown="infrequent_if_exist", min_frequency=MIN_LEVEL, sparse_output=False))
        plain = make_pipeline(SimpleImputer(strategy="median"), StandardScaler())
    else:
        coded = make_pipeline(text, OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1, min_frequency=MIN_LEVEL))
        plain = "passthrough" if kind == "boosting" else SimpleImputer(strategy="median")
    return ColumnTransformer([("numbers", plain, numbers), ("levels", coded, levels)])


def _estimator(kind: Kind, table: RealTable, rows: int) -> object:
    leaf = int(np.clip(rows // 15, 2, 20))
    regression = table.task == "regression"
    if kind == "linear":
        return Ridge() if regression else LogisticRegression(max_iter=2_000)
    if kind == "boosting":
        boosting = HistGradientBoostingRegressor if regression else HistGradientBoostingClassifier
        return boosting(min_samples_leaf=leaf, max_iter=80, learning_rate=0.08, max_leaf_nodes=15, random_state=0)
    forest = RandomForestRegressor if regression else RandomForestClassifier
    return forest(n_estimators=100, min_samples_leaf=3, random_state=0)
