"""Edits of what the features are: a column left out, rows kept in their order, labels of an index kept or laid aside."""

from __future__ import annotations

import ast
import re

from rung.facts.run_edits_tree import Tree, whole_line

REORDERING = ("sort_values", "sort_index", "sample")


def without_column(tree: Tree, line: int, column: str) -> str | None:
    """The column is not made, not chosen, or dropped where the features are."""
    return _not_made(tree, column) or _not_chosen(tree, column) or _dropped(tree, line, column)


def _not_made(tree: Tree, column: str) -> str | None:
    """frame["c"] = ... in one place, and read nowhere else by its name; 'c_level' is a level of c where c became dummies."""
    made = [
        each
        for each in tree.statements()
        if isinstance(each, ast.Assign) and (name := _written(each)) and (name == column or column.startswith(f"{name}_"))
    ]
    if len(made) != 1 or len(tree.block_of(made[0])) < 2:
        return None
    name = _written(made[0])
    others = [each for each in ast.walk(tree.root) if isinstance(each, ast.Constant) and each.value == name]
    return tree.rewritten({made[0]: []}) if len(others) == 1 else None


def _written(statement: ast.Assign) -> str | None:
    target = statement.targets[0]
    plain = isinstance(target, ast.Subscript) and isinstance(target.slice, ast.Constant) and isinstance(target.slice.value, str)
    return target.slice.value if plain else None  # type: ignore[union-attr]


def _not_chosen(tree: Tree, column: str) -> str | None:
    """The one list of names that holds it, where it is a list of features."""
    lists = [
        each for each in ast.walk(tree.root)
        if isinstance(each, ast.List) and len(each.elts) > 1 and any(isinstance(one, ast.Constant) and one.value == column for one in each.elts)
    ]  # fmt: skip
    if len(lists) != 1 or _is_argument(tree, lists[0]):
        return None
    kept = [ast.unparse(each) for each in lists[0].elts if not (isinstance(each, ast.Constant) and each.value == column)]
    span = tree.span(lists[0])
    if span is None:
        return None
    text = tree.lines[lists[0].lineno - 1]
    return whole_line(
        tree, lists[0].lineno, f"{text[: span[0]]}[{', '.join(each.replace(chr(39), chr(34)) for each in kept)}]{text[span[1] :]}"
    )


def _is_argument(tree: Tree, node: ast.List) -> bool:
    """Whether a list is handed to a call, as to drop or merge."""
    calls = [each for each in ast.walk(tree.root) if isinstance(each, ast.Call)]
    return any(node is one for each in calls for one in (*each.args, *(word.value for word in each.keywords)))


def _dropped(tree: Tree, line: int, column: str) -> str | None:
    """X = frame.drop(columns=[...]) drops it too; else X = ... gets a drop."""
    for each in tree.statements():
        calls = [one for one in ast.walk(each) if isinstance(one, ast.Call) and tree.name(one) == "drop"]
        words = [word.value for one in calls for word in one.keywords if word.arg == "columns"]
        if isinstance(each, ast.Assign) and each.lineno >= line and len(words) == 1 and tree.span(words[0]) is not None:
            names = [ast.unparse(one) for one in words[0].elts] if isinstance(words[0], ast.List) else [ast.unparse(words[0])]
            if repr(column) in names or isinstance(words[0], ast.Name | ast.Attribute):
                continue
            start, end = tree.span(words[0]) or (0, 0)
            text = tree.lines[words[0].lineno - 1]
            new = ", ".join(each.replace("'", '"') for each in [*names, repr(column)])
            return whole_line(tree, words[0].lineno, f"{text[:start]}[{new}]{text[end:]}")
    act = tree.assignment(line)
    if act is None or not isinstance(act.targets[0], ast.Name) or act.end_lineno is None or act.value.end_col_offset is None:
        return None
    raw = tree.lines[act.end_lineno - 1].encode()
    end = act.value.end_col_offset
    return whole_line(tree, act.end_lineno, (raw[:end] + f'.drop(columns=["{column}"])'.encode() + raw[end:]).decode())


def in_their_order(tree: Tree, line: int) -> str | None:
    """X = frame.drop(...).sort_values(...) beside a y in the order of the frame: left as the frame is."""
    act = tree.assignment(line)
    found = [each for each in ast.walk(act) if isinstance(each, ast.Call) and tree.name(each) in REORDERING] if act is not None else []
    if act is None or len(found) != 1 or act.lineno != act.end_lineno:
        return None
    owner = found[0].func.value  # type: ignore[attr-defined]
    whole, kept = tree.span(found[0]), tree.span(owner)
    if whole is None or kept is None:
        return None
    text = tree.lines[line - 1]
    new = text[: whole[0]] + text[kept[0] : kept[1]] + text[whole[1] :]
    return tree.rewritten({act: []}) if re.fullmatch(r"\s*(\w+) = \1\s*", new) else whole_line(tree, act.lineno, new)


def left_as_it_is(tree: Tree, line: int) -> str | None:
    """frame.merge(other, how="outer") beside labels in the order of the frame: how="left" keeps it."""
    statement = tree.statement(line)
    words = (
        [
            word.value
            for each in ast.walk(statement)
            if isinstance(each, ast.Call) and tree.name(each) in ("merge", "join")
            for word in each.keywords
            if word.arg == "how"
        ]
        if statement is not None
        else []
    )
    span = tree.span(words[0]) if len(words) == 1 else None
    if span is None or ast.unparse(words[0]) == "'left'":
        return None
    text = tree.lines[words[0].lineno - 1]
    return whole_line(tree, words[0].lineno, text[: span[0]] + '"left"' + text[span[1] :])


def labels_kept(tree: Tree, line: int) -> str | None:
    """Labels that were reset before values were put beside a table are kept; a table made of bare values gets those of its rows."""
    act = tree.statement(line)
    if act is None:
        return None
    names = {each.id for each in ast.walk(act) if isinstance(each, ast.Name)}
    reset = [
        each
        for name in names
        for each in tree.assigned(name)
        if each.lineno <= line and ".reset_index(drop=True)" in tree.lines[each.lineno - 1]
    ]
    if len(reset) == 1:
        return whole_line(tree, reset[0].lineno, tree.lines[reset[0].lineno - 1].replace(".reset_index(drop=True)", ""))
    return _with_index(tree, names, line)


def _with_index(tree: Tree, names: set[str], line: int) -> str | None:
    """pd.DataFrame(step.transform(part[columns]), columns=...) gets index=part.index."""
    for each in (one for name in names for one in tree.assigned(name) if one.lineno <= line):
        call = each.value
        if (
            not isinstance(call, ast.Call)
            or tree.name(call) != "DataFrame"
            or any(word.arg == "index" for word in call.keywords)
            or call.end_lineno != call.lineno
        ):
            continue
        inner = call.args[0] if call.args else None
        given = inner.args[0] if isinstance(inner, ast.Call) and inner.args else None
        root = given.value if isinstance(given, ast.Subscript) else given
        if isinstance(root, ast.Name) and call.end_col_offset is not None:
            raw = tree.lines[call.lineno - 1].encode()
            end = call.end_col_offset - 1
            return whole_line(tree, call.lineno, (raw[:end] + f", index={root.id}.index".encode() + raw[end:]).decode())
    return None
