"""An estimator as plain values. It is asked nothing that changes it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import numpy as np

from rung.inputs.trace_parts import Estimator, EstimatorKind
from rung.record.script import values

if TYPE_CHECKING:
    from rung.record.script.recorder import Recorder

FITTED = (
    "n_iter_",
    "max_iter",
    "best_iteration",
    "best_iteration_",
    "n_features_in_",
    "best_score_",
    "best_index_",
    "n_features_",
    "n_estimators_",
)
PARAMETERS = 60


def state(recorder: Recorder, estimator: Any) -> Estimator:
    """The estimator as it is now, as plain values."""
    parameters = parameters_of(estimator)
    fitted = {name: float(value) for name in FITTED if (value := number_in(estimator, name)) is not None}
    return Estimator(
        id=recorder.estimators.number(estimator),
        type_name=type(estimator).__name__,
        library=type(estimator).__module__.partition(".")[0],
        kind=kind_of(estimator),
        parameters={name: values.plain(value) for name, value in list(parameters.items())[:PARAMETERS]},
        steps=steps_of(estimator),
        fitted=fitted,
        converged=_converged(fitted, parameters),
        classes=tuple(str(each) for each in _list(estimator, "classes_")[:50]),
        features=tuple(str(each) for each in _list(estimator, "feature_names_in_")[:2000]),
        chosen=chosen_by(estimator),
        random_state="" if "random_state" not in parameters else str(values.plain(parameters["random_state"])),
    )


def parameters_of(estimator: Any) -> dict[str, Any]:
    get = getattr(type(estimator), "get_params", None)
    try:
        return dict(get(estimator, deep=False)) if get is not None else {}
    except Exception:  # a user's own class may break scikit-learn's contract; then its parameters stay unknown
        return {}


def stored(estimator: Any, name: str) -> Any:
    """An attribute that is stored, or one of the few properties that only read."""
    stored = vars(estimator) if hasattr(estimator, "__dict__") else {}
    if name in stored:
        return stored[name]
    if name in ("classes_", "n_iter_", "best_iteration", "best_iteration_", "n_features_in_", "feature_names_in_"):
        try:
            return getattr(estimator, name, None)
        except Exception:  # properties of unfitted estimators raise in many ways
            return None
    return None


def number_in(estimator: Any, name: str) -> float | None:
    value = stored(estimator, name)
    if isinstance(value, np.ndarray) and value.size and value.dtype.kind in "iuf":
        return float(value.max())
    if isinstance(value, list) and value and all(isinstance(each, int) for each in value):
        return float(max(value))
    return float(value) if isinstance(value, int | float | np.number) and not isinstance(value, bool) else None


def _list(estimator: Any, name: str) -> list[Any]:
    value = stored(estimator, name)
    return list(value) if isinstance(value, np.ndarray | list | tuple) else []


def _converged(fitted: dict[str, float], parameters: dict[str, Any]) -> bool | None:
    limit = parameters.get("max_iter")
    if not isinstance(limit, int | np.integer) or limit <= 0 or "n_iter_" not in fitted:
        return None
    return fitted["n_iter_"] < int(limit)


def kind_of(estimator: Any) -> EstimatorKind:
    """What kind of thing it is, by its class."""
    name, library = type(estimator).__name__, type(estimator).__module__
    if name.startswith("Dummy"):
        return "dummy"
    if hasattr(estimator, "best_estimator_") or name.endswith(("SearchCV", "RFECV")):
        return "search"
    if hasattr(type(estimator), "named_steps") or name.endswith("Pipeline"):
        return "pipeline"
    if hasattr(type(estimator), "fit_resample"):
        return "sampler"
    declared = getattr(estimator, "_estimator_type", None) or _declared(estimator)
    if declared in ("classifier", "regressor", "clusterer"):
        return declared
    if hasattr(type(estimator), "transform"):
        return "transformer"
    if "Classifier" in name or (library.startswith("sklearn") and hasattr(type(estimator), "predict_proba")):
        return "classifier"
    return "regressor" if "Regressor" in name else "other"


def _declared(estimator: Any) -> str | None:
    base: Any = sys.modules.get("sklearn.base")
    for word, test in (("classifier", "is_classifier"), ("regressor", "is_regressor"), ("clusterer", "is_clusterer")):
        try:
            if base is not None and getattr(base, test)(estimator):
                return word
        except Exception:  # classes that are no scikit-learn estimators have no tags to ask
            return None
    return None


def steps_of(estimator: Any) -> tuple[tuple[str, str], ...]:
    """(path, class) of the parts of pipelines, unions, column transformers, searches and meta-estimators."""
    return tuple((path, type(part).__name__) for path, part in parts_of(estimator))


def parts_of(estimator: Any) -> list[tuple[str, Any]]:
    """The same with the parts themselves."""
    found: list[tuple[str, Any]] = []

    def walk(each: Any, path: str, depth: int) -> None:
        if depth > 4 or len(found) > 50:
            return
        stored = vars(each) if hasattr(each, "__dict__") else {}
        for name in ("steps", "transformers", "transformer_list", "estimators"):
            for part in stored.get(name) or () if isinstance(stored.get(name), list) else ():
                if isinstance(part, tuple) and len(part) >= 2 and not isinstance(part[1], str):
                    found.append((f"{path}{part[0]}", part[1]))
                    walk(part[1], f"{path}{part[0]}/", depth + 1)
        for name in ("estimator", "base_estimator", "regressor", "transformer"):
            part = stored.get(name)
            if part is not None and hasattr(part, "fit"):
                found.append((f"{path}{name}", part))
                walk(part, f"{path}{name}/", depth + 1)

    walk(estimator, "", 0)
    return found


def chosen_by(estimator: Any) -> tuple[str, ...] | None:
    """Columns that its column transformers name; () where a function or class of the user's own chooses; None where all are taken."""
    parts = [estimator, *(part for _, part in parts_of(estimator))]
    lists = [each for each in parts if type(each).__name__ == "ColumnTransformer"]
    if not lists:
        return () if any(_of_the_user(each) for each in parts) else None
    told: list[str] = []
    for each in lists:
        given = [each.remainder, *(columns for _, _, columns in each.transformers)]
        if given[0] != "drop" or not all(isinstance(columns, str | list) for columns in given[1:]):
            return None
        told += [name for columns in given[1:] for name in ([columns] if isinstance(columns, str) else columns) if isinstance(name, str)]
    return tuple(dict.fromkeys(told))


def _of_the_user(part: Any) -> bool:
    """A transformer that does with a table what only the user's code tells."""
    function = getattr(part, "func", None)
    if type(part).__name__ == "FunctionTransformer":
        return function is not None and not isinstance(function, np.ufunc)
    return hasattr(part, "transform") and type(part).__module__.partition(".")[0] not in (
        "sklearn",
        "imblearn",
        "feature_engine",
        "category_encoders",
    )
