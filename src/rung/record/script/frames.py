"""Handlers for pandas: how rows travel through selections, joins, stacks and work in place."""

from __future__ import annotations

import contextlib
import os
from typing import Any

import numpy as np

from rung.inputs.trace_parts import Rows
from rung.record.script import values
from rung.record.script.recorder import Draft, Recorder, Work

PARTS = {"nrows", "skiprows", "skipfooter", "chunksize", "iterator", "sheet_name", "header", "comment"}  # two reads may give other rows
SAMPLE = ("n", "frac", "replace", "weights", "random_state")
BY_PLACE = ("sample", "sort_values", "drop_duplicates", "dropna", "head", "tail", "nlargest", "nsmallest")
MAX_CODES = 200  # categories whose numbers are kept
Given = Any  # the positional arguments, a tuple
Named = dict[str, Any]


def rows_after(before: Any, rows: Rows | None, result: Any) -> Rows | None:
    """Rows of a result by its labels. before : index of the parent, whose rows are known."""
    after = getattr(result, "index", None)
    if rows is None or after is None or callable(after) or not hasattr(after, "get_indexer"):
        return None
    if after is before or after.is_(before):
        return rows
    if len(after) == len(before) == len(rows) and after.equals(before):
        return rows
    if not before.is_unique or len(after) == 0:
        return rows[:0] if len(after) == 0 else None
    places = before.get_indexer(after)
    return np.where(places >= 0, rows[places], -1) if (places >= 0).any() else None


def joined_after(before: Any, joined: tuple[Rows, ...], result: Any) -> tuple[Rows, ...]:
    """The same for the rows that merges brought in."""
    found = [rows_after(before, each, result) for each in joined]
    return tuple(each for each in found if each is not None)


class Parent:
    """The object a method is called on, as it was before the call."""

    def __init__(self, recorder: Recorder, draft: Draft, value: Any, role: str = "self") -> None:
        self.recorder, self.draft = recorder, draft
        if (
            role == "self"
            and draft.call.startswith("pandas.")
            and draft.call.count(".") > 1
            and type(value).__name__ in ("DataFrame", "Series")
        ):
            draft.call = f"pandas.{type(value).__name__}.{draft.call.split('.', 2)[2]}"
        self.number = recorder.read(draft, role, value)
        self.index = getattr(value, "index", None)
        self.n = values.n_rows(value)
        self.columns = values.columns_of(value)
        item = recorder.objects.items[self.number] if self.number is not None else None
        self.rows, self.joined = (item.rows, item.joined) if item is not None else (None, ())

    def made(self, result: Any, role: str = "result", *, same_order: bool = False) -> int | None:
        """Note a result; its rows by its labels, or the parent's own where the call keeps the order whatever the labels."""
        if same_order and values.n_rows(result) == self.n:
            return self.recorder.write(self.draft, role, result, self.rows, joined=self.joined)
        rows = rows_after(self.index, self.rows, result)
        joined = joined_after(self.index, self.joined, result)
        why = "" if rows is not None or self.rows is None else f"{self.draft.call} gave other labels"
        return self.recorder.write(self.draft, role, result, rows, joined=joined, why=why)


def bound(names: tuple[str, ...], args: Given, kwargs: Named) -> Named:
    """Arguments after self by name."""
    return dict(zip(names, args[1:], strict=False)) | kwargs


def note(draft: Draft, given: Named, *names: str) -> None:
    """Keep these arguments in the event's settings."""
    draft.settings |= {name: values.plain(given[name]) for name in names if name in given}


def names_in(value: Any) -> tuple[str, ...]:
    """Column names in an argument that may be one name or many."""
    if isinstance(value, str):
        return (value,)
    if isinstance(value, list | tuple) and all(isinstance(each, str) for each in value):
        return tuple(value)
    return tuple(str(each) for each in value) if values.kind_of(value) == "index" else ()


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


def construct(recorder: Recorder, draft: Draft, args: Given, kwargs: Named) -> Work:
    """DataFrame(...), Series(...): rows of what it is built from, or a new table."""
    from rung.record.script.lists import told

    given = bound(("data", "index", "columns"), args, kwargs)
    data = given.get("data")
    parts = list(data.values()) if isinstance(data, dict) else [data]
    known = [
        recorder.read(draft, f"data[{place}]", each)
        for place, each in enumerate(parts[:200])
        if values.kind_of(each) not in ("", "list") or told(recorder, draft, each)
    ]
    yield
    made = args[0]
    n = values.n_rows(made)
    found = [rows for number in known if (rows := recorder.rows(number)) is not None and len(rows) == n]
    rows = rows_of_columns(found) if isinstance(data, dict) else next(iter(found), None)
    if rows is not None:
        draft.kind = "derive"
        recorder.write(draft, "result", made, rows)
    elif n <= 0:
        draft.keep = False
    elif isinstance(data, dict) or not known:
        _new_source(recorder, draft, made, draft.call, "literal")
    else:  # one array of nobody's knowing
        draft.kind = "derive"
        number = recorder.write(draft, "result", made, None)
        if number is not None:
            recorder.first_seen(number, made, draft)
            recorder.objects.excerpt(number, made)


def rows_of_columns(found: list[Rows]) -> Rows | None:
    """Rows of a table by those of its columns. Columns that each repeat other rows, as keys beside each other do, make a table of its own."""
    whole = next((each for each in found if len(np.unique(each)) == len(each)), None)
    alike = len(found) > 1 and all(np.array_equal(each, found[0]) for each in found[1:])
    return whole if whole is not None else found[0] if alike else None


def load(recorder: Recorder, draft: Draft, args: Given, kwargs: Named) -> Work:
    """pd.read_csv and its like: a table comes in."""
    path = args[0] if args else next(iter(kwargs.values()), "")
    draft.settings["path"] = values.plain(path if isinstance(path, str) else str(getattr(path, "name", None) or path)[:200])
    result = yield
    tables = result.values() if isinstance(result, dict) else [result]
    tables = [each for each in tables if values.kind_of(each) in ("frame", "series")]
    draft.keep = bool(tables)
    for each in tables:
        file = os.path.abspath(str(draft.settings["path"]))
        rows = recorder.rows(recorder.files.get(file, (None, None))[0])
        if rows is not None and len(rows) == len(each):  # this very program wrote the file, or read it before
            recorder.write(draft, "result", each, rows)
            continue
        number = _new_source(recorder, draft, each, str(draft.settings["path"]), "file")
        if len(tables) == 1 and os.path.isfile(file) and not PARTS & set(kwargs):
            recorder.files.setdefault(file, (number, None))


def _new_source(recorder: Recorder, draft: Draft, value: Any, name: str, kind: Any, role: str = "result") -> int:
    from rung.inputs.trace_parts import Use

    number = recorder.objects.source(value, name, kind, draft.id)
    draft.writes.append(Use(role=role, item=number))
    recorder.objects.excerpt(number, value)
    return number
