"""A `History` in one JSON file: read off the dataclasses, so that a new field needs no line here."""

from __future__ import annotations

import base64
import gzip
import json
import math
import types
import typing
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from pathlib import Path

import numpy as np

from rung.core.errors import BadInput
from rung.inputs.history import History

MAX_LISTED = 2_000  # entries of an array that are written as readable numbers; longer ones are packed
FORMAT = "rung-history"
VERSION = 1
WHOLE = frozenset(("step", "count", "optimizer", "backwards", "fingerprint_batches"))  # fields of whole numbers


def save_history(history: History, path: str | Path) -> Path:
    """Write a history; a name that ends in .gz is packed. Returns the path."""
    target = Path(path)
    text = json.dumps({"format": FORMAT, "version": VERSION, **typing.cast("dict", _plain(history))}, separators=(",", ":"))
    target.write_bytes(gzip.compress(text.encode(), mtime=0) if target.suffix == ".gz" else text.encode())
    return target


def load_history(path: str | Path) -> History:
    """Read a history. Raises BadInput where the file is none, naming what is wrong with it."""
    raw = Path(path).read_bytes()
    try:
        document = json.loads(gzip.decompress(raw) if raw[:2] == b"\x1f\x8b" else raw)
    except (ValueError, OSError) as error:
        raise BadInput(f"'{path}' is not JSON: {error}.", hint="Save a history with run.save('history.json').") from error
    if not is_history(document):
        raise BadInput(f'\'{path}\' is JSON but no history of rung: it has no "format": "{FORMAT}".')
    if document.get("version") != VERSION:
        raise BadInput(f"'{path}' has version {document.get('version')} of the format; this rung reads version {VERSION}.")
    try:
        return typing.cast("History", _typed(History, document, "history"))
    except (TypeError, ValueError, KeyError) as error:
        raise BadInput(f"'{path}' does not fit the format of a history: {error}.") from error


def is_history(document: object) -> bool:
    """Whether parsed JSON is a history of rung."""
    return isinstance(document, dict) and document.get("format") == FORMAT


def _plain(value: object) -> object:  # noqa: PLR0911 - one line a kind of value
    if is_dataclass(value) and not isinstance(value, type):
        return {each.name: _plain(getattr(value, each.name)) for each in fields(value)}
    if isinstance(value, np.ndarray):
        return _array_out(value)
    if isinstance(value, Mapping):
        return {str(name): _plain(entry) for name, entry in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(entry) for entry in value]
    if isinstance(value, np.generic):
        return _plain(value.item())
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return value


def _array_out(array: np.ndarray) -> object:
    if array.size > MAX_LISTED or array.dtype == np.uint64 or array.ndim > 1:
        packed = np.ascontiguousarray(array)
        return {"dtype": str(packed.dtype), "shape": list(packed.shape), "base64": base64.b64encode(packed.tobytes()).decode()}
    return [_plain(entry) for entry in array.tolist()]


def _array_in(given: object, name: str) -> np.ndarray:
    if isinstance(given, dict):
        flat = np.frombuffer(base64.b64decode(given["base64"]), dtype=np.dtype(given["dtype"]))
        return flat.reshape(given["shape"]).copy()
    if not isinstance(given, list):
        raise TypeError(f"{name} must be a list of numbers, got {type(given).__name__}")
    whole = name.rpartition(".")[2] in WHOLE and all(isinstance(entry, int) for entry in given)
    return np.array(given, dtype=np.int64) if whole else np.array(given, dtype=float)


def _typed(kind: object, given: object, name: str) -> object:  # noqa: PLR0911 - one line a kind of type
    """The plain value as this type; `name` is the path to it, for messages."""
    origin = typing.get_origin(kind)
    if origin in (typing.Union, types.UnionType):
        return _one_of(typing.get_args(kind), given, name)
    if kind is np.ndarray or origin is np.ndarray:
        return _array_in(given, name)
    if origin is tuple:
        return _tuple_in(typing.get_args(kind), given, name)
    if origin is typing.Literal:
        if given not in typing.get_args(kind):
            raise ValueError(f"{name} is {given!r}; it must be one of {', '.join(map(repr, typing.get_args(kind)))}")
        return given
    if isinstance(origin, type) and issubclass(origin, Mapping):
        inner = typing.get_args(kind)[1]
        return {key: _typed(inner, entry, f"{name}.{key}") for key, entry in typing.cast("dict", given).items()}
    if isinstance(kind, type) and is_dataclass(kind):
        return _dataclass_in(kind, given, name)
    return float(typing.cast("str", given)) if kind is float else given


def _one_of(kinds: tuple[object, ...], given: object, name: str) -> object:
    if given is None:
        return None
    if isinstance(given, dict):
        return _typed(next(kind for kind in kinds if kind is not type(None)), given, name)
    numeric = isinstance(given, str) and float in kinds and given in ("nan", "inf", "-inf")
    return float(typing.cast("str", given)) if numeric else given


def _tuple_in(kinds: tuple[object, ...], given: object, name: str) -> tuple[object, ...]:
    if not isinstance(given, list):
        raise TypeError(f"{name} must be a list, got {type(given).__name__}")
    same = len(kinds) == 2 and kinds[1] is Ellipsis
    return tuple(_typed(kinds[0] if same else kinds[i], entry, f"{name}[{i}]") for i, entry in enumerate(given))


def _dataclass_in(kind: type, given: object, name: str) -> object:
    if not isinstance(given, dict):
        raise TypeError(f"{name} must be an object, got {type(given).__name__}")
    hints = typing.get_type_hints(kind)
    known = {each.name: each for each in fields(kind)}
    lacking = [key for key, each in known.items() if key not in given and each.default is MISSING and each.default_factory is MISSING]
    if lacking:
        raise KeyError(f"{name} lacks {', '.join(lacking)}")
    return kind(**{key: _typed(hints[key], entry, f"{name}.{key}") for key, entry in given.items() if key in known})
