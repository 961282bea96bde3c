"""Plants a model that says it was saved under another version."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from rung.core.marks import FaultSeverity, fault
from rung.faults.pipelines import category_columns, fitted_pipeline, numeric_columns, plain, preparation, require
from rung.inputs.planted import Healthy, Planted


@fault("dependency-mismatch")
def dependency_mismatch(healthy: Healthy, severity: FaultSeverity, rng: np.random.Generator) -> Planted:
    """The artefact bears the version of a patch release, of a minor one, or of years ago."""
    import sklearn

    numbers, levels = numeric_columns(healthy), category_columns(healthy)[:8]
    require(bool(numbers), "needs numeric columns")
    case = plain(healthy, numbers + levels)
    model = fitted_pipeline(case, preparation(numbers, levels), numbers + levels)
    major, minor, patch = (int("".join(filter(str.isdigit, each)) or 0) for each in (*sklearn.__version__.split("."), "0", "0")[:3])
    older = int(rng.integers(1, 4))
    saved = {"mild": f"{major}.{minor}.{patch + older}", "medium": f"{major}.{max(0, minor - older)}.2", "severe": "0.24.2"}[severity]
    model._sklearn_version = saved  # noqa: SLF001 - the name under which scikit-learn keeps it in a saved state  # pyright: ignore[reportAttributeAccessIssue]
    return Planted(case=replace(case, model=model), names=("scikit-learn",), truth=f"saved under scikit-learn {saved}")
