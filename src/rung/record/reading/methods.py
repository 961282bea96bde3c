"""Methods called while a script is read: of tables, estimators, groups, generators."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from rung.record.reading import changes, frames, known, models
from rung.record.reading.values import Data, Est, Grouped, Method, Obj, Places, Stat, Unknown, Window, first_data, inside, stats_in

if TYPE_CHECKING:
    from rung.record.reading.expressions import Expressions as Interpreter


def method(reader: Interpreter, called: Method, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """owner.name(...)."""
    owner, name = called.owner, called.name
    if isinstance(owner, Method) and isinstance(owner.owner, Data):  # frame.str.lower(), frame.dt.floor()
        made = frames.derive(reader, owner.owner, f"{owner.owner.kind}.{owner.name}.{name}", *args, name=owner.owner.name)
        made.text = f"{name}{made.item}" if name in known.ASKERS else ""
        return made
    if isinstance(owner, Data):
        return of_table(reader, owner, name, args, kwargs)
    if isinstance(owner, Est):
        return models.of_estimator(reader, owner, name, args, kwargs)
    if isinstance(owner, Grouped):
        return of_group(reader, owner, name, args, kwargs)
    if isinstance(owner, Window):
        return windowed(reader, owner, name)
    if isinstance(owner, Obj) and owner.kind == "rng":
        return of_generator(reader, owner, name, args, kwargs.get("size"))
    if isinstance(owner, dict):
        return {"items": [[key, value] for key, value in owner.items()], "values": list(owner.values()), "keys": list(owner)}.get(
            name, owner.get(args[0], Unknown()) if name in ("get", "pop") and args and isinstance(args[0], str | int) else Unknown()
        )
    if isinstance(owner, list) and name in ("append", "extend") and args:
        owner.extend(args if name == "append" else args[0] if isinstance(args[0], list) else [])
        return None
    if isinstance(owner, Stat):
        return owner
    return Unknown((called, *args))


# -- tables ------------------------------------------------------------------------------------------------------------------


def of_table(reader: Interpreter, data: Data, name: str, args: list[Any], kwargs: dict[str, Any]) -> Any:  # noqa: C901, PLR0912 - one arm a method
    """frame.name(...)."""
    n = known.N_UNKNOWN if data.rows is None else len(data.rows)
    call = f"{data.kind}.{name}"
    if name in ("rolling", "expanding", "ewm"):
        return Window(data, name, centred=kwargs.get("center") is True, closed=str(kwargs.get("closed", "")))
    if name in known.REDUCERS:
        axis = kwargs.get("axis", args[0] if args and name != "quantile" else None)
        if axis in (1, "columns", -1):
            return frames.derive(reader, data, call, kind="series")
        return frames.reduce(reader, data, name, (), (), *args)
    if name in ("agg", "aggregate"):
        return frames.reduce(reader, data, str(args[0]) if args and isinstance(args[0], str) else "agg")
    if name == "groupby":
        return group(reader, data, args, kwargs)
    if name in ("merge", "join") and first_data(args) is not None:
        return merge(reader, [data, *(each for each in inside(args) if isinstance(each, Data))], call, kwargs.get("how"))
    if name == "sample":
        return sample(reader, data, call, kwargs)
    if name in ("head", "tail", "limit"):
        size = args[0] if args and isinstance(args[0], int) else 5
        return frames.choose(reader, data, call, np.arange(n)[:size] if name != "tail" else np.arange(n)[n - min(size, n) :])
    if name in known.ORDERERS or (name == "reindex" and "columns" not in kwargs):
        # An order by values is an order of its own: the rows are the same, where they stand is not.
        order = np.random.default_rng(7).permutation(n) if name in known.ORDERERS else np.arange(n)
        return frames.choose(reader, data, call, order)
    if name == "drop" and ((args and isinstance(args[0], Places)) or isinstance(kwargs.get("index"), Places)):
        gone = args[0] if args else kwargs["index"]
        keep = np.flatnonzero(~np.isin(data.rows, gone.positions)) if data.rows is not None else None
        return frames.choose(reader, data, call, keep)
    if name == "drop":
        names = changes.names_of(kwargs.get("columns", args[0] if args else None))
        return frames.derive(reader, data, call, columns=tuple(each for each in data.columns if each not in names))
    if name in ("dropna", "drop_nulls", "drop_duplicates", "query", "unique", "truncate", "filter") and "subset_" not in kwargs:
        drawn = np.flatnonzero(np.random.default_rng(11).random(n) < 0.9)
        return frames.choose(reader, data, call, drawn, *args)
    if name == "pop" and args and isinstance(args[0], str):
        return pop(reader, data, args[0])
    if name in ("assign", "with_columns"):
        return assigned(reader, data, call, args, kwargs)
    if name in ("transform", "apply", "pipe", "map") and args and hasattr(args[0], "node"):
        inner = reader.call(args[0], [data], {})
        return frames.derive(reader, data, call, inner, kind=data.kind, name=data.name)
    if name == "get_dummies":
        return frames.derive(reader, data, call, columns=())
    if name in ("select", "select_dtypes") and args:
        names = changes.names_of(args[0] if isinstance(args[0], list) else args)
        return frames.derive(reader, data, call, *args, columns=names)
    if name in ("tolist", "item", "plot", "hist", "info", "describe", "to_csv", "to_parquet", "any", "all", "isnull_"):
        return Unknown()
    kind = "array" if name in ("to_numpy", "reshape", "ravel", "flatten") else ""
    if name == "shift" and kwargs.get("periods", args[0] if args else 1) != 0:
        return shifted(reader, data, call, args, kwargs)
    made = frames.derive(reader, data, call, *args, *kwargs.values(), kind=kind, name=data.name if data.kind == "series" else "")
    made.text = f"{name}{made.item}" if name in known.ASKERS else ""
    return made


def windowed(reader: Interpreter, window: Window, name: str) -> Data:
    """series.rolling(7).mean(): row-preserving; whether it looks ahead is kept in the event."""
    data = window.data
    made = reader.out.data(data.rows, data.columns, data.kind, data.name)
    reader.out.event(
        "derive",
        f"{data.kind}.{window.name}.{name}",
        [("self", data)],
        [("result", made)],
        settings={"center": window.centred, "closed": window.closed},
        columns=data.columns,
    )
    return made


def shifted(reader: Interpreter, data: Data, call: str, args: list[Any], kwargs: dict[str, Any]) -> Data:
    """series.shift(k): how far is kept in the event."""
    periods = kwargs.get("periods", args[0] if args else 1)
    made = reader.out.data(data.rows, data.columns, data.kind, data.name)
    settings = {"periods": periods} if isinstance(periods, int) else {}
    reader.out.event("derive", call, [("self", data)], [("result", made)], settings=settings, columns=data.columns)
    return made


def pop(reader: Interpreter, data: Data, name: str) -> Data:
    """frame.pop('y'): the column, and the frame without it under the same name."""
    series = frames.column(reader, data, name)
    rest = frames.derive(reader, data, "frame.pop", columns=tuple(each for each in data.columns if each != name))
    data.item, data.columns = rest.item, rest.columns
    return series


def assigned(reader: Interpreter, data: Data, call: str, args: list[Any], kwargs: dict[str, Any]) -> Data:
    """frame.assign(a=...), with_columns(...): one step a column, and one for those whose names are not known."""
    given = [part for each in args for part in (each if isinstance(each, list | tuple) else [each])]
    told = [(alias_of(each), each) for each in given] + [((name,), each) for name, each in kwargs.items()]
    read = [(names, reader.call(each, [data], {}) if hasattr(each, "node") else each) for names, each in told]
    made = data
    for names, value in read:
        made = written(reader, data, made, call, value, names)
    return made


def alias_of(expression: Any) -> tuple[str, ...]:
    """The name that a polars expression gives itself: col(...).alias('name')."""
    method, *args = expression.parts if isinstance(expression, Unknown) and expression.parts else (None,)
    return tuple(args[:1]) if isinstance(method, Method) and method.name == "alias" and args and isinstance(args[0], str) else ()


def written(reader: Interpreter, data: Data, into: Data, call: str, value: Any, names: tuple[str, ...]) -> Data:
    """A table with a value written into it, which was worked out from `data`."""
    stats = stats_in(value) | polars_statistics(reader, data, value)
    columns = tuple(dict.fromkeys([*into.columns, *names])) if into.columns else ()
    made = reader.out.data(into.rows, columns, into.kind)
    reads = [("self", into), *(("value", each) for each in inside(value) if isinstance(each, Data))]
    reader.out.event("assign", call, reads, [("self", made)], uses=tuple(sorted(stats)), columns=names)
    return made


def polars_statistics(reader: Interpreter, data: Data, expression: Any) -> set[int]:
    """Statistics within a polars expression: col(...).fill_null(col(...).mean()) reads the rows of the table it is put into."""
    found: set[int] = set()
    waiting = [expression]
    while waiting:
        each = waiting.pop()
        if isinstance(each, Unknown):
            waiting.extend(each.parts)
        elif isinstance(each, Method):
            if each.name in known.REDUCERS:
                found |= frames.reduce(reader, data, each.name).events
            waiting.append(each.owner)
        elif isinstance(each, list | tuple):
            waiting.extend(each)
    return found


def sample(reader: Interpreter, data: Data, call: str, kwargs: dict[str, Any]) -> Data:
    """frame.sample(frac=..., n=..., replace=...)."""
    n = known.N_UNKNOWN if data.rows is None else len(data.rows)
    rng = np.random.default_rng(len(reader.out.events))
    share = kwargs.get("frac", kwargs.get("fraction", 1.0 if "n" not in kwargs else 0.5))
    size = int(n * min(float(share), 1.0)) if isinstance(share, int | float) else n
    drawn = rng.integers(0, n, max(1, size)) if kwargs.get("replace") is True else rng.permutation(n)[: max(1, size)]
    seeded = kwargs.get("random_state", kwargs.get("seed")) is not None or reader.out.seeded
    return frames.choose(reader, data, call, drawn, kind="sample", seeded=seeded)


def merge(reader: Interpreter, tables: list[Data], call: str, how: Any = None) -> Data:
    """Rows of the left table, in its order but for an outer join, which sorts by the key; what the right one was made of is behind it too."""
    left = tables[0]
    rows = left.rows if how != "outer" or left.rows is None else left.rows[np.random.default_rng(13).permutation(len(left.rows))]
    columns = tuple(dict.fromkeys([*left.columns, *(name for each in tables[1:] for name in each.columns)])) if left.columns else ()
    made = reader.out.data(rows, columns, left.kind)
    reader.out.event("merge", call, [("left", left), *(("right", each) for each in tables[1:])], [("result", made)])
    return made


def group(reader: Interpreter, data: Data, args: list[Any], kwargs: dict[str, Any]) -> Grouped:
    """frame.groupby(...)."""
    by = kwargs.get("by", args[0] if args else None)
    names = changes.names_of(by)
    keys = tuple(each.item for each in inside(by) if isinstance(each, Data))
    named = tuple(each.name for each in inside(by) if isinstance(each, Data) and each.name)
    return Grouped(data, names or named or ("?",), (), keys)


def of_group(reader: Interpreter, grouped: Grouped, name: str, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """groupby(...).mean(), .transform('mean'), .agg(...)."""
    if name in ("shift", "cumsum", "cumcount", "diff", "rank", "ngroup", "ffill", "bfill", "rolling", "expanding"):
        return frames.derive(reader, grouped.data, f"groupby.{name}", kind="series")
    asked = _aggregated(args, kwargs) if name in ("agg", "aggregate") else []
    columns = (
        grouped.columns
        or tuple(dict.fromkeys(column for column, _ in asked))
        or tuple(each for each in grouped.data.columns if each not in grouped.by)
        or ((grouped.data.name,) if grouped.data.name else ())
    )
    word = args[0] if args and isinstance(args[0], str) else "function"
    if name in ("transform", "apply"):
        if args and hasattr(args[0], "node"):
            inner = reader.call(args[0], [grouped.data], {})
            if not stats_in(inner):
                return frames.derive(reader, grouped.data, f"groupby.{name}", inner, kind="series")
            word = "function"
        stat = frames.reduce(reader, grouped.data, f"groupby.transform.{word}", grouped.by, columns)
        return frames.derive(
            reader, grouped.data, f"groupby.{name}", stat, kind="series", columns=columns[:1], name=columns[0] if len(columns) == 1 else ""
        )
    statistic = ("+".join(dict.fromkeys(each for _, each in asked)) or word) if name in ("agg", "aggregate") else name
    return frames.reduce(reader, grouped.data, f"groupby.{statistic}", grouped.by, columns)


def _aggregated(args: list[Any], kwargs: dict[str, Any]) -> list[tuple[str, str]]:
    """Columns that `agg` names, with what is worked out of each: `agg(dearest=("price", "max"))`, `agg({"price": "max"})`."""
    by_name = args[0] if args and isinstance(args[0], dict) else {}
    pairs = [each for each in kwargs.values() if isinstance(each, list | tuple) and len(each) == 2]
    named = [*by_name.items(), *((str(column), function) for column, function in pairs)]
    return [(str(column), function if isinstance(function, str) else "function") for column, function in named]


# -- estimators --------------------------------------------------------------------------------------------------------------


def of_generator(reader: Interpreter, rng: Obj, name: str, args: list[Any], size: Any = None) -> Any:
    """rng.permutation(...), rng.choice(...), rng.random(n)."""
    seeded = bool(rng.attributes["seeded"]) or reader.out.seeded
    first = args[0] if args else None
    drawn = np.random.default_rng(len(reader.out.events))
    if isinstance(first, Data):
        n = known.N_UNKNOWN if first.rows is None else len(first.rows)
        return frames.choose(reader, first, f"numpy.random.{name}", drawn.permutation(n), kind="sample", seeded=seeded)
    if not seeded:
        reader.out.event("sample", f"numpy.random.{name}", seeded=False)
    if isinstance(first, int) and name in ("permutation", "random", "rand"):
        return Places(drawn.permutation(first), first)
    if name in ("normal", "standard_normal", "randn", "uniform", "rand") or (name == "random" and not isinstance(first, int)):
        return drawn_table(reader, name, args, size)
    return Unknown()


def drawn_table(reader: Interpreter, name: str, args: list[Any], size: Any) -> Data:
    """A table of random numbers."""
    shape = (
        size if size is not None else next((each for each in args if isinstance(each, list)), args[0] if name == "randn" and args else None)
    )
    n = shape[0] if isinstance(shape, list) and shape else shape
    rows = reader.out.new_rows(n if isinstance(n, int) and 0 < n <= 200_000 else known.N_UNKNOWN, f"numpy.random.{name}", "generated")
    made = reader.out.data(rows, (), "array")
    reader.out.event("load", f"numpy.random.{name}", [], [("result", made)])
    return made


def header(reader: Interpreter, path: str) -> tuple[str, ...]:
    """Column names of a CSV file, where it lies where the script would read it."""
    for base in (Path.cwd(), reader.folder):
        file = base / path
        try:
            if file.is_file() and file.suffix == ".csv":
                with file.open(encoding="utf-8") as lines:
                    return tuple(each.strip().strip('"') for each in lines.readline().split(","))
        except (OSError, ValueError):
            continue
    return ()
