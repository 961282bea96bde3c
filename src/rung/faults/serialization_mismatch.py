"""Plants a model that forgets part of itself when it is saved."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from rung.core.marks import FaultSeverity, fault
from rung.faults.pipelines import fitted_pipeline, numeric_columns, plain, preparation, require, rows_of
from rung.inputs.planted import Healthy, Planted

if TYPE_CHECKING:
    import pandas as pd
    from sklearn.pipeline import Pipeline


class Forgetful:
    """A wrapper as people write it: the shifts that it learned are left out of the saved state."""

    def __init__(self, pipeline: Pipeline, shifts: dict[str, float]) -> None:
        self.pipeline = pipeline
        self.shifts = shifts
        self.feature_names_in_ = np.array(list(pipeline.feature_names_in_), dtype=object)

    def predict(self, rows: pd.DataFrame) -> np.ndarray:
        """The pipeline's predictions of the shifted rows."""
        return self.pipeline.predict(rows.assign(**{name: rows[name] + shift for name, shift in self.shifts.items()}))

    def __getstate__(self) -> dict[str, object]:
        return {**self.__dict__, "shifts": {}}


@fault("serialization-mismatch")
def serialization_mismatch(healthy: Healthy, severity: FaultSeverity, rng: np.random.Generator) -> Planted:
    """One column (severe: all) is shifted before the pipeline, by up to 3 deviations; the shift is lost on saving."""
    numbers = numeric_columns(healthy)
    require(bool(numbers), "needs numeric columns")
    case = plain(healthy, numbers)
    pipeline = fitted_pipeline(case, preparation(numbers, []), numbers)
    size = {"mild": 1.0, "medium": 3.0, "severe": 5.0}[severity]
    order = [str(each) for each in rng.permutation(numbers)]
    chosen = order if severity == "severe" else order[: max(1, len(order) // 2)]
    shifts = {name: size * float(case.train.frame[name].std() or 1.0) for name in chosen}  # type: ignore[arg-type]
    model = Forgetful(pipeline, shifts)
    rows = rows_of(case.test, numbers)
    require(bool((model.predict(rows) != pipeline.predict(rows)).any()), "the predictions do not depend on these columns")
    return Planted(case=replace(case, model=model), truth=f"the shifts of {chosen[:5]} are lost on saving")
