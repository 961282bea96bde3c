"""Which functions of NumPy's modules are observed; its arrays are looked at through the user's own lines, see `rewrite`."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import numpy as np

from rung.record.script import values
from rung.record.script.arrays import REDUCTIONS, keeps, reduces, start
from rung.record.script.chance import DRAWS, SHUFFLES, drawn_by
from rung.record.script.parents import Given, Named, Parent
from rung.record.script.recorder import Draft, Recorder, Spec, Work
from rung.record.script.sources import new_source
from rung.record.script.statistics import concat
from rung.record.script.wrap import Installer

STACKS = ("concatenate", "vstack", "hstack", "column_stack", "stack", "row_stack", "append", "dstack")
READS = ("load", "loadtxt", "genfromtxt", "fromfile")
SAME = (
    "asarray",
    "array",
    "ascontiguousarray",
    "asfortranarray",
    "asanyarray",
    "nan_to_num",
    "where",
    "round",
    "clip",
    "copy",
    "ravel",
    "reshape",
    "squeeze",
)
MOVES = ("delete", "take", "flip", "flipud", "roll", "array_split", "split", "vsplit", "compress", "repeat")


def attach(numpy: ModuleType, install: Installer) -> None:
    """Wrap module functions that move rows or mix them, and let the user's lines look."""
    start()
    for name in STACKS:
        install.function(numpy, name, Spec("concat", f"numpy.{name}", appended if name == "append" else concat))
    for name in READS:
        install.function(numpy, name, Spec("load", f"numpy.{name}", load))
    for name in SAME:
        install.function(numpy, name, Spec("derive", f"numpy.{name}", keeps))
    for name in MOVES:
        install.function(numpy, name, Spec("select", f"numpy.{name}", moved(name)))
    install.function(numpy, "tile", Spec("select", "numpy.tile", tiled))
    for name in REDUCTIONS:
        install.function(numpy, name, Spec("reduce", f"numpy.{name}", reduces))
    random: Any = numpy.random
    install.function(random, "seed", Spec("seed", "numpy.random.seed", seeded))
    for name in SHUFFLES | DRAWS:
        function = vars(random).get(name)
        owner = getattr(function, "__self__", None)
        if owner is not None:
            install.function(random, name, Spec("sample", f"numpy.random.{name}", drawn_by(owner)))
    install.function(random, "default_rng", Spec("seed", "numpy.random.default_rng", generator))


def seeded(recorder: Recorder, draft: Draft, args: Given, kwargs: Named) -> Work:
    """The global generator gets a seed."""
    value = args[0] if args else kwargs.get("seed")
    draft.settings |= {"target": "numpy", "value": values.plain(value)}
    if value is not None:
        recorder.seeds.add("numpy")
    yield


def generator(recorder: Recorder, draft: Draft, args: Given, kwargs: Named) -> Work:
    """A generator of its own, with a seed or without."""
    value = args[0] if args else kwargs.get("seed")
    draft.settings |= {"target": "generator", "value": values.plain(value)}
    draft.seeded = value is not None
    result = yield
    recorder.generators[id(result)] = (result, value is not None)


def appended(recorder: Recorder, draft: Draft, args: Given, kwargs: Named) -> Work:
    """np.append(a, b)."""
    yield from concat(recorder, draft, (list(args[:2]),), {})


def tiled(recorder: Recorder, draft: Draft, args: Given, kwargs: Named) -> Work:
    """np.tile(X, (3, 1)): the whole table, several times over."""
    given = dict(zip(("A", "reps"), args, strict=False)) | kwargs
    value: Any = given.get("A")
    reps = np.atleast_1d(given.get("reps", 1))
    draft.keep = isinstance(value, np.ndarray) and value.ndim in (1, 2) and len(reps) <= value.ndim
    if not draft.keep:
        yield
        return
    recorder.touch(draft, value)
    parent = Parent(recorder, draft, value)
    result = yield
    times = int(reps[0]) if len(reps) == np.ndim(value) else 1
    recorder.write(draft, "result", result, None if parent.rows is None else np.tile(parent.rows, times))


def load(recorder: Recorder, draft: Draft, args: Given, kwargs: Named) -> Work:
    """An array comes in from a file."""
    path = args[0] if args else next(iter(kwargs.values()), "")
    draft.settings["path"] = str(getattr(path, "name", path))[:200]
    result = yield
    if values.kind_of(result) == "array":
        new_source(recorder, draft, result, str(draft.settings["path"]), "file")
    else:
        draft.keep = False


def moved(name: str) -> Any:
    """The handler of a function that takes, drops or moves rows: the same is done to a column of numbers."""
    original = getattr(np, name)

    def handle(recorder: Recorder, draft: Draft, args: Given, kwargs: Named) -> Work:
        value = args[1] if name == "compress" else args[0]
        axis = kwargs.get("axis", 0 if name in ("flipud", "split", "array_split", "vsplit") or np.ndim(value) == 1 else None)
        if axis != 0 and not (name in ("delete", "take", "roll", "repeat") and len(args) > 2 and args[2] == 0):
            draft.keep = False
            yield
            return
        recorder.touch(draft, value)
        parent = Parent(recorder, draft, value)
        result = yield
        if parent.rows is None:
            for each in result if isinstance(result, list) else [result]:
                recorder.write(draft, "result", each, None)
            return
        numbers = (*args[:1], parent.rows, *args[2:]) if name == "compress" else (parent.rows, *args[1:])
        rows = original(*numbers, **kwargs)
        if isinstance(result, list):
            for place, (each, its) in enumerate(zip(result, rows, strict=True)):
                recorder.write(draft, f"result[{place}]", each, its)
        else:
            recorder.write(draft, "result", result, rows)

    return handle
