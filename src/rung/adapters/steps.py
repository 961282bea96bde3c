"""Opens a fitted scikit-learn pipeline: every step with its columns, fitted statistics and categories as plain arrays."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from rung.inputs.model import Floats, Step, StepKind
from rung.inputs.table import Table

STATISTICS = (
    "mean_",
    "scale_",
    "var_",
    "center_",
    "data_min_",
    "data_max_",
    "max_abs_",
    "statistics_",
    "quantiles_",
    "lambdas_",
    "scores_",
    "pvalues_",
    "variances_",
    "n_samples_seen_",
    "components_",
    "explained_variance_",
    "target_mean_",
    "bin_edges_",
)
SAMPLERS = (
    "SMOTE",
    "ADASYN",
    "RandomOverSampler",
    "RandomUnderSampler",
    "NearMiss",
    "TomekLinks",
    "SMOTEENN",
    "SMOTETomek",
    "BorderlineSMOTE",
)
Entry = Callable[[Table], object]


def open_steps(estimator: object, features: tuple[str, ...], entry: Entry) -> tuple[Step, ...]:
    """Every step in the order of the data's way; `entry` gives the rows as the pipeline takes them."""
    return tuple(_walk(estimator, "", features, entry))


def _walk(estimator: object, path: str, columns: tuple[str, ...], entry: Entry | None) -> Iterator[Step]:
    inner = getattr(estimator, "best_estimator_", None)
    if inner is not None and hasattr(inner, "predict"):
        yield from _walk(inner, path, columns, entry)
    elif isinstance(getattr(estimator, "steps", None), list):
        yield from _pipeline(estimator, path, columns, entry)
    elif isinstance(getattr(estimator, "transformers_", None), list):
        yield from _branches(estimator, path, columns, entry)
    elif isinstance(getattr(estimator, "transformer_list", None), list):
        for name, part in estimator.transformer_list:  # type: ignore[attr-defined]
            yield from _walk(part, _join(path, name), columns, entry)
    elif estimator not in ("passthrough", "drop", None):
        yield _step(estimator, path or type(estimator).__name__, columns, entry)


def _join(path: str, name: str) -> str:
    return f"{path}/{name}" if path else name


def _pipeline(pipeline: object, path: str, columns: tuple[str, ...], entry: Entry | None) -> Iterator[Step]:
    before = entry
    for name, part in pipeline.steps:  # type: ignore[attr-defined]
        yield from _walk(part, _join(path, name), columns, before)
        if part in ("passthrough", None) or not hasattr(part, "transform"):
            continue
        columns = _names_out(part, columns)
        before = _through(part, before) if before is not None else None


def _through(part: object, before: Entry) -> Entry:
    return lambda table: part.transform(before(table))  # type: ignore[attr-defined]


def _names_out(part: object, columns: tuple[str, ...]) -> tuple[str, ...]:
    try:
        return tuple(str(each) for each in part.get_feature_names_out())  # type: ignore[attr-defined]
    except (AttributeError, ValueError, TypeError, NotImplementedError):
        return columns if getattr(part, "n_features_in_", None) == len(columns) else ()


def _branches(union: object, path: str, columns: tuple[str, ...], entry: Entry | None) -> Iterator[Step]:
    for name, part, chosen in union.transformers_:  # type: ignore[attr-defined]
        if part in ("passthrough", "drop"):
            continue
        names = _chosen(chosen, columns)
        yield from _walk(part, _join(path, name), names, _branch_entry(entry, chosen) if entry is not None else None)


def _chosen(chosen: object, columns: tuple[str, ...]) -> tuple[str, ...]:
    if isinstance(chosen, str):
        return (chosen,)
    if isinstance(chosen, slice):
        return columns[chosen]
    picked = np.asarray(chosen if not callable(chosen) else [])
    if picked.dtype.kind in "US":
        return tuple(str(each) for each in picked)
    if picked.dtype == bool:
        return tuple(np.asarray(columns)[picked])
    return tuple(columns[int(each)] for each in picked if int(each) < len(columns))


def _branch_entry(entry: Entry, chosen: object) -> Entry:
    def rows(table: Table) -> object:
        whole = entry(table)
        names = [chosen] if isinstance(chosen, str) else chosen
        by_name = isinstance(names, Sequence | np.ndarray) and len(names) and isinstance(names[0], str)
        return whole[list(names)] if by_name else _columns(whole, names)  # type: ignore[index,arg-type]

    return rows


def _columns(whole: object, places: object) -> object:
    return whole.iloc[:, places] if hasattr(whole, "iloc") else whole[:, places]  # type: ignore[attr-defined,index]


def _step(part: object, path: str, columns: tuple[str, ...], entry: Entry | None) -> Step:
    own = tuple(str(each) for each in getattr(part, "feature_names_in_", ()))
    columns = own or columns
    return Step(
        path=path,
        type_name=type(part).__name__,
        kind=_kind(part),
        columns=columns,
        statistics=_statistics(part),
        categories=_categories(part, columns),
        settings=_settings(part),
        library=type(part).__module__.partition(".")[0],
        inputs=(lambda table: _floats(entry(table))) if entry is not None else None,
    )


def _floats(rows: object) -> Floats:
    """What a step is given, as numbers; texts become NaN. Sparse rows are opened."""
    dense = rows.toarray() if hasattr(rows, "toarray") else rows  # type: ignore[attr-defined]
    array = np.asarray(dense)
    if array.dtype.kind in "fiub":
        return array.astype(float)
    import pandas as pd

    return pd.DataFrame(array).apply(pd.to_numeric, errors="coerce").to_numpy(dtype=float)


def _kind(part: object) -> StepKind:
    name = type(part).__name__
    if hasattr(part, "predict") and not hasattr(part, "transform"):
        return "estimator"
    if name in SAMPLERS or hasattr(part, "fit_resample"):
        return "sampler"
    if "TargetEncoder" in name or name in ("LeaveOneOutEncoder", "CatBoostEncoder", "JamesSteinEncoder", "MEstimateEncoder", "WOEEncoder"):
        return "target-encoder"
    for word, kind in (
        ("Imputer", "imputer"),
        ("Encoder", "encoder"),
        ("Scaler", "scaler"),
        ("Normalizer", "transformer"),
        ("Select", "selector"),
        ("VarianceThreshold", "selector"),
        ("RFE", "selector"),
    ):
        if word in name:
            return kind  # type: ignore[return-value]
    return "estimator" if hasattr(part, "predict") else "transformer"


def _statistics(part: object) -> dict[str, Floats]:
    found: dict[str, Floats] = {}
    for name in STATISTICS:
        value = getattr(part, name, None)
        array = np.asarray(value) if value is not None and not isinstance(value, list) else None
        if array is not None and array.dtype.kind in "fiu":
            found[name] = array.astype(float)
    if _kind(part) == "target-encoder":
        found |= {f"encodings_{place}": np.asarray(each, dtype=float) for place, each in enumerate(getattr(part, "encodings_", ()))}
    return found


def _categories(part: object, columns: tuple[str, ...]) -> dict[str, tuple[object, ...]]:
    learned = getattr(part, "categories_", None)
    if not isinstance(learned, list):
        return {}
    names = columns if len(columns) == len(learned) else tuple(f"column {place}" for place in range(len(learned)))
    return {name: tuple(each) for name, each in zip(names, learned, strict=True)}


def _settings(part: object) -> dict[str, object]:
    try:
        parameters = part.get_params(deep=False)  # type: ignore[attr-defined]
    except (AttributeError, TypeError):
        return {}
    return {name: value for name, value in parameters.items() if value is None or isinstance(value, int | float | str | bool)}
