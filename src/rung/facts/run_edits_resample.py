"""An edit: rows that are made up, drawn again or copied are made of the training part only, behind the split."""

from __future__ import annotations

import ast
import re

from rung.facts.run_edits_parts import Parted, parted
from rung.facts.run_edits_tree import Tree


def more_of_training(tree: Tree, line: int) -> str | None:
    """Rows that are made up, drawn again or copied before the split: of the training part, behind it."""
    for split in parted(tree):
        before = [each for each in tree.block_of(split.statement) if each.lineno < split.statement.lineno]
        act = next((each for each in before if each.lineno <= line <= (each.end_lineno or 0)), None) or _caller(tree, before, line)
        made = {root for each in split.given if (root := ast.unparse(_owner(tree.parse(each))))}
        final = [
            each
            for each in before
            if isinstance(each, ast.Assign) and _targets(each) & made and act is not None and each.lineno >= act.lineno
        ]
        if act is not None and final:
            found = _made_later(tree, split, before, final[-1])
            if found is not None:
                return found
    return None


def _caller(tree: Tree, before: list[ast.stmt], line: int) -> ast.stmt | None:
    """The statement that calls the function which the line is in."""
    function = getattr(tree.function_at(line), "name", None)
    called = [
        each
        for each in before
        if isinstance(each, ast.Assign) and any(isinstance(one, ast.Call) and tree.name(one) == function for one in ast.walk(each))
    ]
    return called[-1] if function is not None and called else None


def _owner(node: ast.expr) -> ast.expr:
    """X of X[...], X.drop(...), self.X of self.X.values."""
    while True:
        if isinstance(node, ast.Subscript):
            node = node.value
        elif isinstance(node, ast.Call):
            node = node.func
        elif isinstance(node, ast.Attribute) and not (isinstance(node.value, ast.Name) and node.value.id == "self"):
            node = node.value
        else:
            return node


def _targets(statement: ast.Assign) -> set[str]:
    target = statement.targets[0]
    return {ast.unparse(each) for each in (target.elts if isinstance(target, ast.Tuple) else [target])}


def _made_later(tree: Tree, split: Parted, before: list[ast.stmt], final: ast.Assign) -> str | None:
    """final makes what is split out of the same names: it stands behind the split, on the names of the training part."""
    given, tables = dict(zip(split.given, split.train, strict=True)), _targets(final)
    raw = _raw(final, tables)
    moved = _feeding(before, final, tables if raw is None else set(raw.values()))
    if not tables <= set(given) or (raw is None and not any(tables & _read(each) for each in moved)):
        return None  # what is split is not what the rows were made from
    lines = [re.sub(r"\s*\n\s*", " ", ast.unparse(each)) for each in moved]
    parts = {**{name: given[name] for name in tables}, **({old: given[name] for name, old in raw.items()} if raw is not None else {})}
    for old, new in parts.items():
        lines = [re.sub(rf"(?<![\w.]){re.escape(old)}(?![\w(])", new, each) for each in lines]
    head = tree.text_of(split.statement)
    for name, old in (raw or {}).items():
        head = [re.sub(rf"(?<![\w.]){re.escape(name)}(?![\w(])", old, each) for each in head]
    return tree.rewritten({**{each: [] for each in moved}, split.statement: [*head, *lines]})


def _read(statement: ast.Assign) -> set[str]:
    return {ast.unparse(one) for one in ast.walk(statement.value) if isinstance(one, ast.Name | ast.Attribute)}


def _raw(final: ast.Assign, tables: set[str]) -> dict[str, str] | None:
    """New name -> the name it was made from, for A, b = more(X, y) where the names differ."""
    call, target = final.value, final.targets[0]
    names = [ast.unparse(each) for each in (target.elts if isinstance(target, ast.Tuple) else [target])]
    given = [ast.unparse(each) for each in call.args] if isinstance(call, ast.Call) else []
    return (
        dict(zip(names, given, strict=False))
        if not tables & _read(final) and len(given) >= len(names) and all(each.isidentifier() for each in given)
        else None
    )


def _feeding(before: list[ast.stmt], final: ast.Assign, tables: set[str]) -> list[ast.Assign]:
    """final and the assignments above it that take rows of the tables for it, in order."""
    moved, needed = [final], _read(final)
    for each in reversed(before[: before.index(final)]):
        if not isinstance(each, ast.Assign):
            continue
        if _targets(each) & tables:
            break
        if _targets(each) & needed and _read(each) & (tables | needed):
            moved.insert(0, each)
            needed |= _read(each)
    return [each for each in moved if each is final or _reaches(each, moved, tables)]


def _reaches(statement: ast.Assign, moved: list[ast.Assign], tables: set[str]) -> bool:
    """Whether a statement hangs on the tables, by itself or by what stands above it."""
    if _read(statement) & tables:
        return True
    above = moved[: moved.index(statement)]
    return any(_targets(each) & _read(statement) and _reaches(each, moved, tables) for each in above)
