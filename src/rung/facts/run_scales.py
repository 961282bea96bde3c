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
DISTANCES = re.compile(r"SV[CR]$|Neighbors")
MAX_ROWS = 1_500
MAX_COLUMNS = 200
N_FOLDS = 5


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RunScales:
    """The fit on raw scales and what scaling brings.

    column, ratio : the column of the largest deviation, as a multiple of the median one; of that of the lower quartile where the model measures distances:
    there few small columns are drowned as well as many.   raw, scaled : ROC AUC, accuracy or R2 over five folds.
    gain, error : mean gain a row (ROC AUC of two classes, else share right, or absolute error saved as a share of the deviation) and its standard error.
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
    labels = np.asarray(tables.labels)
    rows = _drawn(settings.rng("scales").permutation(len(x)), labels)
    x, y = x[rows], labels[rows]
    deviations = x.std(axis=0)
    if x.shape[1] < 2 or not np.isfinite(x).all() or not (deviations > 0).any():
        raise Unavailable("too few complete numeric columns")
    largest, level = int(np.argmax(deviations)), 0.25 if DISTANCES.search(estimator.type_name) else 0.5
    metric, scores, gain, error = _compared(estimator, x, y)
    return RunScales(
        event=fit, estimator=estimator, column=names[largest], raw=scores[0],
        ratio=float(deviations[largest] / np.quantile(deviations[deviations > 0], level)), scaled=scores[1], gain=gain, error=error, n=len(y), metric=metric,
    )  # fmt: skip


def _drawn(order: NDArray[np.int64], labels: NDArray[np.generic]) -> NDArray[np.int64]:
    """At most 1,500 rows; of two classes as many of the rarer one as there are, up to half."""
    kinds, counts = np.unique(labels[order], return_counts=True)
    if len(order) <= MAX_ROWS or len(kinds) != 2:
        return order[:MAX_ROWS]
    rare = labels[order] == kinds[np.argmin(counts)]
    few = order[rare][: MAX_ROWS // 2]
    return np.sort(np.concatenate([few, order[~rare][: MAX_ROWS - len(few)]]))


def _compared(estimator: Estimator, x: Floats, y: NDArray[np.generic]) -> tuple[str, list[float], float, float]:
    """(metric, its values on raw and on scaled columns, mean gain a row, standard error)."""
    classes = "Classifier" in estimator.type_name or "SVC" in estimator.type_name
    labels, counts = np.unique(y, return_counts=True)
    if classes and len(labels) == 2 and counts.min() >= N_FOLDS:
        ranks = [_placements(_out_of_fold(estimator, x, y == labels[1], scale=each, ranked=True), y == labels[1]) for each in (False, True)]
        parts = [after - before for before, after in zip(*ranks, strict=True)]
        error = float(np.sqrt(sum(each.var(ddof=1) / len(each) for each in parts)))
        return "ROC AUC", [float(each[0].mean()) for each in ranks], float(parts[0].mean()), error
    guesses = [_out_of_fold(estimator, x, y, scale=each) for each in (False, True)]
    if classes:
        right = [(each == y).astype(float) for each in guesses]
        scores = [float(each.mean()) for each in right]
    else:
        numbers = y.astype(float)
        right = [-np.abs(each.astype(float) - numbers) / numbers.std() for each in guesses]
        scores = [_r2(numbers, each.astype(float)) for each in guesses]
    difference = right[1] - right[0]
    return "accuracy" if classes else "R2", scores, float(difference.mean()), float(difference.std(ddof=1) / np.sqrt(len(difference)))


def _placements(ranking: NDArray[np.generic], positive: NDArray[np.bool_]) -> tuple[Floats, Floats]:
    """For each positive row the share of negatives ranked below it, for each negative the share of positives above: both have the AUC as their mean.

    The variance of their differences gives that of a paired difference of two AUCs (DeLong et al., 1988).
    """
    from scipy.stats import rankdata

    high, low = ranking[positive], ranking[~positive]
    together = rankdata(np.concatenate([high, low]))
    above = (together[: len(high)] - rankdata(high)) / len(low)
    below = 1 - (together[len(high) :] - rankdata(low)) / len(high)
    return above, below


def _numbers(tables: RunTables) -> tuple[Floats, list[str]]:
    kept = {name: values for name, values in tables.features.items() if np.asarray(values).dtype.kind in "iufb"}
    if len(kept) < len(tables.features) or len(kept) > MAX_COLUMNS:
        raise Unavailable("the model was given more than plain numbers")
    return np.column_stack([np.asarray(each, dtype=np.float64) for each in kept.values()]), list(kept)


def _out_of_fold(estimator: Estimator, x: Floats, y: NDArray[np.generic], *, scale: bool, ranked: bool = False) -> NDArray[np.generic]:
    """Guesses for rows not fitted on; with `ranked` what the model ranks two classes by."""
    import importlib

    from sklearn.model_selection import KFold, StratifiedKFold, cross_val_predict
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
        folds = (StratifiedKFold if ranked else KFold)(N_FOLDS, shuffle=True, random_state=0)
        method = next(each for each in ("decision_function", "predict_proba", "predict") if hasattr(model, each)) if ranked else "predict"
        found = np.asarray(cross_val_predict(make_pipeline(StandardScaler(), model) if scale else model, x, y, cv=folds, method=method))
        return found[:, 1] if found.ndim == 2 else found


def _r2(y: Floats, guess: Floats) -> float:
    return float(1 - ((y - guess) ** 2).sum() / ((y - y.mean()) ** 2).sum())
