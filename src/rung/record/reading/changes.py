"""Tables changed and combined while a script is read: assignment, arithmetic, comparison."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, Any

import numpy as np

from rung.record.reading.frames import column, derive
from rung.record.reading.values import Data, Method, Places, Scope, Stat, Unknown, first_data, stats_in

if TYPE_CHECKING:
    from rung.record.reading.expressions import Expressions as Interpreter

VIEWS = ("str", "dt", "cat", "loc", "iloc", "at", "iat")
OPPOSITE = {ast.Lt: ast.GtE, ast.LtE: ast.Gt, ast.Eq: ast.NotEq, ast.In: ast.NotIn}


def write(reader: Interpreter, node: ast.expr, owner: Any, key: ast.expr, value: Any, scope: Scope) -> None:
    """owner[key] = value."""
    if isinstance(owner, dict):
        owner[reader.hashable(key, scope)] = value
    if isinstance(owner, Method) and isinstance(owner.owner, Data) and isinstance(node, ast.Attribute):
        names = reader.value(key.elts[-1], scope) if isinstance(key, ast.Tuple) and not isinstance(key.elts[-1], ast.Slice) else None
        write_columns(reader, node.value, owner.owner, names_of(names), value, scope)
    elif isinstance(owner, Data):
        names = None if isinstance(key, ast.Slice) else reader.value(key, scope)
        write_columns(reader, node, owner, names_of(names), value, scope)


def names_of(value: Any) -> tuple[str, ...]:
    return (
        (value,)
        if isinstance(value, str)
        else tuple(each for each in value if isinstance(each, str))
        if isinstance(value, list | tuple)
        else ()
    )


def write_columns(reader: Interpreter, node: ast.expr, owner: Data, names: tuple[str, ...], value: Any, scope: Scope) -> None:
    """A new version of the table is bound to where it stood."""
    columns = tuple(dict.fromkeys([*owner.columns, *names])) if owner.columns else ()
    data = first_data(value)
    made = reader.out.data(
        owner.rows, columns, owner.kind, owner.name, prediction=data.prediction if data is not None else owner.prediction
    )
    if data is not None and data.prediction is not None:
        made.hard, made.column = data.hard, data.column
    made.parts = owner.parts
    uses = tuple(sorted(stats_in(value)))
    reader.out.event("assign", f"{owner.kind}.__setitem__", [("self", owner), ("value", data)], [("self", made)], columns=names, uses=uses)
    reader.assign(node, made, scope)


def delete(reader: Interpreter, target: ast.expr, scope: Scope) -> None:
    """del frame['a']."""
    if isinstance(target, ast.Subscript):
        owner, name = reader.value(target.value, scope), reader.value(target.slice, scope)
        if isinstance(owner, Data) and isinstance(name, str):
            reader.assign(target.value, derive(reader, owner, "frame.drop", columns=tuple(c for c in owner.columns if c != name)), scope)


def arithmetic(reader: Interpreter, op: ast.operator, left: Any, right: Any) -> Any:
    """Tables keep their rows; statistics join; the rest is unknown."""
    left, right = column_of(reader, left), column_of(reader, right)
    data = first_data(left, right)
    if data is not None:
        others = [each for each in (left, right) if each is not data]
        made = derive(reader, data, f"arithmetic.{type(op).__name__}", *others, kind=data.kind)
        if isinstance(op, ast.BitAnd | ast.BitOr) and data.text:
            made.text = data.text + "&" + "".join(each.text for each in others if isinstance(each, Data))
        return made
    stats = stats_in(left, right)
    return Stat(frozenset(stats)) if stats else Unknown((left, right))


def column_of(reader: Interpreter, value: Any) -> Any:
    """frame.name, where it is used as a value: a column whose name could not be told from a method's."""
    whole = isinstance(value, Method) and isinstance(value.owner, Data) and value.name not in VIEWS
    return column(reader, value.owner, value.name) if whole else value


def unary(reader: Interpreter, op: ast.unaryop, operand: Any) -> Any:
    """-x, not x, ~mask."""
    operand = column_of(reader, operand)
    if isinstance(operand, Places) and isinstance(op, ast.Invert):
        return Places(np.setdiff1d(np.arange(operand.n), operand.positions), operand.n)
    if isinstance(operand, int | float) and isinstance(op, ast.USub):
        return -operand
    if isinstance(operand, Data):
        made = derive(reader, operand, f"arithmetic.{type(op).__name__}")
        made.text = (
            (operand.text[1:] if operand.text.startswith("~") else "~" + operand.text)
            if isinstance(op, ast.Invert) and operand.text
            else ""
        )
        return made
    return Unknown((operand,))


def compare(reader: Interpreter, node: ast.Compare, left: Any, op: ast.cmpop, rights: list[Any]) -> Any:
    """A mask, with a text by which its opposite is known; a prediction cut at a threshold."""
    constant = (str, int, float, bool, type(None))
    if isinstance(left, constant) and all(isinstance(each, constant) for each in rights) and isinstance(op, ast.Eq | ast.NotEq):
        return (left == rights[0]) == isinstance(op, ast.Eq)
    if isinstance(op, ast.In | ast.NotIn) and isinstance(left, str) and isinstance(rights[0], list | tuple | dict):
        return (left in rights[0]) == isinstance(op, ast.In)
    left, rights = column_of(reader, left), [column_of(reader, each) for each in rights]
    data = first_data(left)
    if data is None:
        return masked_draw(left, rights)
    made = derive(reader, data, "compare", *rights, kind="array")
    if data.prediction is not None:
        made.prediction, made.rounded, made.hard = data.prediction, True, True
    body = re.sub(r"ctx=\w+\(\)", "", ast.dump(node.left) + "".join(ast.dump(each) for each in node.comparators))
    opposite = next((kind for kind, other in OPPOSITE.items() if isinstance(op, other)), None)
    made.text = f"~{opposite.__name__}{body}" if opposite is not None else f"{type(op).__name__}{body}"
    return made


def masked_draw(left: Any, rights: list[Any]) -> Any:
    """rng.random(n) < 0.6: a mask drawn by chance."""
    if isinstance(left, Places):
        return Places(left.positions[: int(0.6 * len(left.positions))], left.n)
    return Unknown((left, *rights))
