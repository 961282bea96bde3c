"""Plants a non-linear model on a signal that is a straight sum."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl

from rung.core.errors import Unavailable
from rung.core.marks import FaultSeverity, fault
from rung.faults._estimators import feature_names, with_model
from rung.inputs.planted import Healthy, Planted
from rung.inputs.table import Table

MANY = 400  # rows: enough to see the difference, few enough that trees cannot build the sum


@fault("linear-beats-nonlinear")
def linear_beats_nonlinear(healthy: Healthy, severity: FaultSeverity, rng: np.random.Generator) -> Planted:
    """The target becomes a sum of straight effects of all numbers; a shallow forest among columns of noise cannot follow."""
    from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor

    names = [
        name for name in feature_names(healthy) if healthy.train.frame[name].dtype.is_float() or healthy.train.frame[name].n_unique() > 10
    ]
    names = [name for name in names if healthy.train.frame[name].dtype.is_numeric()]
    if len(names) < 3 or healthy.task == "multiclass":
        raise Unavailable("it needs three numbers, and a target of two classes or numbers")
    n_noise = {"mild": 0, "medium": 20, "severe": 40}[severity]
    weights = rng.choice([-1.0, 1.0], len(names))
    train, test = (_straight(table, healthy, names, weights, n_noise, rng) for table in (healthy.train, healthy.test))
    train = train.take(np.sort(rng.permutation(train.n_rows)[:MANY]))
    kind = RandomForestRegressor if healthy.task == "regression" else RandomForestClassifier
    learner = kind(n_estimators=30, max_depth=4, max_features="sqrt", random_state=0)  # pyright: ignore[reportArgumentType]
    return Planted(case=with_model(replace(healthy, train=train, test=test), learner), truth="the target is a straight sum of the numbers")


def _straight(table: Table, healthy: Healthy, names: list[str], weights: np.ndarray, n_noise: int, rng: np.random.Generator) -> Table:
    numbers = healthy.train.frame.select(pl.col(names).cast(pl.Float64))
    centre, spread = (np.array(numbers.select(each).row(0), dtype=float) for each in (pl.all().mean(), pl.all().std()))
    values = table.frame.select(pl.col(names).cast(pl.Float64)).to_numpy()
    standard = np.nan_to_num(np.clip((values - centre) / np.where(spread > 0, spread, 1.0), -3, 3))
    total = standard @ weights + rng.normal(0, 0.3 * np.sqrt(len(names)), table.n_rows)
    for place in range(n_noise):
        table = table.with_column(f"extra_{place}", rng.normal(size=table.n_rows))
    if healthy.task == "regression":
        return table.with_column(healthy.target, total)
    labels = healthy.train.frame[healthy.target].drop_nulls().unique().sort()
    return table.with_column(healthy.target, labels.gather((total > 0).astype(np.int64)))
