"""An edit: what learned from all rows before `train_test_split` moves behind it, learns from the training part and is applied to both parts."""

from __future__ import annotations

import ast
import copy
import re
from dataclasses import dataclass, field

from rung.facts.run_edits_names import calls_of, names_in, ordered, root_of, stored
from rung.facts.run_edits_parts import Parted, parted
from rung.facts.run_edits_tree import Tree

STATISTICS = ("mean", "median", "std", "var", "min", "max", "mode", "quantile", "sum", "corr", "value_counts", "nunique", "percentile", "nanmean",
              "nanmedian", "nanstd", "agg", "size", "count", "skew", "average", "describe")  # fmt: skip
FITS = ("fit_transform", "fit")


@dataclass(slots=True)
class Move:
    """tree, split, table : what is edited, the split, and the name whose rows are parted.   parts : train and test name of the table.
    same : names that stand for the table's rows too.   learned : names whose values come from the act.   fresh : names that were made up.
    """

    tree: Tree
    split: Parted
    table: str
    parts: tuple[str, str]
    same: set[str] = field(default_factory=set)
    learned: set[str] = field(default_factory=set)
    fresh: set[str] = field(default_factory=set)
    lines: list[str] = field(default_factory=list)

    def add(self, statement: ast.stmt) -> bool:
        """The statement in its place behind the split; False where that is not known to be right."""
        if isinstance(statement, ast.Expr):
            self.lines.append(self.on(statement, 0))
            self.learned |= {root_of(each.func.value) for each in calls_of(statement, FITS)}  # type: ignore[attr-defined]
            return bool(calls_of(statement, ("fit",))) or not calls_of(statement, FITS)
        if not isinstance(statement, ast.Assign) or len(statement.targets) != 1:
            return False
        target = statement.targets[0]
        if root_of(target) not in self.same:
            self.lines.append(self.on(statement, 0))
            self.learned |= stored(target)
            return True
        train, test = self._apart(statement)
        self.lines += [self.on(train, 0), self.on(test, 1)]
        self.learned |= stored(target) - {self.table}
        return True

    def on(self, statement: ast.stmt, part: int) -> str:
        """The statement with the table's names in the wording of one part."""
        others = dict(zip(self.split.given, self.split.test if part else self.split.train, strict=True))
        names = {**{name: new for name, new in others.items() if name.isidentifier()}, **dict.fromkeys(self.same, self.parts[part])}
        return ast.unparse(Renamed(names).visit(copy.deepcopy(statement)))

    def _apart(self, statement: ast.Assign) -> tuple[ast.stmt, ast.stmt]:
        """The statement for the training part and for the others: numbers over rows are worked out once, steps are fitted once."""
        common = copy.deepcopy(statement)
        common.value = _Pulled(self).visit(common.value)
        other = copy.deepcopy(common)
        for call in calls_of(other, ("fit_transform",)):
            call.func.attr, call.args = "transform", call.args[:1]  # type: ignore[attr-defined]
        return common, other

    def name(self, word: str) -> str:
        """A name that the source does not use."""
        found = next(
            each
            for each in (word, *(f"{word}_{number}" for number in range(2, 100)))
            if each not in self.fresh and not self.tree.uses(each)
        )
        self.fresh.add(found)
        return found


class Renamed(ast.NodeTransformer):
    """Names in another wording."""

    def __init__(self, names: dict[str, str]) -> None:
        self.names = names

    def visit_Name(self, node: ast.Name) -> ast.Name:
        node.id = self.names.get(node.id, node.id)
        return node


class _Pulled(ast.NodeTransformer):
    """Takes statistics of the table, and steps that are made where they are fitted, out of an expression."""

    def __init__(self, move: Move) -> None:
        self.move = move

    def visit_Call(self, node: ast.Call) -> ast.expr:
        word = node.func.attr if isinstance(node.func, ast.Attribute) else ""
        if word == "transform" and (groups := grouped(node)) is not None:
            return self._by_group(node, *groups)
        if word in STATISTICS and self._of_table(node):
            return self._pull(node, word)
        if word == "fit_transform" and isinstance(node.func, ast.Attribute) and not isinstance(node.func.value, ast.Name | ast.Attribute):
            name = self.move.name("step")
            self.move.lines.append(f"{name} = {ast.unparse(node.func.value)}")
            node.func.value = ast.Name(name, ast.Load())
            return node
        self.generic_visit(node)
        return node

    def _of_table(self, node: ast.Call) -> bool:
        assert isinstance(node.func, ast.Attribute)
        first = node.args[0] if node.args else None
        return root_of(node.func.value) in self.move.same or (
            isinstance(node.func.value, ast.Name)
            and node.func.value.id in ("np", "numpy")
            and first is not None
            and root_of(first) in self.move.same
        )

    def _pull(self, node: ast.expr, word: str) -> ast.expr:
        name = self.move.name(word)
        made = ast.Assign([ast.Name(name, ast.Store())], node)
        self.move.lines.append(self.move.on(ast.fix_missing_locations(made), 0))
        return ast.Name(name, ast.Load())

    def _by_group(self, node: ast.Call, key: ast.expr, grouped: ast.expr, frame: ast.expr) -> ast.expr:
        """frame.groupby(key)[c].transform("mean") becomes frame[key].map(<mean by key of the training part>)."""
        worked = ast.Call(ast.Attribute(grouped, str(node.args[0].value), ast.Load()), [], [])  # type: ignore[attr-defined]
        name = self._pull(worked, "by_group")
        return ast.Call(ast.Attribute(ast.Subscript(frame, key, ast.Load()), "map", ast.Load()), [name], [])


def grouped(node: ast.Call) -> tuple[ast.expr, ast.expr, ast.expr] | None:
    """(key, what is worked out over groups, frame) of frame.groupby("key")["column"].transform("word")."""
    column = node.func.value if isinstance(node.func, ast.Attribute) else None
    call = column.value if isinstance(column, ast.Subscript) else None
    plain = len(node.args) == 1 and isinstance(node.args[0], ast.Constant) and isinstance(node.args[0].value, str)
    if not plain or not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute) or call.func.attr != "groupby":
        return None
    one = len(call.args) == 1 and isinstance(call.args[0], ast.Constant)
    return (call.args[0], column, call.func.value) if one and column is not None else None


def behind_split(tree: Tree, line: int) -> str | None:
    """The act and all that hangs on it, behind the split of its table."""
    for split in parted(tree):
        block = tree.block_of(split.statement)
        before = [each for each in block if each.lineno < split.statement.lineno and (each.end_lineno or 0) >= line]
        if before and before[0].lineno <= line and learns(before[0]):
            found = _moved(tree, split, before)
            if found is not None:
                return found
    return None


def _moved(tree: Tree, split: Parted, before: list[ast.stmt]) -> str | None:
    given = [tree.parse(each) for each in split.given]
    roots = [root_of(each) for each in given]
    table = _table(before, roots, tree.imported())
    if table is None:
        return None
    same = _same(before, table, roots)
    places = [number for number, root in enumerate(roots) if root in same]
    plain = len(places) == 1 and isinstance(given[places[0]], ast.Name) and re.fullmatch(r"[\w.]+", split.train[places[0]]) is not None
    parts = (split.train[places[0]], split.test[places[0]]) if plain else (f"{table}_train", f"{table}_test")
    if not plain and any(tree.uses(each) for each in parts):
        return None
    move = Move(tree, split, table, parts, same)
    gone = _gather(move, before)
    if gone is None:
        return None
    if any(names_in(each.value) & (same - {table}) for each in split.statement.value.keywords):  # type: ignore[attr-defined]
        return None
    return _written(move, gone, given, places, plain=plain)


def learns(statement: ast.stmt) -> bool:
    """Whether a statement itself works something out over rows, so that what it does is known."""
    return bool(calls_of(statement, (*FITS, *STATISTICS))) or any(grouped(each) for each in calls_of(statement, ("transform",)))


def _table(before: list[ast.stmt], roots: list[str], imported: set[str]) -> str | None:
    """The table that the act reads and whose rows, or those of what was made of it, are parted."""
    fitted = {root_of(each.args[0]) for each in calls_of(before[0], FITS) if each.args}
    reads = [name for name in ordered(before[0]) if name in roots and (not fitted or name in fitted)]
    if reads:
        return reads[0]
    made = stored(before[0].targets[0]) if isinstance(before[0], ast.Assign) else set()
    sources = ordered(before[0]) if made & set(roots) else []
    assigned = {name for each in before for name in ([root_of(each.targets[0])] if isinstance(each, ast.Assign) else [])}
    called = {root_of(each.func.value) for each in calls_of(before[0], (*FITS, "transform"))} | imported  # type: ignore[attr-defined]
    free = [name for name in sources if name not in assigned - made and name not in called and (not fitted or name in fitted)]
    if free:
        return free[0]
    later = [each for each in before[1:] if isinstance(each, ast.Assign) and stored(each.targets[0]) & set(roots)]
    shared = [name for each in later for name in ordered(each) if name in set(ordered(before[0])) - called]
    return shared[0] if shared else None


def _same(before: list[ast.stmt], table: str, roots: list[str]) -> set[str]:
    """The table and what has its rows: names that are parted and made from it."""
    found = {table}
    for each in before:
        if (
            isinstance(each, ast.Assign)
            and isinstance(each.targets[0], ast.Name)
            and each.targets[0].id in roots
            and names_in(each.value) & found
        ):
            column = isinstance(each.value, ast.Subscript) and isinstance(each.value.slice, ast.Constant)
            found |= {each.targets[0].id} if not column else set()
    return found


def _gather(move: Move, before: list[ast.stmt]) -> list[ast.stmt] | None:
    """Statements that move: the act, and what reads or rewrites what it made. None where one cannot."""
    gone: list[ast.stmt] = []
    for each in before:
        target = root_of(each.targets[0]) if isinstance(each, ast.Assign) else ""
        hangs = bool(names_in(each) & move.learned) or (bool(gone) and target in move.same)
        if gone and (not hangs or _apart_from(each, gone, move)):
            if _takes_whole(each, move):
                return None  # the columns that it takes are no longer there
            continue
        if not move.add(each):
            return None
        gone.append(each)
    return gone


def _apart_from(statement: ast.stmt, gone: list[ast.stmt], move: Move) -> bool:
    """Whether a statement on the whole table has nothing to do with the columns that moved."""
    columns = all(isinstance(each, ast.Assign) and not isinstance(each.targets[0], ast.Name | ast.Attribute) for each in gone)
    touched = {word for each in gone for word in _words(each)}
    return columns and not learns(statement) and not names_in(statement) & move.learned and not touched & _words(statement)


def _takes_whole(statement: ast.stmt, move: Move) -> bool:
    """Whether a statement that stays takes whatever columns the table then has."""
    if not isinstance(statement, ast.Assign) or isinstance(statement.targets[0], ast.Subscript):
        return False
    return any(
        isinstance(each, ast.Subscript)
        and isinstance(each.value, ast.Name)
        and each.value.id == move.table
        and isinstance(each.slice, ast.Name | ast.ListComp)
        for each in ast.walk(statement.value)
    ) or f"{move.table}.columns" in ast.unparse(statement.value)


def _words(statement: ast.stmt) -> set[str]:
    return {each.value for each in ast.walk(statement) if isinstance(each, ast.Constant) and isinstance(each.value, str)}


def _written(move: Move, gone: list[ast.stmt], given: list[ast.expr], places: list[int], *, plain: bool) -> str:
    tree, split = move.tree, move.split
    words, statement = list(split.given), split.statement
    lines = list(move.lines)
    keywords = [ast.unparse(each) for each in statement.value.keywords]  # type: ignore[attr-defined]
    targets = [(a, b) for a, b in zip(split.train, split.test, strict=True)]
    if plain:
        words[places[0]] = move.table
    else:
        kept = [number for number in range(len(words)) if number not in places]
        for number in places:
            both = [ast.unparse(Renamed(dict.fromkeys(move.same, part)).visit(copy.deepcopy(given[number]))) for part in move.parts]
            lines.append(f"{', '.join(targets[number])} = {', '.join(both)}")
        words = [move.table, *(words[number] for number in kept)]
        targets = [move.parts, *(targets[number] for number in kept)]
    if any("[" in each.split("=")[0] for each in move.lines):  # columns are written: not into a view of the whole
        lines.insert(0, f"{', '.join(move.parts)} = {', '.join(f'{each}.copy()' for each in move.parts)}")
    names = ", ".join(name for pair in targets for name in pair)
    head = f"{names} = {ast.unparse(statement.value.func)}({', '.join([*words, *keywords])})"  # type: ignore[attr-defined]
    unchanged = words == list(split.given) and plain
    return tree.rewritten({**{each: [] for each in gone}, statement: [*(tree.text_of(statement) if unchanged else [head]), *lines]})
