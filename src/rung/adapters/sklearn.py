"""Fitted estimators -> `Model`: scikit-learn pipelines opened step by step, boosting libraries, any object with `predict`."""

from __future__ import annotations

import copy
import warnings
from collections.abc import Callable, Iterator, Sequence
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from rung.adapters.boosting import as_probabilities, booster_predict, is_native_booster, kind_of_booster
from rung.adapters.frames import is_from, native_rows
from rung.adapters.prepared import SHARED, PreparedOnce
from rung.adapters.steps import open_steps
from rung.adapters.unwrap import is_search, last_step, parameter_path, searched
from rung.core.errors import BadInput
from rung.inputs.model import Floats, Model, ModelKind
from rung.inputs.table import Table

# What kind of learner it is, by class name: looked up, because libraries do not say so themselves.
NATIVE_MISSING = ("HistGradientBoosting", "LGBM", "XGB", "CatBoost", "Booster")
SCALE_SENSITIVE = (
    "SVC",
    "SVR",
    "KNeighbors",
    "MLP",
    "LogisticRegression",
    "Ridge",
    "Lasso",
    "ElasticNet",
    "SGD",
    "Perceptron",
    "GaussianProcess",
    "KernelRidge",
    "RadiusNeighbors",
    "NearestCentroid",
    "PassiveAggressive",
)
TREE_BASED = (*NATIVE_MISSING, "Forest", "ExtraTrees", "DecisionTree", "GradientBoosting", "Bagging", "AdaBoost")
#: Whose models were fitted on an array where they name no columns.
OF_ARRAYS = ("keras", "torch", "lightgbm", "xgboost", "catboost", "onnxruntime")
TREES_WITH_MISSING = ("DecisionTree", "RandomForest", "ExtraTrees")  # since scikit-learn 1.3, 1.4 and 1.6


@runtime_checkable
class Predicts(Protocol):
    """Anything with `predict`."""

    def predict(self, x: object, /) -> object: ...


def to_model(value: object, source: str = "model", dates_as_text: bool = True) -> Model:
    """A model from an estimator, a native booster or a callable. Raises BadInput for what cannot predict."""
    if isinstance(value, Model):
        return value
    if isinstance(value, Predicts):
        return _from_estimator(value, source, dates_as_text)
    if callable(value):
        return _from_callable(value, source, dates_as_text)
    raise BadInput(
        f"'{source}' is a {type(value).__module__}.{type(value).__qualname__} without 'predict'.",
        hint="rung takes a fitted estimator, a pipeline or a function of rows.",
    )


def kind_of(estimator: object) -> ModelKind:
    """Whether it classifies or regresses, as far as it says."""
    if is_native_booster(estimator):
        return kind_of_booster(estimator)
    name = type(last_step(estimator)).__name__
    if hasattr(estimator, "predict_proba") or "Classif" in name or hasattr(last_step(estimator), "classes_"):
        return "classifier"
    if "Regress" in name or getattr(last_step(estimator), "_estimator_type", "") == "regressor":
        return "regressor"
    try:
        from sklearn.base import is_classifier, is_regressor

        return "classifier" if is_classifier(estimator) else "regressor" if is_regressor(estimator) else "unknown"
    except (AttributeError, TypeError):
        return "unknown"


def features_of(estimator: object) -> tuple[str, ...]:
    """The columns that a fitted estimator wants, empty where it does not say."""
    for holder in _holders(estimator):
        for attribute in ("feature_names_in_", "feature_name_", "feature_names_", "feature_names"):
            names = getattr(holder, attribute, None)
            names = names() if callable(names) else names
            if names is not None and _made_up(holder, names):  # pyright: ignore[reportArgumentType]
                continue
            if names is not None and len(names) and all(isinstance(each, str) for each in names):  # pyright: ignore[reportArgumentType, reportGeneralTypeIssues]
                return tuple(str(each) for each in names)  # pyright: ignore[reportGeneralTypeIssues]
    return ()


def _made_up(holder: object, names: Sequence[object]) -> bool:
    """LightGBM and CatBoost invent names for the columns of an array; those are no columns of the user's."""
    invented = ("Column_", "f", "") if not is_from(holder, "sklearn") else ()
    return any(all(str(each) == f"{stem}{place}" for place, each in enumerate(names)) for stem in invented)


def _holders(estimator: object) -> Iterator[object]:
    yield estimator
    steps = getattr(estimator, "steps", None)
    if isinstance(steps, list) and steps:
        yield from _holders(steps[0][1])
    if getattr(estimator, "best_estimator_", None) is not None:
        yield from _holders(estimator.best_estimator_)  # type: ignore[attr-defined]


def _from_estimator(estimator: Predicts, source: str, dates_as_text: bool) -> Model:
    _require_fitted(estimator, source)
    features, last = features_of(estimator), last_step(estimator)
    name = type(last).__name__
    asked = _asker(features, dates_as_text, PreparedOnce.of(estimator), named=_takes_names(estimator))
    kind, scored = kind_of(estimator), _scorer(estimator)
    return Model(
        name=name,
        source=source,
        predict=lambda table: _flat(asked(table, booster_predict(estimator) if is_native_booster(estimator) else estimator.predict)),
        kind=kind,
        probabilities=(lambda table: _probabilities(asked(table, scored), estimator))
        if scored is not None and kind != "regressor"
        else None,
        classes=tuple(getattr(estimator, "classes_", getattr(last, "classes_", ()))),
        features=features,
        refit=_refitter(estimator, source, dates_as_text),
        steps=open_steps(estimator, features, lambda table: native_rows(table, _wanted(table, features), dates_as_text=dates_as_text)),
        parameters=_plain_parameters(last),
        fitted=_fitted_numbers(last),
        native_missing=_any(name, NATIVE_MISSING) or _any(name, TREES_WITH_MISSING),
        scale_sensitive=_any(name, SCALE_SENSITIVE),
        tree_based=_any(name, TREE_BASED),
        versions=_versions(estimator),
        rebuild=_rebuilder(estimator, source, dates_as_text),
        ranks_only=_ranks_only(estimator),
        notes=_notes(estimator),
    )


def _scorer(estimator: object) -> Callable[..., object] | None:
    """What gives more than labels: probabilities, a native booster's prediction, or decision values."""
    if is_native_booster(estimator):
        return booster_predict(estimator)
    return getattr(estimator, "predict_proba", None) or getattr(estimator, "decision_function", None)


def _notes(estimator: object) -> tuple[str, ...]:
    notes: list[str] = []
    if _ranks_only(estimator):
        notes.append("Its scores are decision values squeezed into 0..1: they rank rows and are no probabilities.")
    if is_search(estimator):
        notes.append("Where it is fitted again, the winner of the search is fitted; the search itself is not repeated.")
    return tuple(notes)


def _ranks_only(estimator: object) -> bool:
    return not is_native_booster(estimator) and not hasattr(estimator, "predict_proba") and hasattr(estimator, "decision_function")


def _any(name: str, parts: tuple[str, ...]) -> bool:
    return any(part in name for part in parts)


def _require_fitted(estimator: object, source: str) -> None:
    if not hasattr(estimator, "get_params") or not is_from(estimator, "sklearn"):
        return
    from sklearn.exceptions import NotFittedError
    from sklearn.utils.validation import check_is_fitted

    try:
        check_is_fitted(estimator)  # type: ignore[arg-type]
    except NotFittedError as error:
        raise BadInput(f"'{source}' is not fitted.", hint="Fit it first: rung looks at the model that makes the predictions.") from error
    except TypeError:
        return


def _wanted(table: Table, features: tuple[str, ...]) -> tuple[str, ...]:
    if not features:
        return table.columns
    back = {str(old): new for new, old in table.renamed.items()}
    names = tuple(back.get(name, name) for name in features)
    missing = [name for name in names if name not in table.columns]
    if missing:
        shown = ", ".join(f"'{name}'" for name in missing[:6])
        raise BadInput(
            f"The model wants {len(features)} columns; {len(missing)} of them are not in '{table.source}': {shown}.",
            hint="Hand over the table as the model's pipeline takes it, before any encoding done by hand.",
        )
    return names


def _takes_names(estimator: object) -> bool:
    """Whether rows are handed over with the names of their columns: to what says its columns, and to a class of the user's own, which may look them up.

    An estimator that counts its columns without naming them was fitted on an array, and warns or refuses where names come.
    """
    own = type(estimator).__module__.partition(".")[0] != "sklearn" and not any(is_from(estimator, each) for each in OF_ARRAYS)
    return bool(features_of(estimator)) or (own and _attribute(estimator, "n_features_in_") is None)


def _asker(
    features: tuple[str, ...], dates_as_text: bool, shared: PreparedOnce | None = None, *, named: bool = True
) -> Callable[[Table, Callable[..., object]], object]:
    """Asks a method with the rows as the model's author would hand them over; as an array where names are refused."""

    def rows_of(table: Table) -> object:
        rows = native_rows(table, _wanted(table, features), dates_as_text=dates_as_text)
        return rows if named else _bare(rows)

    def ask(table: Table, method: Callable[..., object]) -> object:
        name = getattr(method, "__name__", "")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            if shared is not None and name in SHARED:
                return shared.ask(table, name, lambda: rows_of(table))
            return _either(method, rows_of(table), guessed=named and not features)

    return ask


def _bare(rows: object) -> object:
    return rows.to_numpy() if hasattr(rows, "to_numpy") else rows  # type: ignore[attr-defined]


def _either(method: Callable[..., object], rows: object, *, guessed: bool) -> object:
    """The answer to these rows; where it is a guess that names are taken, to the bare numbers after all."""
    if not guessed or not hasattr(rows, "to_numpy"):
        return method(rows)
    try:
        return method(rows)
    except Exception as error:  # noqa: BLE001 - the user's own code: whatever it raises at names, it may take an array
        try:
            return method(_bare(rows))
        except Exception:  # noqa: BLE001 - neither: the first answer is the one to show
            raise error from None


def _flat(values: object) -> NDArray[np.generic]:
    array = np.asarray(values)
    return array[:, 0] if array.ndim == 2 and array.shape[1] == 1 else array


def _probabilities(values: object, estimator: object) -> Floats:
    if isinstance(values, list):  # one array an output: only the first output is the target
        values = values[0]
    array = np.asarray(values, dtype=float)
    if is_native_booster(estimator):
        return as_probabilities(array)
    if array.ndim == 1:  # decision_function of two classes: monotone scores, enough for ranking
        spread = 1 / (1 + np.exp(-np.clip(array, -500, 500)))
        return np.column_stack([1 - spread, spread])
    return array


def _refitter(estimator: object, source: str, dates_as_text: bool) -> Callable[..., Model] | None:
    if not hasattr(estimator, "get_params") or not hasattr(estimator, "fit"):
        return None
    named, known = _takes_names(estimator), features_of(estimator)

    def refit(table: Table, target: NDArray[np.generic], features: tuple[str, ...], **parameters: object) -> Model:
        from sklearn.base import clone

        fresh = clone(searched(estimator), safe=False)
        if parameters:
            path = parameter_path(fresh)
            fresh.set_params(**{f"{path}{name}": value for name, value in parameters.items()})  # type: ignore[attr-defined]
        rows = native_rows(table, features, dates_as_text=dates_as_text)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            _either(lambda x: fresh.fit(x, target), rows if named else _bare(rows), guessed=named and not known)  # type: ignore[attr-defined]
        return to_model(fresh, source, dates_as_text)

    return refit


def _plain_parameters(estimator: object) -> dict[str, object]:
    try:
        parameters = estimator.get_params(deep=False)  # type: ignore[attr-defined]
    except (AttributeError, TypeError):
        return {}
    return {name: value for name, value in parameters.items() if value is None or isinstance(value, int | float | str | bool)}


def _fitted_numbers(estimator: object) -> dict[str, float]:
    """Plain facts of the fit: iterations used, features, leaves."""
    found: dict[str, float] = {}
    for name in ("n_iter_", "n_features_in_", "best_iteration", "best_iteration_", "n_estimators_", "tree_count_"):
        value = _attribute(estimator, name)
        if isinstance(value, int | float | np.number):
            found[name] = float(value)
        elif isinstance(value, np.ndarray) and value.size and value.dtype.kind in "if":
            found[name] = float(value.max())
    return found


def _attribute(estimator: object, name: str) -> object:
    try:
        return getattr(estimator, name, None)
    except Exception:  # noqa: BLE001 - boosting libraries raise errors of their own from properties; the fact is then absent
        return None


def _versions(estimator: object) -> dict[str, str]:
    """The scikit-learn version that pickled it, which survives in the state of the unpickled object."""
    for holder in (estimator, last_step(estimator)):
        version = getattr(holder, "__dict__", {}).get("_sklearn_version")
        if isinstance(version, str):
            return {"scikit-learn": version}
    return {}


def _rebuilder(estimator: object, source: str, dates_as_text: bool) -> Callable[[], Model]:
    def rebuild() -> Model:
        import pickle

        return to_model(pickle.loads(pickle.dumps(estimator)), source, dates_as_text)  # noqa: S301 - our own bytes, made in this line

    return rebuild


def _from_callable(function: Callable[..., object], source: str, dates_as_text: bool) -> Model:
    """A function of the rows: one column of numbers or labels, or one probability column a class."""

    def ask(table: Table) -> NDArray[np.generic]:
        return np.asarray(function(native_rows(table, table.columns, dates_as_text=dates_as_text)))

    return Model(name=getattr(function, "__name__", "callable"), source=source, predict=lambda table: _flat(copy.copy(ask(table))))
