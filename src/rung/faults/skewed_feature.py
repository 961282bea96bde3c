"""Plants a column in its raw, exponential form into a linear model."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl

from rung.core.marks import FaultSeverity, fault
from rung.faults.pipelines import fitted_pipeline, labels_of, linear_model, numeric_columns, plain, preparation, require, rows_of
from rung.inputs.planted import Healthy, Planted
from rung.inputs.table import Table


@fault("skewed-feature")
def skewed_feature(healthy: Healthy, severity: FaultSeverity, rng: np.random.Generator) -> Planted:
    """The number that goes best with the target grows exponentially, as an amount does, and a linear pipeline takes it and two more as they are."""
    numbers = numeric_columns(healthy)
    require(bool(numbers) and healthy.train.n_rows >= 100, "needs a numeric column and 100 rows")
    case = plain(healthy, numbers)
    chosen = max(numbers, key=lambda name: _strength(case, name))
    kept = [chosen, *[str(each) for each in rng.permutation([name for name in numbers if name != chosen])[:2]]]
    steep = {"mild": 1.0, "medium": 2.0, "severe": 3.0}[severity]
    known = case.train.frame[chosen]
    mean, sd = float(known.mean() or 0.0), float(known.std() or 1.0)  # type: ignore[arg-type]

    def changed(table: Table) -> Table:
        z = np.clip((table.frame[chosen].cast(pl.Float64).to_numpy() - mean) / sd, -4, 4)
        frame = replace(table, frame=table.frame.select([*kept, case.target]))
        return frame.with_column(chosen, pl.Series(chosen, np.exp(steep * z)).fill_nan(None))

    straight = _score(case, kept)
    case = replace(case, train=changed(case.train), test=changed(case.test), time=None, groups=None)
    require(severity == "mild" or _score(case, kept) < straight - 0.02, f"a linear model on '{chosen}' does not mind here")
    model = fitted_pipeline(case, preparation(kept, []), kept)
    return Planted(case=replace(case, model=model), names=(chosen,), truth=f"'{chosen}' is exp({steep:g} z)")


def _score(case: Healthy, names: list[str]) -> float:
    """The middle score of five folds of the same pipeline: a fault that costs nothing is no fault."""
    from sklearn.model_selection import cross_val_score
    from sklearn.pipeline import Pipeline

    pipeline = Pipeline([("prepare", preparation(names, [])), ("model", linear_model(case))])
    scoring = {"regression": "r2", "binary": "roc_auc", "multiclass": "roc_auc_ovr"}[case.task]
    return float(np.median(cross_val_score(pipeline, rows_of(case.train, names), labels_of(case.train, case.target), scoring=scoring)))


def _strength(case: Healthy, name: str) -> float:
    labels = labels_of(case.train, case.target)
    codes = labels.to_numpy(dtype=float) if case.task == "regression" else labels.astype("category").cat.codes.to_numpy(dtype=float)
    values = case.train.frame[name].cast(pl.Float64).fill_null(strategy="mean").to_numpy()
    known = np.isfinite(values) & np.isfinite(codes)
    return abs(float(np.corrcoef(values[known], codes[known])[0, 1])) if known.sum() > 2 and np.ptp(values[known]) > 0 else 0.0
