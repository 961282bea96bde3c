"""A fresh preprocessing step fitted on given rows, opened like the steps of a user's model."""

from __future__ import annotations

import inspect

import numpy as np
from numpy.typing import NDArray

from rung.inputs.model import Floats, Step

LEARNED = (
    "mean_", "var_", "scale_", "center_", "data_min_", "data_max_", "max_abs_", "statistics_", "scores_", "variances_", "quantiles_", "lambdas_",
)  # fmt: skip
MAX_CLASSES = 50  # more different values are a quantity, for the purpose of choosing a selector's score


def opened(maker: type, settings: dict[str, object], x: NDArray[np.generic], y: Floats) -> Step:
    """Fit `maker` with the settings it takes and hand out what it learned. Raises whatever the fit raises."""
    known = inspect.signature(maker).parameters
    taken = {name: value for name, value in settings.items() if name in known}
    if "score_func" in known and "score_func" not in taken and len(np.unique(y)) > MAX_CLASSES:
        from sklearn.feature_selection import f_regression

        taken["score_func"] = f_regression  # the class's own default scores classes
    fresh = maker(**taken)
    fresh.fit(x, y)
    statistics = {name: np.asarray(getattr(fresh, name), dtype=float) for name in LEARNED if _is_numbers(getattr(fresh, name, None))}
    for place, each in enumerate(getattr(fresh, "encodings_", ())):
        statistics[f"encodings_{place}"] = np.asarray(each, dtype=float)
    learned = getattr(fresh, "categories_", [])
    categories = {f"column {place}": tuple(each) for place, each in enumerate(learned)}
    return Step(path="fresh", type_name=maker.__name__, kind="transformer", statistics=statistics, categories=categories)


def _is_numbers(value: object) -> bool:
    return value is not None and not isinstance(value, list) and np.asarray(value).dtype.kind in "fiu"
