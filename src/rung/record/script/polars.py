"""Polars: frames have no labels, so the same is done to the row numbers, and believed where the values agree."""

from __future__ import annotations

import re
from importlib import import_module
from types import ModuleType
from typing import Any

import numpy as np

from rung.inputs.trace_parts import Reduction, Use
from rung.record.script import frames, sources, statistics, values
from rung.record.script.parents import Given, Named, Parent, names_in
from rung.record.script.recorder import Draft, Recorder, Spec, Work
from rung.record.script.wrap import Installer

ROW = "_row_of_rung"
READERS = ("read_csv", "read_parquet", "read_ipc", "read_json", "read_ndjson", "read_excel", "read_database")
KEEPS = ("drop", "rename", "cast", "fill_null", "fill_nan", "to_pandas", "to_numpy", "clone", "with_row_index", "to_dummies", "get_column", "to_series",
         "drop_in_place", "lazy", "shift", "map_columns", "to_arrow", "__array__")  # fmt: skip
EXPRESSIONS = ("with_columns", "select")
MOVES = (
    "filter",
    "sort",
    "unique",
    "drop_nulls",
    "drop_nans",
    "head",
    "tail",
    "limit",
    "slice",
    "gather_every",
    "reverse",
    "sample",
    "__getitem__",
    "remove",
)
STATISTICS = (
    "mean",
    "median",
    "std",
    "var",
    "min",
    "max",
    "sum",
    "quantile",
    "describe",
    "n_unique",
    "value_counts",
    "mode",
    "corr",
    "unique_counts",
)
OPERATORS = ("__add__", "__sub__", "__mul__", "__truediv__", "__rsub__", "__rtruediv__", "__radd__", "__rmul__")
SERIES_KEEPS = ("fill_null", "fill_nan", "cast", "map_elements", "replace", "to_numpy", "to_frame", "to_list", "log", "clip", "round", "rename", "alias",
                "cut", "rank", "to_pandas", "to_physical", "is_null", "__array__", "log1p", "exp", "abs")  # fmt: skip
MIXES = re.compile(r"\.(mean|median|std|var|min|max|sum|quantile|mode|rank|qcut|n_unique|cum_\w+|over)\(")
OVER = re.compile(r"\.over\(\[(.*?)\]\)")
BACK = re.compile(r"\.(shift|rolling_\w+|cum_\w+|ewm_\w+)\(|int_range|\.forward_fill|cum_count")
AHEAD = re.compile(r"\.(shift|diff|pct_change)\(\[[^\]]*?(-\d+)\]")
GROUPED = ("agg", "mean", "median", "sum", "min", "max", "len", "count", "first", "last", "quantile", "n_unique")


def attach(polars: ModuleType, install: Installer) -> None:
    """Wrap what moves rows or mixes them."""
    frame, series = polars.DataFrame, polars.Series
    table = [(frame, KEEPS, "derive", frames.same_rows), (frame, EXPRESSIONS, "derive", expressed), (frame, MOVES, "select", moved)]
    table += [
        (series, SERIES_KEEPS, "derive", frames.same_rows),
        (series, ("sort", "filter", "head", "tail", "sample", "shuffle", "__getitem__"), "select", moved),
    ]
    table += [(frame, STATISTICS, "reduce", statistics.reduce), (series, STATISTICS, "reduce", statistics.reduce)]
    table += [
        (series, OPERATORS, "derive", arithmetic),
        (frame, ("join", "join_asof"), "merge", joined),
        (frame, ("hstack", "vstack"), "concat", stacked),
    ]
    table += [(frame, ("__init__",), "load", sources.construct), (series, ("__init__",), "load", sources.construct)]
    for owner, names, kind, handler in table:
        for name in names:
            install.method(owner, name, Spec(kind, f"polars.{owner.__name__}.{name}", handler))  # type: ignore[arg-type]
    groups: Any = import_module("polars.dataframe.group_by")
    for name in GROUPED:
        install.method(groups.GroupBy, name, Spec("reduce", f"polars.GroupBy.{name}", grouped))
    install.method(polars.LazyFrame, "collect", Spec("load", "polars.LazyFrame.collect", collected))
    for name in READERS:
        install.function(polars, name, Spec("load", f"polars.{name}", sources.load))
    install.function(polars, "concat", Spec("concat", "polars.concat", statistics.concat))
    for name in ("from_pandas", "from_numpy", "from_arrow"):
        install.function(polars, name, Spec("derive", f"polars.{name}", frames.same_rows))


def _ahead(expression: Any) -> str:
    """In words how an expression reads later rows, '' where it does not. What its text leaves out stands in its serialised form."""
    text = str(expression)
    moved_back = AHEAD.search(text)
    if moved_back is not None:
        return f"{moved_back[1]}({moved_back[2]}) takes the value of a later row"
    if "rolling_" in text and '"center":true' in expression.meta.serialize(format="json"):
        return "a rolling window around the middle takes in later rows"
    if "fill_null_with_strategy" in text and "Backward" in expression.meta.serialize(format="json"):
        return "a gap is filled from a later row"
    return ""


def _mixes(expression: Any) -> bool:
    """Whether an expression gives a row something of all rows. Within groups, what looks back only does not."""
    found = set(MIXES.findall(str(expression)))
    return bool(found) and not (found == {"over"} and BACK.search(str(expression)))


def expressed(recorder: Recorder, draft: Draft, args: Given, kwargs: Named) -> Work:
    """with_columns, select: expressions that mix rows (a mean inside) are told from those that work along each row."""
    parent = Parent(recorder, draft, args[0])
    given = [*_flat(args[1:]), *kwargs.values()]
    for each in given:
        recorder.uses(draft, each)
    mixing = [str(each) for each in given if hasattr(each, "meta") and _mixes(each)]
    ahead = [(how, each.meta.output_name()) for each in given if hasattr(each, "meta") and (how := _ahead(each))]
    if ahead:
        draft.settings["ahead"] = "\n".join(f"{name}\t{how}" for how, name in ahead)
    roots = [name for each in given if hasattr(each, "meta") and _mixes(each) for name in each.meta.root_names()]
    into = _mixed_into(args[1:], kwargs)
    if into:
        draft.settings["mixed"] = "\n".join(into)
    result = yield
    if mixing:
        found = MIXES.findall(mixing[0])
        statistic = "over." + found[0] if "over" in found and found[0] != "over" else found[0]
        by = tuple(dict.fromkeys(re.findall(r'col\("(.+?)"\)', " ".join(OVER.findall(mixing[0])))))
        columns = tuple(each for each in dict.fromkeys(roots) if each not in by)
        draft.kind, draft.reduction = "reduce", Reduction(statistic=statistic, columns=columns, by=by)
    draft.columns = tuple(dict.fromkeys(roots)) if mixing else values.columns_of(result)[:200]
    if values.n_rows(result) == parent.n:
        parent.made(result, same_order=True)
    else:
        recorder.write(draft, "result", result, None, why="a statistic has no rows")


def _mixed_into(given: Any, named: Named) -> list[str]:
    """Columns that expressions mixing rows give; none where one of them does not tell its name."""
    told = [(each.meta.output_name(raise_if_undetermined=False), each) for each in _flat(given) if hasattr(each, "meta")]
    names = [name for name, each in (*told, *named.items()) if hasattr(each, "meta") and MIXES.search(str(each))]
    return names if all(names) else []


def _flat(given: Any) -> list[Any]:
    return [each for part in given for each in (_flat(part) if isinstance(part, list | tuple) else [part])]


def arithmetic(recorder: Recorder, draft: Draft, args: Given, kwargs: Named) -> Work:
    """Series arithmetic."""
    parent = Parent(recorder, draft, args[0])
    recorder.uses(draft, args[1])
    recorder.read(draft, "other", args[1])
    parent.made((yield), same_order=True)


def moved(recorder: Recorder, draft: Draft, args: Given, kwargs: Named) -> Work:
    """Rows are taken, dropped or moved."""
    parent = Parent(recorder, draft, args[0])
    name = draft.call.rpartition(".")[2]
    draft.columns = names_in(args[1] if len(args) > 1 else kwargs.get("by", kwargs.get("subset")))
    if name in ("sample", "shuffle"):
        draft.kind, draft.seeded = "sample", kwargs.get("seed") is not None
    result = yield
    if not values.kind_of(result):
        draft.keep = False
        return
    places = _places(args[0], name, args[1:], kwargs, result) if parent.rows is not None else None
    rows = parent.rows[places] if places is not None and parent.rows is not None else None
    if rows is not None and parent.rows is not None and np.array_equal(rows, parent.rows) and draft.kind == "select":
        draft.kind = "derive"
    recorder.write(draft, "result", result, rows, why=f"{draft.call} took rows in a way that was not seen")


def _places(value: Any, name: str, args: Given, kwargs: Named, result: Any) -> Any:
    """Places of the result's rows in the value: the same is done to a frame with its row numbers, which must agree in every other column."""
    if name in ("sample", "shuffle") and kwargs.get("seed") is None:
        return None  # it draws from a global state that is not ours to move
    columns = getattr(value, "columns", None)
    frame = value if columns is not None else value.to_frame()
    if name == "__getitem__" and (isinstance(args[0], str) or _names_only(args[0])):
        return np.arange(len(value)) if len(result) == len(value) else None
    numbered = frame.with_row_index(ROW)
    if name in ("unique", "drop_nulls", "drop_nans") and not args and kwargs.get("subset") is None:
        kwargs = {**kwargs, "subset": frame.columns}
    if name == "__getitem__" and isinstance(args[0], tuple):
        args = (args[0][0],)
    target = numbered if columns is not None else numbered[ROW]
    if columns is None and name == "sort":
        order = value.arg_sort(**{key: each for key, each in kwargs.items() if key in ("descending", "nulls_last")})
        return order.to_numpy()
    again = getattr(target, name)(*args, **kwargs)
    places = (again[ROW] if columns is not None else again).to_numpy()
    if columns is not None and len(places) == len(result):
        shared = [each for each in getattr(result, "columns", ()) if each in frame.columns]
        return places if again.select(shared).equals(result.select(shared)) else None
    return places if len(places) == len(result) else None


def _names_only(key: Any) -> bool:
    return isinstance(key, list) and bool(key) and all(isinstance(each, str) for each in key)


def joined(recorder: Recorder, draft: Draft, args: Given, kwargs: Named) -> Work:
    """A join: repeated with the row numbers of both sides."""
    left, right = args[0], args[1] if len(args) > 1 else kwargs["other"]
    sides = Parent(recorder, draft, left, "left"), Parent(recorder, draft, right, "right")
    recorder.uses(draft, right)
    draft.columns = names_in(kwargs.get("on", args[2] if len(args) > 2 else None))
    draft.settings["how"] = values.plain(kwargs.get("how", "inner"))
    result = yield
    more = {key: each for key, each in kwargs.items() if key != "other"}
    again = getattr(left.with_row_index(ROW), draft.call.rpartition(".")[2])(right.with_row_index(f"{ROW}_right"), *args[2:], **more)
    if len(again) != len(result):
        recorder.write(draft, "result", result, None, why="the join could not be repeated")
        return
    columns = [
        again[name].cast(float).fill_null(-1).to_numpy().astype(np.int64) if name in again.columns else None
        for name in (ROW, f"{ROW}_right")
    ]
    rows, other = (
        statistics._taken(side.rows, places) if places is not None else None for side, places in zip(sides, columns, strict=True)
    )
    recorder.write(draft, "result", result, rows, joined=(other,) if other is not None else ())


def stacked(recorder: Recorder, draft: Draft, args: Given, kwargs: Named) -> Work:
    """hstack, vstack."""
    other = args[1] if len(args) > 1 else next(iter(kwargs.values()))
    yield from statistics.concat(recorder, draft, ([args[0], *(other if isinstance(other, list) else [other])],), {})


def grouped(recorder: Recorder, draft: Draft, args: Given, kwargs: Named) -> Work:
    """group_by(...).agg(...): one row a group."""
    groups = args[0]
    parent = Parent(recorder, draft, groups.df)
    by = tuple(str(each) for each in _flat([getattr(groups, "by", ())]))
    roots = [name for each in _flat(args[1:]) if hasattr(each, "meta") for name in each.meta.root_names()]
    result = yield
    draft.columns = tuple(dict.fromkeys(roots))
    statistics.reduction_of(recorder, draft, f"groupby.{draft.call.rpartition('.')[2]}", draft.columns, result, by)
    made_from = (parent.number,) if parent.number is not None else ()
    number = recorder.objects.source(result, draft.call, "aggregate", draft.id, made_from=made_from)
    draft.writes.append(Use(role="result", item=number))


def collected(recorder: Recorder, draft: Draft, args: Given, kwargs: Named) -> Work:
    """A lazy query's result: a table that comes in here; what the query did inside is not followed."""
    result = yield
    if values.kind_of(result) != "frame":
        draft.keep = False
        return
    sources.new_source(recorder, draft, result, "a lazy query", "unknown")
