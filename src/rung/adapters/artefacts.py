"""Reads a fitted model from a file. A file that can run code on loading is loaded only when trusted."""

from __future__ import annotations

import importlib
import os
import re
import sys
import warnings
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from rung.adapters.sklearn import to_model
from rung.core.errors import BadInput, MissingExtra
from rung.inputs.model import Model

RUNS_CODE = (".joblib", ".pkl", ".pickle", ".cloudpickle", ".sav", ".dill")
NATIVE = (".json", ".ubj", ".txt", ".lgb", ".cbm", ".onnx", ".skops", ".model")


def read_model(path: str | Path, trust: bool = False) -> Model:
    """The model in a file or at 'module:attribute'. Raises BadInput that says why it cannot be loaded, and what to do."""
    text = str(path)
    if ":" in text and not Path(text).exists():
        return _from_module(text, trust)
    path = Path(path)
    if not path.exists():
        raise BadInput(
            f"There is no model file '{path}'.",
            hint="Give a joblib, pickle, skops, XGBoost, LightGBM, CatBoost or ONNX file, or module:attribute.",
        )
    ending = path.suffix.lower()
    if ending in RUNS_CODE or (ending not in NATIVE and ending == ""):
        value, versions = _load_trusted(path, trust)
        model = to_model(value, path.name)
        return replace(model, versions={**model.versions, **versions}) if versions else model
    if ending not in NATIVE:
        raise BadInput(
            f"'{path}' ends in '{ending}', which rung does not load as a model.",
            hint=f"It loads {', '.join((*RUNS_CODE[:3], *NATIVE))} and module:attribute; or name the column of its predictions with --prediction.",
        )
    try:
        return to_model(_native(path, ending), path.name)
    except (BadInput, MissingExtra):
        raise
    except Exception as error:
        raise _unreadable(path, error) from error


def _refuse(what: str) -> BadInput:
    return BadInput(
        f"Loading {what} can run any code that its author put there, so it was not loaded.",
        hint="If you trust where it comes from, repeat with --trust (Python: trust=True). Files in skops format need no trust.",
    )


def _unreadable(path: Path, error: BaseException) -> BadInput:
    # XGBoost begins its messages with the time and a line of its own source.
    text = re.sub(r"^\[[\d:]+\] \S+:\d+: ", "", str(error)).splitlines()[0][:200] if str(error) else type(error).__name__
    missing = isinstance(error, ModuleNotFoundError)
    hint = (
        f"Install the library that holds '{error.name}', or run rung where the model was made."
        if isinstance(error, ModuleNotFoundError)
        else ("The file may be cut off or written by another version: save the model again and compare the file sizes.")
    )
    return BadInput(f"'{path}' cannot be loaded as a model: {type(error).__name__}: {text}" + ("." if missing else ""), hint=hint)


def _load_trusted(path: Path, trust: bool) -> tuple[object, dict[str, str]]:
    """The object in the file, and the library versions that it says it was saved under."""
    if not trust:
        raise _refuse(f"'{path.name}'")
    import joblib

    # Classes pickled from a script beside the model are found when that folder is on the path.
    sys.path.insert(0, os.getcwd())  # noqa: PTH109
    try:
        with warnings.catch_warnings(record=True) as heard:
            warnings.simplefilter("always")
            value = joblib.load(path)
    except Exception as error:
        raise _unreadable(path, error) from error
    finally:
        sys.path.remove(os.getcwd())  # noqa: PTH109
    return value, _saved_under(heard)


def _saved_under(heard: list[warnings.WarningMessage]) -> dict[str, str]:
    """scikit-learn takes the version out of the state on loading; only its warning about another version still tells it."""
    for each in heard:
        version = getattr(each.message, "original_sklearn_version", None)
        if isinstance(version, str) and version[:1].isdigit():
            return {"scikit-learn": version}
    return {}


def _from_module(text: str, trust: bool) -> Model:
    module, _, attribute = text.partition(":")
    if not trust:
        raise _refuse(f"the module '{module}'")
    sys.path.insert(0, os.getcwd())  # noqa: PTH109
    try:
        value = getattr(importlib.import_module(module), attribute)
    except (ImportError, AttributeError) as error:
        raise BadInput(
            f"'{text}' cannot be imported: {error}.", hint="Write module:attribute, as in 'train:model', from the folder of the module."
        ) from error
    except Exception as error:
        raise BadInput(
            f"The module '{module}' breaks while it is imported: {type(error).__name__}: {error}.",
            hint=f"Run `python -c 'import {module}'` in its folder to see where.",
        ) from error
    finally:
        sys.path.remove(os.getcwd())  # noqa: PTH109
    return to_model(value, text)


def _native(path: Path, ending: str) -> object:
    if ending == ".skops":
        return _skops(path)
    if ending == ".cbm":
        catboost = _import("catboost", "boosting")
        return catboost.CatBoost().load_model(str(path))  # type: ignore[attr-defined]
    if ending == ".onnx":
        return _onnx(path)
    head = path.read_bytes()[:64]
    if ending in (".txt", ".lgb") or head.startswith(b"tree"):
        return _import("lightgbm", "boosting").Booster(model_file=str(path))  # type: ignore[attr-defined]
    booster = _import("xgboost", "boosting").Booster()  # type: ignore[attr-defined]
    booster.load_model(str(path))
    return booster


def _import(library: str, extra: str) -> object:
    try:
        return importlib.import_module(library)
    except ImportError as error:
        raise MissingExtra.named(library, extra, "to load this model") from error


def _skops(path: Path) -> object:
    io = _import("skops.io", "safe-load")
    unknown = io.get_untrusted_types(file=path)  # type: ignore[attr-defined]
    strange = [each for each in unknown if not each.startswith(("sklearn.", "numpy.", "scipy."))]
    if strange:
        raise BadInput(
            f"'{path.name}' holds types that are not known to be safe: {', '.join(strange[:5])}.",
            hint="Look at them; then load with skops yourself and use the Python API.",
        )
    return io.load(path, trusted=unknown)  # type: ignore[attr-defined]


def _onnx(path: Path) -> Callable[[object], object]:
    runtime = _import("onnxruntime", "onnx")
    session = runtime.InferenceSession(str(path))  # type: ignore[attr-defined]
    entry = session.get_inputs()[0].name

    def predict(rows: object) -> object:
        import numpy as np

        return session.run(None, {entry: np.asarray(rows, dtype=np.float32)})[0]

    return predict
