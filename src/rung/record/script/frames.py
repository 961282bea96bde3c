"""Handlers for pandas: how rows travel through selections, joins, stacks and work in place."""

from __future__ import annotations

import contextlib
from typing import Any

import numpy as np

from rung.inputs.trace_parts import Rows
from rung.record.script import values
from rung.record.script.parents import Given, Named, Parent, bound, names_in, note
from rung.record.script.recorder import Draft, Recorder, Work

SAMPLE = ("n", "frac", "replace", "weights", "random_state")
BY_PLACE = ("sample", "sort_values", "drop_duplicates", "dropna", "head", "tail", "nlargest", "nsmallest")
MAX_CODES = 200  # categories whose numbers are kept


def select(recorder: Recorder, draft: Draft, args: Given, kwargs: Named) -> Work:
    """Rows or columns are taken: `df[...]`, head, dropna, drop_duplicates, sort_values ..."""
    parent = Parent(recorder, draft, args[0])
    key = args[1] if len(args) > 1 else None
    given = bound(("key",), args, kwargs)
    note(draft, given, "subset", "by", "n", "keep", "how", "ascending", "axis")
    draft.columns = names_in(key) or names_in(given.get("subset")) or names_in(given.get("columns")) or names_in(given.get("by"))
    if values.kind_of(key) in ("series", "array", "index"):
        recorder.read(draft, "key", key)
    places = _again(parent, draft, args, kwargs) if parent.index is not None and parent.rows is not None and not _unique(parent) else None
    result = yield
    target = args[0] if result is None else result
    if not values.kind_of(target):
        draft.keep = False
        return
    if places is not None and parent.rows is not None and len(places) == values.n_rows(target):
        recorder.write(draft, "result", target, parent.rows[places])
        return
    draft.uses |= recorder.rankings.behind(values.columns_of(target), parent.columns) if values.kind_of(target) == "frame" else set()
    number = _by_key(parent, draft, key, target) if parent.index is not None and not _unique(parent) else None
    number = parent.made(target) if number is None else number
    rows = recorder.rows(number)
    same = rows is not None and parent.rows is not None and (rows is parent.rows or np.array_equal(rows, parent.rows))
    draft.kind = "derive" if same and draft.call.endswith(("__getitem__", "drop", "filter")) else draft.kind


def _again(parent: Parent, draft: Draft, args: Given, kwargs: Named) -> Rows | None:
    """Places of the rows that a call will take of a table whose labels repeat: the same is done to the table under the labels 0..n-1."""
    name = draft.call.rpartition(".")[2]
    own_chance = not isinstance(bound(SAMPLE, args, kwargs).get("random_state"), int | None)
    if name not in BY_PLACE or kwargs.get("inplace") or not hasattr(args[0], "reset_index") or (name == "sample" and own_chance):
        return None
    options = {key: each for key, each in kwargs.items() if key != "ignore_index"}
    drawn = np.random.get_state() if name == "sample" else None  # noqa: NPY002 - a twin's draw leaves the user's chance where it was
    try:
        return getattr(args[0].reset_index(drop=True), name)(*args[1:], **options).index.to_numpy()
    finally:
        if drawn is not None:
            np.random.set_state(drawn)  # noqa: NPY002


def _unique(parent: Parent) -> bool:
    return bool(getattr(parent.index, "is_unique", True))


def _by_key(parent: Parent, draft: Draft, key: Any, result: Any) -> int | None:
    """Rows by a mask or a slice itself, where labels repeat."""
    if parent.rows is None or not draft.call.endswith("__getitem__"):
        return None
    if isinstance(key, slice):
        rows = parent.rows[key] if all(each is None or isinstance(each, int) for each in (key.start, key.stop, key.step)) else None
    else:
        mask = values.as_array(key)
        rows = parent.rows[mask.astype(bool)] if mask is not None and mask.dtype == bool and len(mask) == parent.n else None
    fits = rows is not None and len(rows) == values.n_rows(result)
    return parent.recorder.write(draft, "result", result, rows) if fits else None


def located(recorder: Recorder, draft: Draft, args: Given, kwargs: Named) -> Work:
    """`df.loc[...]`, `df.iloc[...]`: exact positions by taking the same places from a column of numbers."""
    indexer, key = args[0], args[1] if len(args) > 1 else None
    draft.call = f"pandas.DataFrame.{indexer.name}"
    parent = Parent(recorder, draft, indexer.obj)
    rows_key, columns = (key[0], key[1]) if isinstance(key, tuple) and len(key) == 2 and indexer.obj.ndim == 2 else (key, None)
    draft.columns = names_in(columns)
    if values.kind_of(rows_key) in ("series", "array", "index"):
        recorder.read(draft, "key", rows_key)
    result = yield
    draft.uses |= recorder.rankings.behind(values.columns_of(result), parent.columns) if values.kind_of(result) == "frame" else set()
    if not values.kind_of(result) or (indexer.obj.ndim == 2 and values.kind_of(result) == "series" and isinstance(rows_key, int | str)):
        draft.keep = False
        return
    if indexer.name == "iloc" and parent.rows is not None and isinstance(rows_key, slice | list | np.ndarray):
        with contextlib.suppress(IndexError, TypeError):
            recorder.write(draft, "result", result, parent.rows[rows_key], joined=tuple(each[rows_key] for each in parent.joined))
            return
    if (
        indexer.name == "loc"
        and getattr(parent.index, "nlevels", 1) > 1
        and (rows := _at_labels(parent, rows_key)) is not None
        and len(rows) == values.n_rows(result)
    ):
        recorder.write(draft, "result", result, rows)
        return
    parent.made(result)


def _at_labels(parent: Parent, key: Any) -> Rows | None:
    """Rows under a label of a hierarchical index, whose outer level the result no longer bears."""
    import pandas as pd

    if parent.rows is None:
        return None
    with contextlib.suppress(KeyError, TypeError, IndexError, ValueError):
        places = pd.Series(np.arange(parent.n, dtype=np.int64), index=parent.index).loc[key]
        return parent.rows[np.atleast_1d(np.asarray(places))]
    return None


def derive(recorder: Recorder, draft: Draft, args: Given, kwargs: Named) -> Work:
    """Work that keeps rows: fillna, clip, map, astype, drop(columns=...), arithmetic; also in place."""
    parent = Parent(recorder, draft, args[0])
    for role, each in [*((f"argument[{place}]", each) for place, each in enumerate(args[1:])), *kwargs.items()]:
        recorder.uses(draft, each)
        if values.kind_of(each) in ("series", "frame", "array"):
            recorder.read(draft, role, each)
    note(
        draft,
        bound(("value",), args, kwargs),
        "value",
        "method",
        "axis",
        "periods",
        "lower",
        "upper",
        "inplace",
        "dtype",
        "arg",
        "ascending",
    )
    draft.columns = names_in(kwargs.get("columns")) or values.columns_of(args[0])[:200]
    result = yield
    parent.made(args[0] if result is None else result)


def exploded(recorder: Recorder, draft: Draft, args: Given, kwargs: Named) -> Work:
    """`df.explode("words")`: a row becomes as many as its list has entries."""
    value = args[0]
    parent = Parent(recorder, draft, value)
    column = kwargs.get("column", args[1] if len(args) > 1 else None)
    draft.columns = names_in(column)
    result = yield
    if parent.rows is None or value.ndim != 2:
        parent.made(result)
        return
    places = value[list(draft.columns)].assign(_place_=np.arange(parent.n)).explode(list(draft.columns))["_place_"]
    recorder.write(draft, "result", result, parent.rows[places.to_numpy(dtype=np.int64)])


def coded(recorder: Recorder, draft: Draft, args: Given, kwargs: Named) -> Work:
    """pd.factorize(x): numbers for categories, in the order in which they come."""
    parent = Parent(recorder, draft, args[0] if args else kwargs.get("values"), "x")
    draft.columns = parent.columns
    result = yield
    recorder.write(draft, "result", result[0], parent.rows, joined=parent.joined)
    draft.settings["codes"] = "\n".join(map(str, list(result[1])[:MAX_CODES]))


def windowed(recorder: Recorder, draft: Draft, args: Given, kwargs: Named) -> Work:
    """A window that moves along the rows, or grows with them."""
    window = args[0]
    parent = Parent(recorder, draft, window.obj)
    draft.settings |= {name: values.plain(getattr(window, name, None)) for name in ("center", "closed")}
    parent.made((yield))


def arithmetic(recorder: Recorder, draft: Draft, args: Given, kwargs: Named) -> Work:
    """`df - other`: told only where the other side is no number typed by hand."""
    other = args[1] if len(args) > 1 else None
    parent = Parent(recorder, draft, args[0])
    recorder.uses(draft, other)
    if values.kind_of(other):
        recorder.read(draft, "other", other)
    draft.keep = bool(draft.uses) or len(draft.reads) > 1
    result = yield
    if draft.keep:
        parent.made(result)


def same_rows(recorder: Recorder, draft: Draft, args: Given, kwargs: Named) -> Work:
    """Work that keeps the order of rows and drops their labels: reset_index, set_index, to_numpy, values, copy."""
    parent = Parent(recorder, draft, args[0])
    note(draft, bound((), args, kwargs), "drop", "inplace", "keys")
    result = yield
    parent.made(args[0] if result is None else result, same_order=True)


def assign(recorder: Recorder, draft: Draft, args: Given, kwargs: Named) -> Work:
    """`df[key] = value`, `df.loc[...] = value`, insert: the object is a new version afterwards."""
    owner = getattr(args[0], "obj", args[0]) if type(args[0]).__name__.endswith("Indexer") else args[0]
    parent = Parent(recorder, draft, owner)
    key, value = (args[2], args[3]) if draft.call.endswith("insert") and len(args) > 3 else (args[1], args[2] if len(args) > 2 else None)
    columns = key[1] if isinstance(key, tuple) and len(key) == 2 else key
    draft.columns = names_in(columns)
    recorder.uses(draft, value)
    recorder.read(draft, "value", value)
    note(draft, {"value": value}, "value")
    yield
    parent.made(owner, "self")


def get_attribute(recorder: Recorder, draft: Draft, args: Given, kwargs: Named) -> Work:
    """`df.age`: a column by attribute."""
    name = args[1]
    if name.startswith("_") or args[0].ndim != 2 or name not in args[0].columns:
        draft.keep = False
        yield
        return
    parent = Parent(recorder, draft, args[0])
    draft.columns = (str(name),)
    parent.made((yield))


def pop(recorder: Recorder, draft: Draft, args: Given, kwargs: Named) -> Work:
    """`y = df.pop('y')`: a column leaves the frame."""
    parent = Parent(recorder, draft, args[0])
    draft.columns = names_in(args[1] if len(args) > 1 else kwargs.get("item"))
    result = yield
    parent.made(result)
    parent.made(args[0], "self")


def sample(recorder: Recorder, draft: Draft, args: Given, kwargs: Named) -> Work:
    """df.sample: rows by chance."""
    given = bound(SAMPLE, args, kwargs)
    note(draft, given, "n", "frac", "replace", "random_state")
    draft.seeded = given.get("random_state") is not None or "numpy" in recorder.seeds
    work = select(recorder, draft, args, kwargs)
    next(work)
    result = yield
    with contextlib.suppress(StopIteration):
        work.send(result)
    draft.kind = "sample"
