"""What faults of the evaluation rung share: chosen rows, wrong labels in them, prediction columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from numpy.typing import NDArray

from rung.core.errors import Unavailable
from rung.faults._estimators import feature_names, is_number
from rung.inputs.planted import Healthy
from rung.inputs.table import Table

if TYPE_CHECKING:
    from sklearn.base import BaseEstimator

Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]


def learner(task: str, *, fine: bool = False) -> BaseEstimator:
    """A sound boosted learner; `fine` has leaves of one row and remembers them."""
    from sklearn.ensemble import (
        HistGradientBoostingClassifier,
        HistGradientBoostingRegressor,
        RandomForestClassifier,
        RandomForestRegressor,
    )

    if fine:
        return (RandomForestRegressor if task == "regression" else RandomForestClassifier)(n_estimators=60, random_state=0)
    kind = HistGradientBoostingRegressor if task == "regression" else HistGradientBoostingClassifier
    return kind(max_iter=60, learning_rate=0.08, max_leaf_nodes=15, random_state=0)


def condition(healthy: Healthy, table: Table, rng: np.random.Generator) -> tuple[str, Bools]:
    """A level of a category, or an end of a number, that covers between a tenth and two fifths of the rows. Raises Unavailable where there is none."""
    names = [str(each) for each in rng.permutation(feature_names(healthy))]
    for name in names:
        series = table.frame[name]
        if is_number(series) and series.n_unique() > 10:
            values = series.cast(pl.Float64).to_numpy().astype(float)
            cut = np.nanquantile(values, 0.75)
            inside = values > cut
        else:
            texts = series.cast(pl.String)
            counts = texts.drop_nulls().value_counts(sort=True)
            sizes = [(level, count / table.n_rows) for level, count in counts.rows()]
            level = next((each for each, share in sizes if 0.1 <= share <= 0.4), None)
            inside = (texts == level).fill_null(value=False).to_numpy() if level is not None else np.zeros(table.n_rows, dtype=bool)
        if 0.08 <= inside.mean() <= 0.45:
            return name, inside
    raise Unavailable("no column has a part of a tenth to two fifths of the rows")


def mislabelled(healthy: Healthy, table: Table, rows: Ints, rng: np.random.Generator) -> Table:
    """The table with other labels in these rows: another class, or a number two to three spreads away."""
    labels = table.column(healthy.target)
    if healthy.task == "regression":
        values = labels.cast(pl.Float64).to_numpy().astype(float).copy()
        values[rows] += rng.choice([-1.0, 1.0]) * float(np.nanstd(values)) * rng.uniform(2.0, 3.0, len(rows))
        return table.with_column(healthy.target, values)
    known = labels.drop_nulls().unique().sort().to_list()
    if len(known) < 2:
        raise Unavailable("only one class")
    given = labels.to_list()
    for row in rows.tolist():
        others = [each for each in known if each != given[row]]
        given[row] = others[int(rng.integers(len(others)))]
    return table.with_column(healthy.target, type(labels)(given, dtype=labels.dtype))


def positive_label(healthy: Healthy) -> object:
    """The rarer of two classes, the one that rung takes for positive unless another bears a telling name; declared by the faults that use it."""
    counts = healthy.train.frame[healthy.target].drop_nulls().value_counts(sort=True)
    if counts.height < 2:
        raise Unavailable("only one class")
    return counts[healthy.target][-1]


def plain_label(label: object) -> str:
    """A label as the contract writes it."""
    if isinstance(label, bool):
        return "1" if label else "0"
    return str(int(label)) if isinstance(label, float) and label.is_integer() else str(label)
