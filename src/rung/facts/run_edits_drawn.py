"""An edit: the training rows of the split below are drawn first, and what learns above it learns from them; all else stays where it is."""

from __future__ import annotations

import ast
import copy
import re

from rung.facts.run_edits_move import FITS, STATISTICS, grouped, learns
from rung.facts.run_edits_names import calls_of, names_in, root_of
from rung.facts.run_edits_parts import Parted, parted
from rung.facts.run_edits_split import is_frame
from rung.facts.run_edits_tree import Tree, with_import

ROWS = "train_rows"


def from_drawn_rows(tree: Tree, line: int) -> str | None:
    """train_rows, _ = train_test_split(frame.index, <as below>) before the act, which reads frame.loc[train_rows].

    The rows are those of the split below: it draws by its random_state from as many rows, as long as no row is left out or moved in between.
    """
    for split in parted(tree):
        block = tree.block_of(split.statement)
        act = next((each for each in block if each.lineno <= line <= (each.end_lineno or 0) and each.lineno < split.statement.lineno), None)
        if isinstance(act, ast.Assign) and learns(act):
            found = _drawn(tree, split, act)
            if found is not None:
                return found
    return None


def encoded_out_of_fold(tree: Tree, line: int) -> str | None:
    """A mean of the target by category, told to every row: by TargetEncoder instead, out of fold for the training rows, from them for the others."""
    for split in parted(tree):
        block = [each for each in tree.block_of(split.statement) if isinstance(each, ast.Assign) and each.lineno < split.statement.lineno]
        act = next((each for each in block if each.lineno <= line <= (each.end_lineno or 0)), None)
        found = _encoding(act, [each for each in block if act is not None and each.lineno > act.lineno]) if act is not None else None
        if act is None or found is None or tree.uses("encoder") or tree.uses("other_rows"):
            continue
        frame, key, target, column, last = found
        head = _head(tree, split, act, frame)
        if head is None:
            return None
        rows = [
            "encoder = TargetEncoder(random_state=0)",
            f"{frame}.loc[{ROWS}, {column}] = encoder.fit_transform({frame}.loc[{ROWS}, [{key}]], {frame}.loc[{ROWS}, {target}]).ravel()",
            f"other_rows = {frame}.index.difference({ROWS})",
            f"{frame}.loc[other_rows, {column}] = encoder.transform({frame}.loc[other_rows, [{key}]]).ravel()",
        ]
        gone: dict[ast.stmt, list[str]] = {} if last is act else {act: []}
        return with_import(tree.rewritten({**gone, last: [head, *rows]}), "sklearn.preprocessing", "TargetEncoder")
    return None


def _encoding(act: ast.Assign, later: list[ast.Assign]) -> tuple[str, str, str, str, ast.Assign] | None:
    """(frame, key, target, column, the statement that writes it) of a mean of the target by category."""
    text = ast.unparse(act)
    whole = re.fullmatch(r"(\w+)\[(.+?)\] = \1\.groupby\((.+?)\)\[(.+?)\]\.transform\('mean'\)", text)
    if whole is not None:
        return whole[1], whole[3], whole[4], whole[2], act
    found = re.fullmatch(r"(\w+) = (\w+)\.groupby\(('\w+'|\w+)\)\[(.+?)\]\.mean\(\)", text)
    if found is None:
        return None
    means, frame, key, target = found.groups()
    for each in later:
        mapped = re.fullmatch(rf"{frame}\[(.+?)\] = {frame}\[{re.escape(key)}\]\.map\({means}\)", ast.unparse(each))
        if mapped is not None:
            return frame, key, target, mapped[1], each
    return None


def _drawn(tree: Tree, split: Parted, act: ast.Assign) -> str | None:
    table = _table(act)
    head = _head(tree, split, act, table) if table is not None else None
    if head is None or table is None:
        return None
    learned = ast.unparse(ast.fix_missing_locations(_Drawn(table).visit(copy.deepcopy(act))))
    return tree.rewritten({act: [head, learned]})


def _head(tree: Tree, split: Parted, act: ast.Assign, table: str) -> str | None:
    """The line that draws the training rows; None where they would be others."""
    call, block = split.statement.value, tree.block_of(split.statement)
    assert isinstance(call, ast.Call)
    words = {each.arg: each.value for each in call.keywords}
    if "random_state" not in words or not is_frame(tree, table) or tree.uses(ROWS):
        return None
    between = [each for each in block if act.lineno < each.lineno < split.statement.lineno]
    if any(_moves_rows(each, table) for each in between) or not _known(words, table, between):
        return None
    stratify = words.get("stratify")
    if stratify is not None:
        words["stratify"] = _as_made(stratify, between)
    given = ", ".join(f"{name}={ast.unparse(value)}" for name, value in words.items())
    return f"{ROWS}, _ = {ast.unparse(call.func)}({table}.index, {given})"


def _table(act: ast.Assign) -> str | None:
    """The frame that the act learns from."""
    roots = [root_of(each.args[0]) for each in calls_of(act, FITS) if each.args]
    roots += [root_of(each.func) for each in calls_of(act, (*STATISTICS, "transform"))]
    named = [each for each in roots if each]
    return named[0] if named else None


def _moves_rows(statement: ast.stmt, table: str) -> bool:
    """Whether the rows of the table may be others afterwards: it is bound anew."""
    targets = statement.targets if isinstance(statement, ast.Assign) else []
    return any(
        isinstance(each, ast.Name) and each.id == table
        for target in targets
        for each in ([target] if not isinstance(target, ast.Tuple) else target.elts)
    )


def _as_made(node: ast.expr, between: list[ast.stmt]) -> ast.expr:
    """stratify=y, where y = frame[...] is only made below."""
    made = [each for each in between if isinstance(each, ast.Assign) and ast.unparse(each.targets[0]) == ast.unparse(node)]
    return made[-1].value if made else node


def _known(words: dict[str | None, ast.expr], table: str, between: list[ast.stmt]) -> bool:
    """Whether all that the split is told can be told before the act."""
    made = {name for each in between if isinstance(each, ast.Assign) for name in (root_of(target) for target in each.targets)}
    told = {name for word in words.values() for name in names_in(_as_made(word, between))}
    return not told & (made - {table})


class _Drawn(ast.NodeTransformer):
    """Statistics and fits over the drawn rows of the frame."""

    def __init__(self, table: str) -> None:
        self.table = table

    def visit_Call(self, node: ast.Call) -> ast.expr:
        word = node.func.attr if isinstance(node.func, ast.Attribute) else ""
        if word == "transform" and (parts := grouped(node)) is not None:
            key, column, frame = parts
            worked = ast.Call(ast.Attribute(_Rows(self.table).visit(copy.deepcopy(column)), str(node.args[0].value), ast.Load()), [], [])  # type: ignore[attr-defined]
            return ast.Call(ast.Attribute(ast.Subscript(frame, key, ast.Load()), "map", ast.Load()), [worked], [])
        if word in FITS and node.args and isinstance(node.func, ast.Attribute):
            training = [_Rows(self.table).visit(copy.deepcopy(each)) for each in node.args]
            fitted = ast.Call(ast.Attribute(node.func.value, "fit", ast.Load()), training, node.keywords)
            return fitted if word == "fit" else ast.Call(ast.Attribute(fitted, "transform", ast.Load()), node.args[:1], [])
        if word in STATISTICS:
            return _Rows(self.table).visit(node)
        self.generic_visit(node)
        return node


class _Rows(ast.NodeTransformer):
    def __init__(self, table: str) -> None:
        self.table = table

    def visit_Name(self, node: ast.Name) -> ast.expr:
        if node.id != self.table:
            return node
        return ast.Subscript(ast.Attribute(ast.Name(node.id, ast.Load()), "loc", ast.Load()), ast.Name(ROWS, ast.Load()), ast.Load())
