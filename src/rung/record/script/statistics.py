"""Handlers for what mixes rows: reductions, groups, joins, stacks."""

from __future__ import annotations

from typing import Any

import numpy as np

from rung.inputs.trace_parts import Reduction, Use
from rung.record.script import values
from rung.record.script.metrics import by_hand, valued
from rung.record.script.parents import Given, Named, Parent, bound, names_in, note, rows_after
from rung.record.script.rankings import by_pair, by_table
from rung.record.script.recorder import Draft, Recorder, Work

MAX_VALUES = 50


def reduction_of(recorder: Recorder, draft: Draft, statistic: str, columns: tuple[str, ...], result: Any, by: tuple[str, ...] = ()) -> None:
    """Complete an event with the statistic it worked out, and remember its numbers."""
    numbers = values.as_array(result) if values.kind_of(result) else np.asarray(result) if np.isscalar(result) else None
    few: tuple[float, ...] = ()
    if numbers is not None and numbers.dtype.kind in "biuf" and numbers.size <= MAX_VALUES:
        few = tuple(float(each) for each in numbers.ravel())
    draft.reduction = Reduction(
        statistic=statistic, columns=columns[:200], by=by, values=few, digest=values.digest(result) if values.kind_of(result) else ""
    )
    recorder.number_was_made(result, draft)
    if values.kind_of(result) and numbers is not None and numbers.size <= MAX_VALUES * 10 and numbers.dtype.kind in "iuf":
        for each in numbers.ravel()[:MAX_VALUES].tolist():
            recorder.numbers.setdefault(each, draft.id)


def reduce(recorder: Recorder, draft: Draft, args: Given, kwargs: Named) -> Work:
    """`df.mean()`, `s.quantile(0.9)`, `df.corr()` ...: many rows to few numbers."""
    if by_hand(recorder, draft, args[0]):
        valued(draft, (yield), values.n_rows(args[0]))
        return
    Parent(recorder, draft, args[0])
    note(draft, bound(("q",), args, kwargs), "q", "axis", "numeric_only", "func", "normalize")
    columns = values.columns_of(args[0])
    other = kwargs.get("other", args[1] if len(args) > 1 else None)
    associated = draft.call.endswith((".corr", ".cov", ".corrwith"))
    if associated and values.kind_of(other):
        recorder.read(draft, "other", other)
    result = yield
    if kwargs.get("axis") in (1, "columns") and values.n_rows(result) == values.n_rows(args[0]):
        draft.keep = False  # along each row: no rows are mixed
        return
    draft.columns = columns
    reduction_of(recorder, draft, draft.call.rpartition(".")[2], columns, result)
    if associated:
        by_pair(recorder.rankings, draft, (args[0], other), result)
        by_table(recorder.rankings, draft, result)
    if values.kind_of(result):
        recorder.write(draft, "result", result, None, why="a statistic has no rows")


def associated(recorder: Recorder, draft: Draft, args: Given, kwargs: Named) -> Work:
    """pearsonr(x, y), ttest_ind(a, b), f_classif(X, y): how strongly one thing, or each column, goes with another."""
    sides = [each for each in (*args, *kwargs.values()) if values.kind_of(each)][:2]
    for role, each in zip(("self", "other"), sides, strict=False):
        recorder.touch(draft, each)
        recorder.read(draft, role, each)
    result = yield
    number = getattr(result, "statistic", result[0] if isinstance(result, tuple) else result)
    names = values.columns_of(sides[0]) if sides else ()
    reduction_of(recorder, draft, f"association.{draft.call.rpartition('.')[2]}", names, number)
    if len(sides) == 2 and np.ndim(number) == 0:
        by_pair(recorder.rankings, draft, (sides[0], sides[1]), number)
    elif np.shape(number) == (len(names),):
        recorder.rankings.note(draft, dict(zip(names, np.asarray(number, dtype=float).tolist(), strict=True)))


def picked(recorder: Recorder, draft: Draft, args: Given, kwargs: Named) -> Work:
    """`df.groupby("town")["price"]`: one column of the table behind the groups."""
    parent = Parent(recorder, draft, args[0].obj)
    result = yield
    draft.keep = values.kind_of(getattr(result, "obj", None)) == "series"
    if draft.keep:
        draft.columns = values.columns_of(result.obj)
        parent.made(result.obj)


def grouped(recorder: Recorder, draft: Draft, args: Given, kwargs: Named) -> Work:
    """A method of a groupby: an aggregate (new rows, one a group) or a transform (the rows stay)."""
    groups = args[0]
    parent = Parent(recorder, draft, groups.obj)
    by = names_in(getattr(groups, "keys", None)) or (str(getattr(getattr(groups, "keys", None), "name", "") or "?"),)
    asked = _aggregated(args, kwargs)
    columns = (
        names_in(getattr(groups, "_selection", None))
        or tuple(dict.fromkeys(column for column, _ in asked))
        or values.columns_of(groups.obj)
    )
    function = next((each for each in (args[1] if len(args) > 1 else None, kwargs.get("func")) if isinstance(each, str)), "")
    function = function or "+".join(dict.fromkeys(each for _, each in asked))
    note(draft, {"func": args[1] if len(args) > 1 else kwargs.get("func", "")}, "func")
    result = yield
    name = draft.call.rpartition(".")[2]
    statistic = f"groupby.{name}" + (f".{function}" if function else "")
    draft.columns = columns
    reduction_of(recorder, draft, statistic, columns, result, by)
    if not values.kind_of(result):
        return
    rows = rows_after(parent.index, parent.rows, result) if values.n_rows(result) == parent.n else None
    if rows is not None:
        recorder.write(draft, "result", result, rows)
    else:
        made_from = (parent.number,) if parent.number is not None else ()
        number = recorder.objects.source(result, statistic, "aggregate", draft.id, made_from=made_from)
        draft.writes.append(Use(role="result", item=number))


def _aggregated(args: Given, kwargs: Named) -> list[tuple[str, str]]:
    """Columns that `agg` names, with what is worked out of each: `agg(dearest=("price", "max"))`, `agg({"price": "max"})`."""
    given = args[1] if len(args) > 1 else kwargs.get("func")
    pairs = [each for each in kwargs.values() if isinstance(each, tuple) and len(each) == 2]
    named = [*(given.items() if isinstance(given, dict) else ()), *pairs]
    return [(str(column), function if isinstance(function, str) else "function") for column, function in named]


def table_of_groups(recorder: Recorder, draft: Draft, args: Given, kwargs: Named) -> Work:
    """pivot_table, crosstab: one row a group."""
    parent = Parent(recorder, draft, args[0])
    note(draft, kwargs, "index", "columns", "values", "aggfunc")
    result = yield
    reduction_of(recorder, draft, draft.call.rpartition(".")[2], names_in(kwargs.get("values")), result, names_in(kwargs.get("index")))
    made_from = (parent.number,) if parent.number is not None else ()
    number = recorder.objects.source(result, draft.call, "aggregate", draft.id, made_from=made_from)
    draft.writes.append(Use(role="result", item=number))


def crosstab(recorder: Recorder, draft: Draft, args: Given, kwargs: Named) -> Work:
    """pd.crosstab(a, b): how often the values of one column go with those of another."""
    given = dict(zip(("index", "columns", "values"), args, strict=False)) | kwargs
    sides = {role: each for role, each in given.items() if role in ("index", "columns", "values") and values.kind_of(each) == "series"}
    parents = [Parent(recorder, draft, each, f"x[{role}]") for role, each in sides.items()]
    result = yield
    counted = tuple(str(each.name) for role, each in sides.items() if role != "index" and each.name is not None)
    by = tuple(str(each.name) for role, each in sides.items() if role == "index" and each.name is not None)
    reduction_of(recorder, draft, "groupby.crosstab", counted, result, by)
    made_from = tuple(each.number for each in parents[:1] if each.number is not None)
    draft.writes.append(Use(role="result", item=recorder.objects.source(result, draft.call, "aggregate", draft.id, made_from=made_from)))


def binned(recorder: Recorder, draft: Draft, args: Given, kwargs: Named) -> Work:
    """qcut, cut with a number of bins, rank: edges come from all rows read; the rows stay."""
    parent = Parent(recorder, draft, args[0], "x")
    given = bound(("x", "bins"), (None, *args), kwargs)
    note(draft, given, "bins", "q")
    name = draft.call.rpartition(".")[2]
    result = yield
    made = result[0] if isinstance(result, tuple) else result
    edges = result[1] if isinstance(result, tuple) else None
    if name == "cut" and not isinstance(given.get("bins"), int):
        draft.kind = "derive"
        recorder.uses(draft, given.get("bins"))
    else:
        reduction_of(recorder, draft, name, values.columns_of(args[0]), edges if edges is not None else 0.0)
    parent.made(made, same_order=True)


def rescaled(recorder: Recorder, draft: Draft, args: Given, kwargs: Named) -> Work:
    """preprocessing.scale(X), scipy.stats.zscore(X): a statistic of the rows is worked out and applied in one call, with nothing kept."""
    value: Any = args[0] if args else kwargs.get("X", kwargs.get("a"))
    name = draft.call.rpartition(".")[2]
    axis = kwargs.get("axis", 1 if name == "normalize" else 0)
    recorder.touch(draft, value)
    parent = Parent(recorder, draft, value)
    if axis in (1, -1) and np.ndim(value) == 2:
        draft.kind = "derive"  # along each row: no rows are mixed
    else:
        draft.reduction = Reduction(statistic=name, columns=values.columns_of(value)[:200])
    parent.made((yield), same_order=True)


def merge(recorder: Recorder, draft: Draft, args: Given, kwargs: Named) -> Work:
    """A join: its rows are found by joining the keys alone, with the places of both sides beside them."""
    names = (
        ("right", "how", "on")
        if "DataFrame" in draft.call or draft.call.endswith("join")
        else ("right", "how", "on", "left_on", "right_on")
    )
    given = bound(names, args, kwargs)
    left, right = args[0], given.pop("right", kwargs.get("other"))
    sides = [Parent(recorder, draft, left, "left"), Parent(recorder, draft, right, "right") if values.kind_of(right) else None]
    recorder.uses(draft, right)
    note(draft, given, "how", "on", "left_on", "right_on", "left_index", "right_index", "validate")
    draft.columns = names_in(given.get("on")) or names_in(given.get("left_on"))
    result = yield
    places = None if draft.call.endswith("join") else _places(left, right, given, result)
    if places is None or sides[1] is None:
        sides[0].made(result)
        return
    rows, other = (_taken(side.rows, place) for side, place in zip(sides, places, strict=True))  # type: ignore[union-attr]
    joined = tuple(each for each in [*(_taken(old, places[0]) for old in sides[0].joined), other] if each is not None)
    recorder.write(draft, "result", result, rows, joined=joined)


def _taken(rows: Any, places: Any) -> Any:
    return None if rows is None else np.where(places >= 0, rows[np.maximum(places, 0)], -1) if len(rows) else np.full(len(places), -1)


def _places(left: Any, right: Any, given: Named, result: Any) -> tuple[Any, Any] | None:
    """For each row of the result its place in both tables, -1 where a side gave none; None where that cannot be told."""
    options = {
        key: value for key, value in given.items() if key in ("how", "on", "left_on", "right_on", "left_index", "right_index", "sort")
    }
    keys = [options.get(side) or options.get("on") or _shared(left, right, options) for side in ("left_on", "right_on")]
    if hasattr(right, "to_frame"):
        right = right.to_frame()
    slim = [_keys_only(table, key, name) for table, key, name in zip((left, right), keys, ("_left_", "_right_"), strict=True)]
    again = slim[0].merge(slim[1], **options)
    if len(again) != len(result):
        return None
    return tuple(again[name].fillna(-1).to_numpy(dtype=np.int64) for name in ("_left_", "_right_"))  # type: ignore[return-value]


def _shared(left: Any, right: Any, options: Named) -> list[Any]:
    by_index = options.get("left_index") or options.get("right_index")
    return [] if by_index else [each for each in left.columns if each in set(getattr(right, "columns", ()))]


def _keys_only(table: Any, keys: Any, name: str) -> Any:
    wanted = [keys] if isinstance(keys, str) or not isinstance(keys, list | tuple) else list(keys)
    slim = table[[each for each in wanted if each in table.columns]].copy()
    slim[name] = np.arange(len(table), dtype=np.int64)
    return slim


def concat(recorder: Recorder, draft: Draft, args: Given, kwargs: Named) -> Work:
    """pd.concat, np.vstack, np.hstack ...: tables stacked or side by side."""
    parts = args[0] if args else next(iter(kwargs.values()), ())
    parts = list(parts.values()) if isinstance(parts, dict) else list(parts) if isinstance(parts, list | tuple) else []
    sides = [Parent(recorder, draft, each, f"parts[{place}]") for place, each in enumerate(parts) if values.kind_of(each)]
    result = yield
    if not sides or not values.kind_of(result):
        draft.keep = False
        return
    stacked = sum(side.n for side in sides) == values.n_rows(result) and (len(sides) > 1 or sides[0].n != values.n_rows(result))
    draft.settings["axis"] = 0 if stacked else 1
    for each in parts:
        recorder.uses(draft, each)
    if not stacked:
        first = next((side for side in sides if side.rows is not None), sides[0])
        first.made(result, same_order=first.n == values.n_rows(result) and not hasattr(result, "index"))
        return
    known = [side.rows if side.rows is not None else np.full(side.n, -1, dtype=np.int64) for side in sides]
    rows = np.concatenate(known) if any(side.rows is not None for side in sides) else None
    recorder.write(draft, "result", result, rows)
