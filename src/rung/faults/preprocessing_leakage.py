"""Plants a preparation that was fitted on training and test rows together."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from rung.core.marks import FaultSeverity, fault
from rung.faults.pipelines import category_columns, labels_of, linear_model, numeric_columns, plain, preparation, require, rows_of
from rung.inputs.planted import Healthy, Planted


@fault("preprocessing-leakage")
def preprocessing_leakage(healthy: Healthy, severity: FaultSeverity, rng: np.random.Generator) -> Planted:
    """Imputer and scaler (mild: scaler only; severe: a selector too) fitted before the split, the estimator on training rows."""
    import pandas as pd
    from sklearn.feature_selection import SelectKBest, f_classif, f_regression
    from sklearn.pipeline import Pipeline

    found, levels = numeric_columns(healthy), category_columns(healthy) if severity != "mild" else []
    numbers = [found[place] for place in rng.permutation(len(found))[:100]]
    require(bool(numbers), "needs numeric columns")
    case = plain(healthy, numbers + levels)
    both = pd.concat([rows_of(case.train, numbers + levels), rows_of(case.test, numbers + levels)], ignore_index=True)
    labels = pd.concat([labels_of(case.train, case.target), labels_of(case.test, case.target)], ignore_index=True)
    prepared = preparation(numbers, levels)
    x = prepared.fit_transform(both)
    steps: list[tuple[str, object]] = [("prepare", prepared)]
    if severity == "severe":
        score = f_regression if case.task == "regression" else f_classif
        steps.append(("select", SelectKBest(score, k=max(1, x.shape[1] // 2)).fit(x, labels)))  # pyright: ignore[reportOptionalSubscript]
        x = steps[-1][1].transform(x)  # type: ignore[attr-defined]
    model = linear_model(case).fit(x[: case.train.n_rows], labels[: case.train.n_rows])  # type: ignore[attr-defined]
    names = (*numbers, "prepare/numbers/impute", "prepare/numbers/scale", "select")
    return Planted(
        case=replace(case, model=Pipeline([*steps, ("model", model)])),
        names=names,
        truth="the preparation was fitted on training and test rows",
    )
