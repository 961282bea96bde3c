"""Finds the learner inside pipelines and wrappers, and the way to set its parameters on an unfitted clone."""

from __future__ import annotations

# Fitted attribute under which a wrapper keeps the one estimator that predicts. Named one by one on purpose: forests and
# boosters keep a *template* of their members under the same attribute names.
INNER = {
    "GridSearchCV": "best_estimator_",
    "RandomizedSearchCV": "best_estimator_",
    "HalvingGridSearchCV": "best_estimator_",
    "HalvingRandomSearchCV": "best_estimator_",
    "BayesSearchCV": "best_estimator_",
    "OptunaSearchCV": "best_estimator_",
    "TransformedTargetRegressor": "regressor_",
    "TunedThresholdClassifierCV": "estimator_",
    "FixedThresholdClassifier": "estimator_",
    "FrozenEstimator": "estimator",
}
FIRST_OF_MANY = {"CalibratedClassifierCV": "calibrated_classifiers_", "OneVsRestClassifier": "estimators_"}


def is_search(estimator: object) -> bool:
    """Whether it is a parameter search, which holds its winner fitted."""
    return INNER.get(type(estimator).__name__) == "best_estimator_"


def searched(estimator: object) -> object:
    """The winner of a search: what predicts, and what is fitted again; the search itself is not repeated."""
    winner = getattr(estimator, "best_estimator_", None) if is_search(estimator) else None
    return searched(winner) if winner is not None else estimator


def last_step(estimator: object) -> object:
    """The estimator at the end of nested pipelines and wrappers (search, calibration, threshold, transformed target)."""
    inner = _inner(estimator)
    if inner is not None:
        return last_step(inner)
    steps = getattr(estimator, "steps", None)
    if isinstance(steps, list) and steps:
        return last_step(steps[-1][1])
    return estimator


def _inner(estimator: object) -> object | None:
    name = type(estimator).__name__
    if name in INNER:
        return getattr(estimator, INNER[name], None)
    members = getattr(estimator, FIRST_OF_MANY.get(name, ""), None)
    if isinstance(members, list) and members:
        return getattr(members[0], "estimator", members[0])
    return None


def parameter_path(estimator: object) -> str:
    """Prefix of the learner's own parameters in `set_params` of the whole: '' or 'model__' or 'estimator__model__'."""
    steps = getattr(estimator, "steps", None)
    if isinstance(steps, list) and steps:
        return f"{steps[-1][0]}__{parameter_path(steps[-1][1])}"
    if type(estimator).__name__ in INNER or type(estimator).__name__ in FIRST_OF_MANY:
        for name in ("estimator", "regressor"):
            inner = getattr(estimator, name, None)
            if inner is not None and hasattr(inner, "get_params"):
                return f"{name}__{parameter_path(inner)}"
    return ""
