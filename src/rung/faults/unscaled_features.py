"""Plants nearest neighbours on raw scales, one column in a small unit."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from rung.core.marks import FaultSeverity, fault
from rung.faults.pipelines import fitted_pipeline, numeric_columns, plain, preparation, require
from rung.inputs.planted import Healthy, Planted


@fault("unscaled-features")
def unscaled_features(healthy: Healthy, severity: FaultSeverity, rng: np.random.Generator) -> Planted:
    """A pipeline of an imputer and 15 nearest neighbours; one column drawn at random varies 10, 1,000 or 100,000 times as much as the next."""
    from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor

    numbers = numeric_columns(healthy)
    require(len(numbers) >= 3, "needs three numeric columns")
    case = plain(healthy, numbers)
    spread = {name: float(case.train.frame[name].std() or 1.0) for name in numbers}  # type: ignore[arg-type]
    chosen = str(rng.choice(numbers))
    factor = {"mild": 10.0, "medium": 1e3, "severe": 1e5}[severity] * max(spread.values()) / spread[chosen]
    case = replace(
        case,
        train=case.train.with_column(chosen, case.train.frame[chosen] * factor),
        test=case.test.with_column(chosen, case.test.frame[chosen] * factor),
    )
    neighbours = (KNeighborsRegressor if case.task == "regression" else KNeighborsClassifier)(n_neighbors=15)
    model = fitted_pipeline(case, preparation(numbers, [], scale=False), numbers, neighbours)
    kept = [*numbers, case.target]
    case = replace(
        case, train=replace(case.train, frame=case.train.frame.select(kept)), test=replace(case.test, frame=case.test.frame.select(kept))
    )
    return Planted(
        case=replace(case, model=model, time=None, groups=None), names=(chosen,), truth=f"no scaler; '{chosen}' outweighs all other columns"
    )
