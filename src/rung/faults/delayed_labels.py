"""Plants production rows whose labels come late, and some of them later than others."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl

from rung.core.marks import FaultSeverity, fault
from rung.faults.pipelines import category_columns, fitted_pipeline, numeric_columns, plain, preparation, production_rows, require
from rung.inputs.planted import Healthy, Planted

SLOWER = {"mild": 3.0, "medium": 6.0, "severe": 12.0}
DAYS = 60


@fault("delayed-labels")
def delayed_labels(healthy: Healthy, severity: FaultSeverity, rng: np.random.Generator) -> Planted:
    """Labels of one class (or of small numbers) take 3 times as long as the others (medium 6, severe 12); rows span 60 days."""
    numbers, levels = numeric_columns(healthy), category_columns(healthy)[:8]
    require(healthy.time is None and "seen_on" not in healthy.train.columns, "the table has a time of its own")
    require(
        len(numbers) >= 2 and healthy.test.n_rows >= 400 and healthy.task != "multiclass",
        "needs two numeric columns, 400 test rows, two classes or numbers",
    )
    case = plain(healthy, numbers + levels)
    model = fitted_pipeline(case, preparation(numbers, levels), numbers + levels)
    rows = production_rows(case, rng, labels=True)
    labels = rows.column(case.target)
    slow = _slow(labels, healthy)
    age = np.sort(rng.integers(0, DAYS, rows.n_rows))[::-1].astype(float)
    waits = rng.exponential(4.0, rows.n_rows) * np.where(slow, SLOWER[severity], 1.0)
    none = pl.Series(case.target, [None] * rows.n_rows, dtype=labels.dtype)
    seen = pl.select(pl.when(pl.Series(waits <= age)).then(labels).otherwise(none).alias(case.target)).to_series()
    when = pl.Series("seen_on", DAYS - age)
    train = case.train.with_column("seen_on", pl.Series("seen_on", -rng.integers(1, DAYS, case.train.n_rows).astype(float)))
    test = case.test.with_column("seen_on", pl.Series("seen_on", -rng.integers(1, DAYS, case.test.n_rows).astype(float)))
    current = rows.with_column(case.target, seen).with_column("seen_on", when)
    return Planted(
        case=replace(case, train=train, test=test, current=current, model=model, time="seen_on"), names=(),
        truth=f"{int((waits > age).sum())} of {rows.n_rows} labels have not come; one side waits {SLOWER[severity]:g} times as long",
    )  # fmt: skip


def _slow(labels: pl.Series, healthy: Healthy) -> np.ndarray:
    if healthy.task == "regression":
        values = labels.cast(pl.Float64).to_numpy().astype(float)
        return values > np.nanmedian(values)
    common = labels.drop_nulls().mode().sort()[0]
    return (labels == common).fill_null(value=False).to_numpy()
