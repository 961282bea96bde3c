"""What scaling would bring to a distance- or gradient-based model that a script fitted on raw scales, measured on the matrix it was really given."""

from __future__ import annotations

import re
import warnings
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rung.core.errors import Unavailable
from rung.core.marks import fact
from rung.facts.run_history import RunHistory
from rung.facts.run_tables import RunTables
from rung.inputs.settings import Settings
from rung.inputs.trace import Event
from rung.inputs.trace_parts import Estimator

Floats = NDArray[np.float64]
HOMES = {
    "SVC": "sklearn.svm", "SVR": "sklearn.svm", "NuSVC": "sklearn.svm", "NuSVR": "sklearn.svm", "KNeighborsClassifier": "sklearn.neighbors",
    "KNeighborsRegressor": "sklearn.neighbors", "RadiusNeighborsClassifier": "sklearn.neighbors", "MLPClassifier": "sklearn.neural_network",
    "MLPRegressor": "sklearn.neural_network", "SGDClassifier": "sklearn.linear_model", "SGDRegressor": "sklearn.linear_model",
}  # fmt: skip
SCALER = re.compile(r"Scaler|Normalizer|QuantileTransformer|PowerTransformer|PCA|TruncatedSVD|Tfidf|RBFSampler|Nystroem|Discretizer")
MAX_ROWS = 1_500
MAX_COLUMNS = 200
N_FOLDS = 5


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RunScales:
    """The fit on raw scales and what scaling brings.

    column, ratio : the column of the largest deviation, as a multiple of the median one.   raw, scaled : accuracy or R2 over five folds.
    gain, error : mean gain a row (share right, or absolute error saved as a share of the deviation) and its standard error.
    """

    event: Event
    estimator: Estimator
    column: str
    ratio: float
    raw: float
    scaled: float
    gain: float
    error: float
    n: int
    metric: str


@fact(cost="fits")
def run_scales(tables: RunTables, history: RunHistory, settings: Settings) -> RunScales:
    """Ten fits on at most 1,500 rows. Unavailable where the model does not care for scales, or something scaled before it."""
    fit = tables.scoring.fit
    estimator = fit.estimator if fit is not None else None
    if fit is None or estimator is None or estimator.type_name not in HOMES:
        raise Unavailable("only for models that care for scales")
    if any(each.estimator is not None and SCALER.search(each.estimator.type_name) for each in history.events_behind(fit.read("X"))):
        raise Unavailable("the columns were scaled before the fit")
    x, names = _numbers(tables)
    rows = settings.rng("scales").permutation(len(x))[:MAX_ROWS]
    x, y = x[rows], np.asarray(tables.labels)[rows]
    deviations = x.std(axis=0)
    if x.shape[1] < 2 or not np.isfinite(x).all() or not (deviations > 0).any():
        raise Unavailable("too few complete numeric columns")
    largest = int(np.argmax(deviations))
    raw, scaled, classes = (
        *(_out_of_fold(estimator, x, y, scale=each) for each in (False, True)),
        "Classifier" in estimator.type_name or "SVC" in estimator.type_name,
    )
    right = [
        (each == y).astype(float) if classes else -np.abs(each.astype(float) - y.astype(float)) / y.astype(float).std()
        for each in (raw, scaled)
    ]
    difference = right[1] - right[0]
    scores = [float(each.mean()) for each in right] if classes else [_r2(y.astype(float), each.astype(float)) for each in (raw, scaled)]
    return RunScales(
        event=fit, estimator=estimator, column=names[largest], ratio=float(deviations[largest] / np.median(deviations[deviations > 0])), raw=scores[0],
        scaled=scores[1], gain=float(difference.mean()), error=float(difference.std(ddof=1) / np.sqrt(len(difference))), n=len(difference),
        metric="accuracy" if classes else "R2",
    )  # fmt: skip


def _numbers(tables: RunTables) -> tuple[Floats, list[str]]:
    kept = {name: values for name, values in tables.features.items() if np.asarray(values).dtype.kind in "iufb"}
    if len(kept) < len(tables.features) or len(kept) > MAX_COLUMNS:
        raise Unavailable("the model was given more than plain numbers")
    return np.column_stack([np.asarray(each, dtype=np.float64) for each in kept.values()]), list(kept)


def _out_of_fold(estimator: Estimator, x: Floats, y: NDArray[np.generic], *, scale: bool) -> NDArray[np.generic]:
    import importlib

    from sklearn.model_selection import KFold, cross_val_predict
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    kind = getattr(importlib.import_module(HOMES[estimator.type_name]), estimator.type_name)
    known = kind().get_params()
    settings = {name: value for name, value in estimator.parameters.items() if name in known and isinstance(value, type(known[name]))}
    model = kind(**settings)
    if "random_state" in known:
        model.set_params(random_state=0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        folds = KFold(N_FOLDS, shuffle=True, random_state=0)
        return np.asarray(cross_val_predict(make_pipeline(StandardScaler(), model) if scale else model, x, y, cv=folds))


def _r2(y: Floats, guess: Floats) -> float:
    return float(1 - ((y - guess) ** 2).sum() / ((y - y.mean()) ** 2).sum())
