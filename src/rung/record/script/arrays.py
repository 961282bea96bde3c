"""Handlers for NumPy: selections, arithmetic, reductions, shuffles of arrays, as the user's lines write them."""

from __future__ import annotations

import contextlib
import random
from typing import Any

import numpy as np

from rung.inputs.trace_parts import Rows
from rung.record.script import lists, values
from rung.record.script.chance import DRAWS, LIST_DRAWS, SHUFFLES, drawn_by
from rung.record.script.metrics import by_hand, compared, valued
from rung.record.script.ops import Look, _hits, _slots
from rung.record.script.parents import Given, Named, Parent, note
from rung.record.script.rankings import by_pair
from rung.record.script.recorder import Draft, Recorder, Spec, Work
from rung.record.script.statistics import concat, reduction_of
from rung.record.script.wrap import Active, seen_call

REDUCTIONS = {"mean", "std", "var", "min", "max", "sum", "ptp", "median", "percentile", "quantile", "nanmean", "nanstd", "nanmedian", "nanmin",
              "nanmax", "nanpercentile", "nanquantile", "average", "corrcoef", "cov", "amin", "amax", "nansum", "nanvar"}  # fmt: skip
KEEPS = {"copy", "astype", "reshape", "ravel", "flatten", "squeeze", "clip", "round", "log", "log1p", "log2", "log10", "exp", "sqrt", "abs",
         "absolute", "square", "maximum", "minimum", "nan_to_num", "sign", "tanh", "expm1", "cbrt", "floor", "ceil", "power", "toarray", "todense",
         "tocsr", "add", "subtract", "multiply", "divide", "fabs", "true_divide", "tolist"}  # fmt: skip


def item(obj: Any, key: Any, result: Any) -> None:
    """`X[key]` was read."""
    if type(result) is list:
        _after(lists.SLICED, (obj, key), result)
        return
    _after(TAKE if type(obj) is not type(np.c_) and not isinstance(obj, type(np.c_).__mro__[1]) else SIDE_BY_SIDE, (obj, key), result)


def binary(name: str, left: Any, right: Any, result: Any) -> None:
    """`left op right` was worked out."""
    if type(result) is list:
        if name == "add" and isinstance(right, list):
            _after(lists.JOINED, (left, right), result)
        return
    recorder = Active.recorder
    known = recorder is not None and any(
        isinstance(each, np.ndarray) and recorder.objects.known(each) is not None for each in (left, right)
    )
    if known or (isinstance(left, np.ndarray) and left.ndim == 2):
        _after(BINARY[name], (left, right), result)


def built(how: str, over: Any, taken: Any, result: Any) -> None:
    """A comprehension made `result`."""
    if values.kind_of(over) in ("array", "series") or isinstance(over, list | range):
        _after(lists.BUILT, (how, over, taken), result)


def equal(left: Any, right: Any, result: Any) -> None:
    """`left == right` was worked out: its mean is an accuracy written by hand."""
    recorder = Active.recorder
    if recorder is None or not recorder.on or recorder.local.busy or recorder.local.stack:
        return
    recorder.local.busy = True
    try:
        compared(recorder, left, right, result)
    except Exception:
        recorder.trouble("==")
    finally:
        recorder.local.busy = False


def store(obj: Any, value: Any) -> None:
    """`value` is about to be written into `obj`."""
    _after(WRITTEN, (obj, value), None)


def called(name: str, receiver: Any, args: list[Any], kwargs: dict[str, Any], result: Any) -> None:
    """`receiver.name(...)` was called: a method of an array, or a function of NumPy that works value by value."""
    array = isinstance(receiver, np.ndarray)
    if array and name in REDUCTIONS:
        _after(_SPECS[name], (receiver, *args), result, kwargs)
    elif (array or values.kind_of(receiver) == "sparse") and (name in KEEPS or name == "take"):
        _after(_SPECS[f"ndarray.{name}"], (receiver, *args), result, kwargs)
    elif name == "extend" and type(receiver) is list and isinstance(args[0], list):
        _after(lists.JOINED, (receiver[: len(receiver) - len(args[0])], args[0]), receiver)  # as it was before, and what came to it
    elif (
        receiver is np
        and name in KEEPS
        and isinstance(getattr(np, name, None), np.ufunc)
        and any(values.kind_of(each) in ("array", "series", "frame") for each in args)
    ):
        _after(_SPECS[f"numpy.{name}"], tuple(args), result, kwargs)


def method(function: Any) -> Any:
    """A bound method of a generator: the same, observed."""
    owner, name = getattr(function, "__self__", None), getattr(function, "__name__", "")
    if not isinstance(owner, np.random.Generator | np.random.RandomState | random.Random) or name not in SHUFFLES | DRAWS | LIST_DRAWS:
        return function
    spec = Spec("sample", f"numpy.random.{name}", drawn_by(owner))
    return lambda *args, **kwargs: seen_call(spec, function, args, kwargs)


def _after(spec: Spec, args: tuple[Any, ...], result: Any, kwargs: dict[str, Any] | None = None) -> None:
    recorder = Active.recorder
    opened = recorder.enter(spec, args, kwargs or {}) if recorder is not None else None
    if recorder is not None and opened is not None:
        recorder.leave(opened, result)


def take(recorder: Recorder, draft: Draft, args: Given, kwargs: Named) -> Work:
    """Rows (or columns) by slice, mask or places."""
    obj, key = args
    draft.keep = values.kind_of(obj) in ("array", "sparse")
    if not draft.keep:
        yield
        return
    first = key[0] if isinstance(key, tuple) and key else key
    if _is_order(obj):  # places, not data
        draft.keep = False
        yield
        return
    recorder.touch(draft, obj)
    parent = Parent(recorder, draft, obj)
    if isinstance(first, np.ndarray):
        recorder.read(draft, "key", first)
    for each in key[1:] if isinstance(key, tuple) else ():
        if isinstance(each, np.ndarray):
            recorder.read(draft, "columns", each)
    result = yield
    if isinstance(first, int | np.integer) or result.ndim == 0:
        draft.keep = False
        return
    rows = _taken(parent.rows, first)
    same = rows is not None and parent.rows is not None and (rows is parent.rows or np.array_equal(rows, parent.rows))
    draft.kind = "derive" if same else "select"
    recorder.write(draft, "result", result, rows, joined=tuple(each for old in parent.joined if (each := _taken(old, first)) is not None))


def _taken(rows: Rows | None, key: Any) -> Rows | None:
    """Rows by a slice, a mask or places; None where the key does not pick along rows."""
    if rows is None or key is Ellipsis or key is None:
        return rows
    if getattr(key, "ndim", 1) > 1:
        return None
    with contextlib.suppress(IndexError, TypeError, ValueError):
        if hasattr(key, "to_numpy"):
            key = key.to_numpy()
        return rows[key]
    return None


def _is_order(value: Any) -> bool:
    """Whether an array holds the numbers 0..n-1 in some order (or a part of them, each once): places of rows."""
    if value.ndim != 1 or value.dtype.kind not in "iu" or len(value) < 20:
        return False
    return bool(value.min() >= 0 and len(np.unique(value)) == len(value))


def side_by_side(recorder: Recorder, draft: Draft, args: Given, kwargs: Named) -> Work:
    """np.c_[a, b], np.r_[a, b]."""
    yield from concat(recorder, draft, (args[1] if isinstance(args[1], tuple) else (args[1],),), {})


def operated(recorder: Recorder, draft: Draft, args: Given, kwargs: Named) -> Work:
    """Arithmetic keeps the rows of whichever side has as many as the result."""
    for each in args:
        recorder.touch(draft, each)
    sides = [recorder.read(draft, role, each) for role, each in zip(("self", "other"), args, strict=True)]
    for each in args:
        recorder.uses(draft, each)
    result = yield
    _same_rows(recorder, draft, sides, result)


def _same_rows(recorder: Recorder, draft: Draft, sides: list[int | None], result: Any) -> None:
    n = values.n_rows(result)
    items = [recorder.objects.items[each] for each in sides if each is not None]
    rows = next((each for each in items if each.rows is not None and len(each.rows) == n), None)
    draft.keep = rows is not None or any(each.shape[:1] == (n,) for each in items)
    if rows is None and draft.uses and not draft.keep:
        draft.keep = True
    if draft.keep:
        recorder.write(draft, "result", result, rows.rows if rows is not None else None, joined=rows.joined if rows is not None else ())


def written(recorder: Recorder, draft: Draft, args: Given, kwargs: Named) -> Work:
    """Cells of an array are about to be written: it is a new version, of the same rows."""
    obj, value = args
    number = recorder.objects.known(obj)
    draft.keep = number is not None
    if number is not None:
        parent = Parent(recorder, draft, obj)
        recorder.read(draft, "value", value)
        recorder.uses(draft, value)
        yield
        made = recorder.write(draft, "self", obj, parent.rows, joined=parent.joined)
        if made is not None:
            recorder.objects.change(made, digest="")  # what it holds now is not what it will hold in a moment
    else:
        yield


def keeps(recorder: Recorder, draft: Draft, args: Given, kwargs: Named) -> Work:
    """Work that keeps rows: astype, reshape, log ..."""
    parents = [each for each in args if values.kind_of(each) not in ("", "list") or lists.told(recorder, draft, each)]
    for each in parents:
        recorder.touch(draft, each)
    sides = [recorder.read(draft, "self" if place == 0 else f"argument[{place}]", each) for place, each in enumerate(parents)]
    for each in [*args, *kwargs.values()]:
        recorder.uses(draft, each)
    result = yield
    if draft.call.endswith("take"):
        places = args[1] if len(args) > 1 else kwargs.get("indices")
        rows = _taken(recorder.rows(sides[0]), np.asarray(places)) if kwargs.get("axis") == 0 or np.ndim(args[0]) == 1 else None
        recorder.write(draft, "result", result, rows)
        return
    _same_rows(recorder, draft, sides, result)


def reduces(recorder: Recorder, draft: Draft, args: Given, kwargs: Named) -> Work:
    """mean, std, percentile ... over rows; over columns it mixes none."""
    axis = kwargs.get("axis", args[1] if len(args) > 1 and not draft.call.endswith(("percentile", "quantile", "corrcoef", "cov")) else None)
    draft.keep = isinstance(args[0], np.ndarray | list) or hasattr(args[0], "shape")
    if not draft.keep or (isinstance(axis, int) and axis in (1, -1) and np.ndim(args[0]) == 2) or np.ndim(args[0]) == 0:
        draft.keep = False
        yield
        return
    if by_hand(recorder, draft, args[0]):
        valued(draft, (yield), values.n_rows(args[0]))
        return
    recorder.touch(draft, args[0])
    recorder.read(draft, "self", args[0])
    paired = draft.call.endswith(("corrcoef", "cov")) and len(args) > 1
    if paired:
        recorder.read(draft, "other", args[1])
    note(draft, {"axis": axis, **kwargs}, "axis", "q")
    result = yield
    n, width = np.shape(args[0])[:2] if np.ndim(args[0]) == 2 else (0, 0)
    if np.shape(result)[:1] == (n,) and n != width:  # `X.sum(1)`: along each row, no rows are mixed
        draft.kind = "derive"
        recorder.write(draft, "result", result, recorder.rows(draft.reads[0].item) if draft.reads else None)
        return
    reduction_of(recorder, draft, draft.call.rpartition(".")[2], (), result)
    if paired and np.shape(result) == (2, 2):
        by_pair(recorder.rankings, draft, (args[0], args[1]), result[0, 1])
    if values.kind_of(result):
        recorder.write(draft, "result", result, None, why="a statistic has no rows")


TAKE = Spec("select", "numpy.ndarray.__getitem__", take)
SIDE_BY_SIDE = Spec("concat", "numpy.c_", side_by_side)
WRITTEN = Spec("assign", "numpy.ndarray.__setitem__", written)
BINARY = {each: Spec("derive", f"numpy.{each}", operated) for each in ("add", "subtract", "multiply", "divide")}

_SPECS = {each: Spec("reduce", f"numpy.ndarray.{each}", reduces) for each in REDUCTIONS}
_SPECS |= {f"ndarray.{each}": Spec("derive", f"numpy.ndarray.{each}", keeps) for each in (*KEEPS, "take")}
_SPECS |= {f"numpy.{each}": Spec("derive", f"numpy.{each}", keeps) for each in KEEPS}


def start() -> None:
    """Let the places in the user's files look."""
    Look.array, Look.item, Look.binary, Look.store, Look.method, Look.equal, Look.called, Look.built = (
        np.ndarray, item, binary, store, method, equal, called, built,
    )  # fmt: skip


def stop() -> None:
    """No more looks."""
    Look.array = Look.item = Look.binary = Look.store = Look.method = Look.equal = Look.called = Look.built = None
    _slots.clear()
    _hits.clear()
