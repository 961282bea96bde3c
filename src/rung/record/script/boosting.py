"""The boosting libraries' own ways: their containers for rows and labels, their `train`, their `Booster.predict`."""

from __future__ import annotations

from types import ModuleType
from typing import Any

from rung.inputs.trace_parts import Use
from rung.record.script import estimators, values
from rung.record.script.parents import Given, Named
from rung.record.script.recorder import Draft, Recorder, Spec, Work
from rung.record.script.state import state
from rung.record.script.wrap import Installer

CONTAINERS = {"xgboost.core": ("DMatrix",), "lightgbm.basic": ("Dataset",), "catboost.core": ("Pool",)}
TRAINERS = {"xgboost.training": "xgboost.train", "lightgbm.engine": "lightgbm.train"}
BOOSTERS = {"xgboost.core": "xgboost.Booster", "lightgbm.basic": "lightgbm.Booster"}
EVALUATIONS = ("evals", "valid_sets")


def attach(module: ModuleType, install: Installer) -> None:
    """Wrap what one module of a boosting library has of this."""
    name = module.__name__
    for each in CONTAINERS.get(name, ()):
        spec = Spec("derive", f"{name.partition('.')[0]}.{each}", contained)
        install.method(vars(module)[each], "__init__", spec)
    if name in TRAINERS:
        install.function(module, "train", Spec("fit", TRAINERS[name], trained, sink=True))
    if name in BOOSTERS:
        install.method(vars(module)["Booster"], "predict", Spec("predict", f"{BOOSTERS[name]}.predict", predicted, sink=True))


def contained(recorder: Recorder, draft: Draft, args: Given, kwargs: Named) -> Work:
    """DMatrix(X, label=y): a container whose rows are those of X; its labels are an item beside it."""
    given = dict(zip(("self", "data", "label"), args, strict=False)) | kwargs
    parts = {
        "data": recorder.read(draft, "X", given.get("data"), sink=True),
        "label": recorder.read(draft, "y", given.get("label"), sink=True),
    }
    if parts["data"] is not None:
        recorder.objects.excerpt(parts["data"], given["data"])
        if parts["label"] is not None:
            estimators.pair_up(recorder, parts["data"], parts["label"])
            recorder.objects.excerpt(parts["label"], given["label"])
            recorder.predictions.label(recorder.objects.digest(parts["label"], given["label"]), parts["label"])
    yield
    recorder.remember_container(args[0], parts["data"], parts["label"])
    draft.keep = parts["data"] is not None


def trained(recorder: Recorder, draft: Draft, args: Given, kwargs: Named) -> Work:
    """xgboost.train, lightgbm.train: a fit on the rows of a container, with others to look at."""
    given = dict(zip(("params", "train", "rounds"), args, strict=False)) | kwargs
    _part(recorder, draft, given.get("train", given.get("dtrain", given.get("train_set"))), "X", "y")
    watched = next((given[each] for each in EVALUATIONS if given.get(each)), [])
    for place, each in enumerate(watched if isinstance(watched, list | tuple) else [watched]):
        _part(recorder, draft, each[0] if isinstance(each, tuple) else each, f"eval_set[{place}].X", f"eval_set[{place}].y")
    draft.settings |= {key: values.plain(each) for key, each in kwargs.items() if key not in (*EVALUATIONS, "dtrain", "train_set")}
    draft.settings["params"] = values.plain(given.get("params"))
    result = yield
    draft.estimator = state(recorder, result)
    recorder.estimators.fits[recorder.estimators.number(result)] = (draft.id,)


def _part(recorder: Recorder, draft: Draft, container: Any, rows: str, labels: str) -> None:
    for role, number in zip((rows, labels), recorder.container(container), strict=True):
        if number is not None:
            draft.reads.append(Use(role=role, item=number))


def predicted(recorder: Recorder, draft: Draft, args: Given, kwargs: Named) -> Work:
    """Booster.predict: of a container or of a table."""
    value = args[1] if len(args) > 1 else next(iter(kwargs.values()), None)
    draft.settings["method"] = "predict"
    number = recorder.container(value)[0]
    if number is None:
        number = recorder.read(draft, "X", value, sink=True)
    else:
        draft.reads.append(Use(role="X", item=number))
    draft.uses |= set(recorder.estimators.fits.get(recorder.estimators.number(args[0]), ()))
    result = yield
    draft.estimator = state(recorder, args[0])
    recorder.write(draft, "result", result, recorder.rows(number))
    recorder.predictions.made(result, draft.id)
