"""The user's estimator, mended: fitted anew, scaled, with its threshold moved, or replaced by a plain one."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rung.adapters.unwrap import parameter_path, searched
from rung.core.errors import Unavailable
from rung.inputs.mended import Mended

if TYPE_CHECKING:
    import pandas as pd

# Members of files that joblib and pickle both read, and that a mended estimator can be written into again.
WRITABLE = (".joblib", ".pkl", ".pickle", ".sav")


def load(path: Path) -> Any:
    """The estimator in a joblib or pickle file; trust was given by the caller."""
    if path.suffix.lower() not in WRITABLE:
        raise Unavailable(f"a mended model cannot be written as '{path.suffix}'")
    import joblib

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return joblib.load(path)


def mended(estimator: Any, how: Mended, features: pd.DataFrame, labels: pd.Series, classes: tuple[str, ...]) -> Any:
    """A fitted estimator without the fault. Raises Unavailable where it cannot be fitted so."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return _mended(estimator, how, features, labels, classes)
    except Exception as error:
        raise Unavailable(
            f"the mended model cannot be fitted: {type(error).__name__}: {str(error).splitlines()[0][:160] if str(error) else ''}"
        ) from error


def _mended(estimator: Any, how: Mended, features: pd.DataFrame, labels: pd.Series, classes: tuple[str, ...]) -> Any:
    from sklearn.base import clone
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    wanted = [name for name in getattr(estimator, "feature_names_in_", features.columns) if name in features.columns]
    features = features.loc[:, wanted]
    if how.model in ("reference", "linear"):
        regression = not classes
        return _plain(features, regression=regression, linear=how.model == "linear").fit(features, labels)
    if how.model == "threshold":
        return _with_threshold(estimator, how, features, labels)
    fresh: Any = clone(searched(estimator), safe=False)
    if how.parameters:
        path = parameter_path(fresh)
        fresh.set_params(**{f"{path}{name}": value for name, value in how.parameters.items()})
    if how.model == "scaled":
        *before, last = (each for _, each in getattr(fresh, "steps", [("model", fresh)]))
        fresh = make_pipeline(*before, StandardScaler(), last)  # right before the learner, after what prepares the columns
    return fresh.fit(features, labels)


def _with_threshold(estimator: Any, how: Mended, features: pd.DataFrame, labels: pd.Series) -> Any:
    from sklearn.frozen import FrozenEstimator
    from sklearn.model_selection import FixedThresholdClassifier

    label = estimator.classes_[int(how.parameters["minority"])]  # type: ignore[call-overload]
    cut = FixedThresholdClassifier(FrozenEstimator(estimator), threshold=float(how.parameters["threshold"]), pos_label=label)  # type: ignore[arg-type]
    return cut.fit(features, labels)


def _plain(features: pd.DataFrame, *, regression: bool, linear: bool) -> Any:
    from sklearn.compose import make_column_selector, make_column_transformer
    from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
    from sklearn.impute import SimpleImputer
    from sklearn.linear_model import LogisticRegression, Ridge
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder, StandardScaler

    numbers, levels = make_column_selector(dtype_include="number"), make_column_selector(dtype_exclude="number")
    if linear:
        straight = make_pipeline(SimpleImputer(strategy="median", keep_empty_features=True), StandardScaler())
        coded = OneHotEncoder(max_categories=20, handle_unknown="infrequent_if_exist", sparse_output=False)
        prepare = make_column_transformer((straight, numbers), (coded, levels))
        return make_pipeline(prepare, Ridge() if regression else LogisticRegression(max_iter=1_000))
    coded = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1, max_categories=200, encoded_missing_value=-2)
    prepare = make_column_transformer(("passthrough", numbers), (coded, levels), verbose_feature_names_out=False)
    leaf = max(3, min(20, len(features) // 40))
    kind = HistGradientBoostingRegressor if regression else HistGradientBoostingClassifier
    return make_pipeline(prepare, kind(max_iter=60, max_leaf_nodes=15, min_samples_leaf=leaf, l2_regularization=1.0, random_state=0))
