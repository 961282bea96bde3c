"""Which callables of scikit-learn, and of what follows its manners (imbalanced-learn, boosting), are observed."""

from __future__ import annotations

import functools
import inspect
from types import ModuleType
from typing import Any

from rung.record.script import estimators, metrics, selection, stages, values
from rung.record.script.parents import Given, Named
from rung.record.script.recorder import Draft, Handler, Recorder, Spec, Work
from rung.record.script.statistics import associated, rescaled
from rung.record.script.wrap import Installer, disguise, mark

FITS = ("fit", "partial_fit")
FIT_TRANSFORMS = ("fit_transform", "fit_predict")
PREDICTS = ("predict", "predict_proba", "predict_log_proba", "decision_function", "score_samples")
METHODS: dict[str, tuple[Any, Handler]] = {
    **dict.fromkeys(FITS, ("fit", estimators.fit)),
    **dict.fromkeys(FIT_TRANSFORMS, ("fit-transform", estimators.fit_transform)),
    **dict.fromkeys(PREDICTS, ("predict", estimators.predict)),
    "transform": ("transform", estimators.transform),
    "inverse_transform": ("transform", estimators.transform),
    "score": ("score", estimators.score),
    "fit_resample": ("resample", estimators.resample),
}
CROSS = ("cross_val_score", "cross_validate", "cross_val_predict", "learning_curve", "validation_curve", "permutation_test_score")
DATA = ("sklearn.datasets._base", "sklearn.datasets._samples_generator", "sklearn.datasets._openml", "sklearn.datasets._california_housing",
        "sklearn.datasets._covtype", "sklearn.datasets._kddcup99", "sklearn.datasets._twenty_newsgroups", "sklearn.datasets._olivetti_faces")  # fmt: skip
METRICS = ("sklearn.metrics._classification", "sklearn.metrics._ranking", "sklearn.metrics._regression", "imblearn.metrics._classification")


def attach(module: ModuleType, install: Installer) -> None:
    """Wrap what one module of the family defines, once it has been run."""
    name = module.__name__
    for value in list(vars(module).values()):
        if isinstance(value, type) and value.__module__ == name:
            estimator_class(value, install)
    special = SPECIAL.get(name)
    if special is not None:
        special(module, install)
    elif name in METRICS:
        _metrics(module, install)
    elif name in DATA:
        _data(module, install)


def _cross_validation(module: ModuleType, install: Installer) -> None:
    for each in CROSS:
        install.function(module, each, Spec("cross-validation", f"sklearn.{each}", selection.cross_validation, sink=True))
    for each in ("_fit_and_score", "_fit_and_predict"):
        install.function(module, each, Spec("cross-validation", each, selection.one_fold, nested=True))


def _drawing(module: ModuleType, install: Installer) -> None:
    for each in ("shuffle", "resample"):
        install.function(module, each, Spec("sample", f"sklearn.{each}", selection.drawn), selection.with_places)


def _scaling(module: ModuleType, install: Installer) -> None:
    for each in ("scale", "minmax_scale", "robust_scale", "maxabs_scale", "normalize", "quantile_transform", "power_transform"):
        install.function(module, each, Spec("reduce", f"sklearn.{each}", rescaled))


def _associations(module: ModuleType, install: Installer) -> None:
    for each in ("f_classif", "f_regression", "chi2", "r_regression", "mutual_info_classif", "mutual_info_regression"):
        install.function(module, each, Spec("reduce", f"sklearn.{each}", associated))


def estimator_class(owner: type, install: Installer) -> None:
    """Wrap the methods that a class of estimators defines itself."""
    fits = any(hasattr(owner, each) for each in ("fit", "fit_resample", "fit_transform"))
    # Some base classes only predict: their children fit (trees, naive Bayes).
    predicts = any(each in vars(owner) for each in PREDICTS)
    if not fits and not predicts and not owner.__name__.endswith("Mixin"):
        return
    library = owner.__module__.partition(".")[0]
    for name, (kind, handler) in METHODS.items():
        sink = kind in ("fit", "predict", "score", "transform", "fit-transform")
        spec = Spec(kind, f"{library}.{owner.__name__}.{name}", _named_by_class(handler), nested=True, anywhere=True, sink=sink)
        install.own_method(owner, name, spec)
    for name in stages.STAGED:
        spec = Spec("predict", f"{library}.{owner.__name__}.{name}", _named_by_class(stages.stage), sink=True)
        install.own_method(owner, name, spec, stages.staging)


def _named_by_class(handler: Handler) -> Handler:
    """The call is named after the object's class, not after the class that happens to define the method."""

    @functools.wraps(handler)
    def named(recorder: Recorder, draft: Draft, args: Given, kwargs: Named) -> Work:
        if draft.parent is not None and not _worth_telling(draft, args, kwargs):
            draft.parent.children -= 1
            return
        kind = type(args[0])
        draft.call = f"{kind.__module__.partition('.')[0]}.{kind.__name__}.{draft.call.rpartition('.')[2]}"
        draft.owner = id(args[0])
        yield from handler(recorder, draft, args, kwargs)

    return named


def _worth_telling(draft: Draft, args: Given, kwargs: Named) -> bool:
    """Of the calls inside a call: those of other objects, on rows that are told. (fit calling partial_fit, a label encoder on two classes: no.)"""
    given = args[1] if len(args) > 1 else kwargs.get("X")
    return draft.parent is not None and draft.parent.owner != id(args[0]) and values.n_rows(given) in draft.rows_of


def _future_classes(base: ModuleType, install: Installer) -> None:
    """Classes that users write later are wrapped when they are made."""
    owner = base.BaseEstimator
    before = owner.__init_subclass__.__func__

    def __init_subclass__(cls: type, **options: Any) -> None:  # noqa: N807 (it stands in for the real one)
        before(cls, **options)
        if cls.__module__.partition(".")[0] not in ("sklearn", "imblearn", "xgboost", "lightgbm", "catboost"):
            estimator_class(cls, install)

    disguise(__init_subclass__)
    install.patches.put(owner, "__init_subclass__", classmethod(mark(__init_subclass__)))


def _splits(module: ModuleType, install: Installer) -> None:
    spec = Spec("split", "sklearn.model_selection.train_test_split", selection.train_test_split, anywhere=True, sink=True)
    install.function(module, "train_test_split", spec, selection.with_places)
    for value in list(vars(module).values()):
        if isinstance(value, type) and inspect.isfunction(vars(value).get("split")):
            spec = Spec("split", f"sklearn.{value.__name__}.split", selection.split_event, anywhere=True)
            install.method(value, "split", spec, selection.splitting)


def _metrics(module: ModuleType, install: Installer) -> None:
    for name, value in list(vars(module).items()):
        if inspect.isfunction(value) and not name.startswith("_") and value.__module__ == module.__name__:
            given = inspect.signature(value).parameters
            if any(each in given for each in metrics.TRUTHS[:2]):
                install.function(module, name, Spec("metric", f"sklearn.metrics.{name}", metrics.metric(value), sink=True))


def _data(module: ModuleType, install: Installer) -> None:
    for name, value in list(vars(module).items()):
        if inspect.isfunction(value) and value.__module__ == module.__name__ and name.startswith(("load_", "make_", "fetch_")):
            install.function(module, name, Spec("load", f"sklearn.datasets.{name}", _bundled))


def _bundled(recorder: Recorder, draft: Draft, args: Given, kwargs: Named) -> Work:
    """load_iris, make_classification: X and y are rows of one source."""
    name = draft.call.rpartition(".")[2]
    if name.startswith("make_"):
        draft.seeded = kwargs.get("random_state") is not None or "numpy" in recorder.seeds
    result = yield
    parts = list(result.values()) if isinstance(result, dict) else list(result) if isinstance(result, tuple) else [result]
    kinds = [each for each in parts if values.kind_of(each) in ("frame", "series", "array", "sparse") and values.n_rows(each) > 1]
    if not kinds:
        draft.keep = False
        return
    n = max(values.n_rows(each) for each in kinds)
    rows = recorder.objects.new_rows(n, name, "generated" if name.startswith("make_") else "bundled", draft.id)
    for place, each in enumerate(each for each in kinds if values.n_rows(each) == n):
        number = recorder.write(draft, f"result[{place}]", each, rows, followed="origin")
        if number is not None:
            recorder.objects.excerpt(number, each)


SPECIAL = {
    "sklearn.base": _future_classes,
    "sklearn.model_selection._split": _splits,
    "sklearn.model_selection._validation": _cross_validation,
    "sklearn.utils": _drawing,
    "sklearn.utils._indexing": _drawing,
    "sklearn.preprocessing._data": _scaling,
    "sklearn.feature_selection._univariate_selection": _associations,
    "sklearn.feature_selection._mutual_info": _associations,
}
