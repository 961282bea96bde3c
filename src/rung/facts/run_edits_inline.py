"""The call of a short function in its own words, so that an edit can reach what the function does."""

from __future__ import annotations

import ast
import copy

from rung.facts.run_edits_move import Renamed
from rung.facts.run_edits_tree import Tree


def inlined(tree: Tree, line: int) -> tuple[Tree, int] | None:
    """The source with the call of a function of one `return` in its own words, and the line of that call."""
    function = tree.function_at(line)
    body = [each for each in getattr(function, "body", ()) if not (isinstance(each, ast.Expr) and isinstance(each.value, ast.Constant))]
    if not isinstance(function, ast.FunctionDef) or len(body) != 1 or not isinstance(body[0], ast.Return) or body[0].value is None:
        return None
    calls = [
        each
        for each in ast.walk(tree.root)
        if isinstance(each, ast.Call) and isinstance(each.func, ast.Name) and each.func.id == function.name
    ]
    names = [each.arg for each in function.args.args]
    if (
        len(calls) != 1
        or calls[0].keywords
        or len(calls[0].args) != len(names)
        or not all(isinstance(each, ast.Name) for each in calls[0].args)
    ):
        return None
    statement, span = tree.statement(calls[0].lineno), tree.span(calls[0])
    if not isinstance(statement, ast.Assign) or span is None:
        return None
    given = {name: each.id for name, each in zip(names, calls[0].args, strict=True)}  # type: ignore[attr-defined]
    words = ast.unparse(Renamed(given).visit(copy.deepcopy(body[0].value)))
    text = tree.lines[statement.lineno - 1]
    lines = [*tree.lines[: statement.lineno - 1], text[: span[0]] + words + text[span[1] :], *tree.lines[statement.lineno :]]
    return Tree("\n".join(lines) + "\n"), statement.lineno
