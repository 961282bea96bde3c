"""Native boosters (xgboost.Booster, lightgbm.Booster, CatBoost): their kind, and their answers to a frame."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from rung.adapters.frames import is_from
from rung.inputs.model import Floats, ModelKind

CLASS_OBJECTIVES = ("binary", "multi", "cross_entropy", "xentropy", "logistic", "Logloss", "CrossEntropy")


def is_native_booster(estimator: object) -> bool:
    """Whether it is a booster without scikit-learn's interface."""
    return type(estimator).__name__ == "Booster" and (is_from(estimator, "xgboost") or is_from(estimator, "lightgbm"))


def objective_of(booster: object) -> str:
    """The objective that the booster was trained on, empty where it does not say."""
    if is_from(booster, "xgboost"):
        import json

        learner = json.loads(booster.save_config()).get("learner", {})  # type: ignore[attr-defined]
        return str(learner.get("objective", {}).get("name", ""))
    return str((getattr(booster, "params", None) or {}).get("objective", "")) or _lightgbm_objective(booster)


def _lightgbm_objective(booster: object) -> str:
    """A loaded LightGBM model tells its objective only in its text."""
    text = booster.model_to_string(num_iteration=1)  # type: ignore[attr-defined]
    found = [line for line in text.splitlines() if line.startswith("objective=")]
    return found[0].partition("=")[2] if found else ""


def kind_of_booster(booster: object) -> ModelKind:
    """A booster that was trained on a class objective returns probabilities."""
    objective = objective_of(booster)
    if not objective:
        return "unknown"
    return "classifier" if any(word in objective for word in CLASS_OBJECTIVES) else "regressor"


def booster_predict(booster: object) -> Callable[[object], object]:
    """`predict` that takes a frame, categories included."""
    if is_from(booster, "xgboost"):
        return lambda rows: _xgboost(booster, rows)
    return booster.predict  # type: ignore[attr-defined]


def _xgboost(booster: object, rows: object) -> object:
    import xgboost

    return booster.predict(xgboost.DMatrix(rows, enable_categorical=True))  # type: ignore[attr-defined]


def as_probabilities(values: object) -> Floats:
    """One column a class; a single column is P(class 1)."""
    array = np.asarray(values, dtype=float)
    if array.ndim == 2 and array.shape[1] > 1:
        return array
    flat = array.reshape(-1)
    return np.column_stack([1 - flat, flat])
