"""Tables while a script is read: columns, rows chosen, assignment, arithmetic, and the methods of frames and arrays."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

import numpy as np

from rung.inputs.trace_parts import Reduction
from rung.record.reading import known
from rung.record.reading.values import Data, Grouped, Method, Places, Scope, Stat, Unknown, stats_in

if TYPE_CHECKING:
    from rung.record.reading.expressions import Expressions as Interpreter

SAME_OBJECT = frozenset(["values", "T", "iloc", "loc", "at", "iat", "str", "dt", "cat", "to_numpy", "copy", "astype", "flat"])
OPPOSITE = {ast.Lt: ast.GtE, ast.LtE: ast.Gt, ast.Eq: ast.NotEq, ast.In: ast.NotIn}


def derive(
    reader: Interpreter,
    source: Data,
    call: str,
    *others: Any,
    columns: tuple[str, ...] | None = None,
    kind: str = "",
    name: str = "",
    **rest: Any,
) -> Data:
    """Row-preserving work on a table; statistics among the other values are used."""
    stats = frozenset(stats_in(*others))
    made = reader.out.data(source.rows, source.columns if columns is None else columns, kind or source.kind, name, **rest)
    made.parts = source.parts
    reads = [("self", source), *(("value", each) for each in others if isinstance(each, Data))]
    reader.out.event("derive", call, reads, [("result", made)], uses=tuple(sorted(stats)), columns=made.columns if kind == "series" else ())
    if made.prediction is None:
        made.prediction, made.hard, made.column = _prediction(source, others)
    return made


def _prediction(source: Data, others: tuple[Any, ...]) -> tuple[int | None, bool, int | None]:
    """Work on a prediction with nothing else is still that prediction."""
    if any(isinstance(each, Data | Stat) for each in others):
        return None, False, None
    return source.prediction, source.hard, source.column


def choose(
    reader: Interpreter, source: Data, call: str, places: np.ndarray[Any, Any] | None, *others: Any, kind: str = "select", **rest: Any
) -> Data:
    """Rows taken as they are."""
    rows = None if source.rows is None or places is None else source.rows[places]
    made = reader.out.data(
        rows, source.columns, source.kind, source.name, prediction=source.prediction, hard=source.hard, column=source.column
    )
    reads = [("self", source), *(("mask", each) for each in others if isinstance(each, Data))]
    reader.out.event(kind, call, reads, [("result", made)], uses=(), **rest)  # type: ignore[arg-type]
    return made


def reduce(
    reader: Interpreter, source: Data, statistic: str, by: tuple[str, ...] = (), columns: tuple[str, ...] = (), *others: Any
) -> Stat:
    """Statistics over the rows of a table."""
    read = columns or source.columns or ((source.name,) if source.name else ())
    reads = [("self", source), *(("value", each) for each in others if isinstance(each, Data))]
    reduction = Reduction(statistic=statistic, columns=tuple(read), by=by)
    event = reader.out.event("reduce", f"{source.kind}.{statistic}", reads, [], reduction=reduction, uses=tuple(sorted(stats_in(*others))))
    return Stat(frozenset({event.id}))


# -- reading -----------------------------------------------------------------------------------------------------------------


def attribute(reader: Interpreter, owner: Data, name: str) -> Any:
    """frame.name: a column, an array view, or a method."""
    if owner.columns and name in owner.columns:
        return column(reader, owner, name)
    if name in ("values", "T"):
        return derive(reader, owner, f"{owner.kind}.{name}", kind="array", name=owner.name)
    if name == "shape":
        return [_n(owner), len(owner.columns) or Unknown()]
    if name == "columns":
        return list(owner.columns) if owner.columns else Unknown()
    if name == "index":
        return Places(np.arange(_n(owner)), -1) if owner.rows is None else Places(owner.rows, -1)
    if name in ("size", "dtypes", "dtype", "ndim"):
        return Unknown()
    return Method(owner, name)


def column(reader: Interpreter, owner: Data, name: str) -> Data:
    """One column as a series."""
    return derive(reader, owner, "frame.__getitem__", columns=(name,), kind="series", name=name)


def _n(data: Data) -> int:
    return known.N_UNKNOWN if data.rows is None else len(data.rows)


def subscript(reader: Interpreter, owner: Any, key: ast.expr, scope: Scope) -> Any:
    """owner[key]."""
    if isinstance(owner, Method) and isinstance(owner.owner, Data) and owner.name in ("loc", "iloc"):
        return located(reader, owner.owner, owner.name, key, scope)
    if isinstance(owner, Data):
        return taken(reader, owner, key, scope)
    if isinstance(owner, Grouped):
        names = reader.value(key, scope)
        names = (
            (names,)
            if isinstance(names, str)
            else tuple(each for each in names if isinstance(each, str))
            if isinstance(names, list)
            else ()
        )
        return Grouped(owner.data, owner.by, names, owner.keys)
    if isinstance(owner, Places):
        return _part_of_places(reader, owner, key, scope)
    inner = (
        reader.value(key, scope)
        if not isinstance(key, ast.Slice)
        else slice(*[reader.value(each, scope) for each in (key.lower, key.upper, key.step)])
    )
    if isinstance(owner, list | tuple | dict | str) and isinstance(inner, int | str | slice):
        try:
            return owner[inner]  # type: ignore[index]
        except (KeyError, IndexError, TypeError, ValueError):
            return Unknown(tuple(owner.values()) if isinstance(owner, dict) else tuple(owner))
    if isinstance(owner, dict):
        return next(iter(owner.values()), Unknown())
    return owner if isinstance(owner, Stat) else Unknown((owner, inner))


def _part_of_places(reader: Interpreter, owner: Places, key: ast.expr, scope: Scope) -> Places:
    if isinstance(key, ast.Slice):
        low, high = reader.value(key.lower, scope), reader.value(key.upper, scope)
        return Places(owner.positions[slice(_whole(low, owner.positions), _whole(high, owner.positions))], owner.n, owner.split)
    return owner


def _whole(value: Any, like: np.ndarray[Any, Any], default: int | None = None) -> int | None:
    if value is None:
        return default
    return int(value) if isinstance(value, int | float) else int(0.75 * len(like))


def taken(reader: Interpreter, owner: Data, key: ast.expr, scope: Scope) -> Any:
    """frame['a'], frame[['a', 'b']], frame[mask], array[:n], array[idx], array[:, 1]."""
    if isinstance(key, ast.Tuple):
        rows, columns = key.elts[0], key.elts[-1]
        part = owner if isinstance(rows, ast.Slice) and rows.lower is None and rows.upper is None else taken(reader, owner, rows, scope)
        chosen = reader.value(columns, scope) if not isinstance(columns, ast.Slice) else None
        if isinstance(chosen, int) and isinstance(part, Data):
            return derive(
                reader, part, "array.__getitem__", kind="array", prediction=part.prediction, hard=part.hard, column=_of_two(chosen)
            )
        return derive(reader, part, "array.__getitem__", chosen) if isinstance(part, Data) and isinstance(chosen, Stat | Data) else part
    if isinstance(key, ast.Slice):
        return sliced(reader, owner, key, scope)
    value = reader.value(key, scope)
    if isinstance(value, str):
        return column(reader, owner, value)
    if isinstance(value, Places):
        return at_places(reader, owner, value)
    if isinstance(value, Data):
        return masked(reader, owner, value)
    if isinstance(value, Stat):
        return derive(reader, owner, "frame.__getitem__", value, columns=())
    if isinstance(value, list | tuple) and all(isinstance(each, str) for each in value):
        return derive(reader, owner, "frame.__getitem__", columns=tuple(value))
    return derive(reader, owner, "frame.__getitem__", value, columns=())


def _of_two(place: int) -> int:
    return 1 if place < 0 else place


def sliced(reader: Interpreter, owner: Data, key: ast.Slice, scope: Scope) -> Data:
    """owner[a:b] along the rows; numbers beyond a table of unknown length are shares of it."""
    n = _n(owner)
    low, high, step = (reader.value(each, scope) for each in (key.lower, key.upper, key.step))
    if low is None and high is None:
        return (
            owner
            if step in (None, 1)
            else choose(reader, owner, "slice", np.arange(n)[:: int(step) if isinstance(step, int) and step else 1])
        )
    cut = reader_cut(reader, key, n)
    places = np.arange(n)[slice(_bound(low, n, cut, 0), _bound(high, n, cut, n))]
    return choose(reader, owner, "slice", places)


def reader_cut(reader: Interpreter, key: ast.Slice, n: int) -> dict[str, int]:
    """One place for the same unknown expression, wherever it cuts."""
    return {ast.dump(each): int(n * 0.75) for each in (key.lower, key.upper) if each is not None and not isinstance(each, ast.Constant)}


def _bound(value: Any, n: int, cut: dict[str, int], default: int) -> int:
    if value is None:
        return default
    if isinstance(value, int | float) and not isinstance(value, bool):
        return int(value)
    return next(iter(cut.values()), int(0.75 * n))


def located(reader: Interpreter, owner: Data, how: str, key: ast.expr, scope: Scope) -> Any:
    """frame.loc[...], frame.iloc[...]."""
    if isinstance(key, ast.Tuple) and len(key.elts) == 2:
        rows, columns = key.elts
        part = (
            located(reader, owner, how, rows, scope)
            if not (isinstance(rows, ast.Slice) and rows.lower is None and rows.upper is None)
            else owner
        )
        chosen = reader.value(columns, scope) if not isinstance(columns, ast.Slice) else None
        if isinstance(chosen, str):
            return column(reader, part, chosen)
        if isinstance(chosen, list) and all(isinstance(each, str) for each in chosen):
            return derive(reader, part, f"frame.{how}", columns=tuple(chosen))
        if how == "iloc":
            series = isinstance(chosen, int)
            return derive(
                reader,
                part,
                "frame.iloc",
                columns=_by_place(part, columns, chosen),
                kind="series" if series else "",
                name="".join(_by_place(part, columns, chosen)[:1]) if series else "",
            )
        return derive(reader, part, f"frame.{how}", chosen)
    if isinstance(key, ast.Slice):
        if how == "loc":
            return choose(reader, owner, "frame.loc", _by_label(key, _n(owner), reader, scope))
        return sliced(reader, owner, key, scope)
    value = reader.value(key, scope)
    if isinstance(value, Places):
        return at_places(reader, owner, value)
    if isinstance(value, Data):
        return masked(reader, owner, value)
    return choose(reader, owner, f"frame.{how}", None)


def _by_label(key: ast.Slice, n: int, reader: Interpreter, scope: Scope) -> np.ndarray[Any, Any] | None:
    """Labels in order: up to one label, and from one on, are taken as the two parts of the table; between two labels lies what nobody can tell."""
    cut = int(0.75 * n)
    low, high = reader.value(key.lower, scope), reader.value(key.upper, scope)
    if low is not None and high is not None:
        return None
    return np.arange(n)[cut:] if low is not None else np.arange(n)[:cut] if high is not None else np.arange(n)


def _by_place(part: Data, node: ast.expr, chosen: Any) -> tuple[str, ...]:
    if not part.columns:
        return ()
    if isinstance(chosen, int):
        return part.columns[chosen : chosen + 1] if chosen >= 0 else part.columns[chosen:][:1]
    if isinstance(node, ast.Slice):
        bounds = [_constant(each) for each in (node.lower, node.upper)]
        return part.columns[slice(*bounds)]
    return ()


def _constant(node: ast.expr | None) -> int | None:
    """A whole number written in the source, with its sign."""
    sign = -1 if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub) else 1
    inner = node.operand if isinstance(node, ast.UnaryOp) else node
    return sign * inner.value if isinstance(inner, ast.Constant) and isinstance(inner.value, int) else None


def at_places(reader: Interpreter, owner: Data, places: Places) -> Data:
    """Rows at known positions, or under labels that are rows of the trace."""
    if places.n == -1 and owner.rows is not None:
        inside = np.flatnonzero(np.isin(owner.rows, places.positions))
        return choose(reader, owner, "frame.loc", inside)
    good = places.positions[places.positions < _n(owner)]
    return choose(reader, owner, "take", good)


def masked(reader: Interpreter, owner: Data, mask: Data) -> Any:
    """Rows under a mask; a mask and its opposite share no row."""
    if owner.parts and mask.text:
        return choose(reader, owner, "frame.__getitem__", part_of(reader, owner, mask), mask)
    if mask.text:
        side = mask.text.startswith("~")
        key = mask.text[1:] if side else mask.text
        drawn = known.seed_of(key).random(_n(owner)) < 0.6
        return choose(reader, owner, "frame.__getitem__", np.flatnonzero(~drawn if side else drawn), mask)
    return choose(reader, owner, "frame.__getitem__", np.arange(_n(owner)) if mask.kind == "array" else None, mask)


def part_of(reader: Interpreter, owner: Data, mask: Data) -> np.ndarray[Any, Any]:
    """A mask on a table that was stacked from parts takes one of the parts back: each new mask the next one."""
    seen = reader.parts_taken.setdefault(owner.item, [])
    if mask.text not in seen:
        seen.append(mask.text)
    place = seen.index(mask.text) % len(owner.parts)
    start = sum(owner.parts[:place])
    return np.arange(start, start + owner.parts[place])


# -- writing -----------------------------------------------------------------------------------------------------------------


# -- arithmetic --------------------------------------------------------------------------------------------------------------
