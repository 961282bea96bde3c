"""Names in a statement: whose attribute is asked, what is called, what is read and stored."""

from __future__ import annotations

import ast
from collections.abc import Iterator


def root_of(node: ast.expr) -> str:
    """The name that an expression starts from, '' where there is none."""
    while isinstance(node, ast.Subscript | ast.Attribute | ast.Call):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else ""


def calls_of(node: ast.AST, names: tuple[str, ...]) -> list[ast.Call]:
    return [
        each for each in ast.walk(node) if isinstance(each, ast.Call) and isinstance(each.func, ast.Attribute) and each.func.attr in names
    ]


def names_in(node: ast.AST) -> set[str]:
    return {each.id for each in ast.walk(node) if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Load)}


def ordered(node: ast.AST) -> list[str]:
    return [each.id for each in _walked(node)]


def _walked(node: ast.AST) -> Iterator[ast.Name]:
    found = [each for each in ast.walk(node) if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Load)]
    yield from sorted(found, key=lambda each: (each.lineno, each.col_offset))


def stored(target: ast.expr) -> set[str]:
    return {root_of(each) for each in (target.elts if isinstance(target, ast.Tuple) else [target])}
