"""Edits that change which rows a line works on: the part that is scored, a part to stop by, rows drawn once, rows and labels drawn together."""

from __future__ import annotations

import ast
import itertools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from rung.facts.run_edits_tree import Tree, whole_line


@dataclass(frozen=True, slots=True)
class Parted:
    """A `train_test_split`: what it was given and the names of both parts of each."""

    statement: ast.Assign
    given: tuple[str, ...]
    train: tuple[str, ...]
    test: tuple[str, ...]

    @property
    def to_test(self) -> dict[str, str]:
        """Training name -> test name."""
        return dict(zip(self.train, self.test, strict=True))


def parted(tree: Tree) -> Iterator[Parted]:
    """Every split with a name for each part."""
    for each in ast.walk(tree.root):
        if isinstance(each, ast.Assign) and isinstance(each.value, ast.Call) and tree.name(each.value) == "train_test_split":
            given, target = [ast.unparse(one) for one in each.value.args], each.targets[0]
            names = [ast.unparse(one) for one in target.elts] if isinstance(target, ast.Tuple) else []
            if given and len(names) == 2 * len(given):
                yield Parted(each, tuple(given), tuple(names[::2]), tuple(names[1::2]))


def score_test(tree: Tree, line: int, message: str) -> str | None:
    """The score of the training part becomes that of the test part; a fit on all rows becomes one on the training part."""
    for split in parted(tree):
        if split.statement.lineno >= line or tree.function_at(line) is not tree.function_at(split.statement.lineno):
            continue
        if "was given all rows" in message:
            return _fit_train(tree, line, split)
        names = split.to_test
        lines = {line, *_guesses(tree, line, split)}
        after = "\n".join(_renamed(text, names) if number in lines else text for number, text in enumerate(tree.lines, 1)) + "\n"
        if len(split.given) > 1 and after != tree.text and not set(names) & _words(after.splitlines()[line - 1], names):
            return after
    return None


def _fit_train(tree: Tree, line: int, split: Parted) -> str | None:
    call = tree.call(line, "fit")
    if call is None or tuple(ast.unparse(each) for each in call.args) != split.given[:2] or call.end_lineno != call.lineno:
        return None
    text = tree.lines[line - 1]
    spans = [tree.span(each) for each in call.args]
    for span, name in reversed(list(zip(spans, split.train, strict=False))):
        if span is None:
            return None
        text = text[: span[0]] + name + text[span[1] :]
    return whole_line(tree, line, text)


def _guesses(tree: Tree, line: int, split: Parted) -> set[int]:
    """Lines of predictions on the training part that only the scoring line reads."""
    statement = tree.statement(line)
    read = {each.id for each in ast.walk(statement) if isinstance(each, ast.Name)} if statement is not None else set()
    found = set()
    for name in read:
        for each in tree.assigned(name):
            text = ast.unparse(each.value)
            if (
                each.lineno < line
                and ".predict" in text
                and _words(text, split.to_test)
                and tree.loads(name) == tree.loads(name, within=statement)
            ):
                found.add(each.lineno)
    return found


def _words(text: str, names: Mapping[str, str]) -> set[str]:
    return {each for each in names if re.search(rf"(?<![\w.]){re.escape(each)}\b", text)}


def _renamed(text: str, names: Mapping[str, str]) -> str:
    for old, new in names.items():
        text = re.sub(rf"(?<![\w.]){re.escape(old)}\b", new, text)
    return text


def stop_by_validation(tree: Tree, line: int) -> str | None:
    """eval_set=[(X_test, y_test)]: rows to stop by are taken from the training part instead."""
    statement = tree.statement(line)
    fresh = ("X_fit", "X_valid", "y_fit", "y_valid")
    if statement is None or "eval_set" not in ast.unparse(statement) or any(re.search(rf"\b{each}\b", tree.text) for each in fresh):
        return None
    for split in parted(tree):
        used = _words(ast.unparse(statement), {**split.to_test, **dict.fromkeys(split.test, "")})
        if len(split.given) != 2 or not set(split.train) <= used or not set(split.test) <= used:
            continue
        names = dict(zip((*split.train, *split.test), ("X_fit", "y_fit", "X_valid", "y_valid"), strict=True))
        new = f"{', '.join(fresh)} = train_test_split({', '.join(split.train)}, test_size=0.2, random_state=0)"
        inside = range(statement.lineno, (statement.end_lineno or statement.lineno) + 1)
        lines = [_renamed(text, names) if number in inside else text for number, text in enumerate(tree.lines, 1)]
        return "\n".join([*lines[: statement.lineno - 1], tree.indent(statement) + new, *lines[statement.lineno - 1 :]]) + "\n"
    return None


def rest_of_rows(tree: Tree, line: int) -> str | None:
    """train = F.sample(...); test = F.sample(...): the test part becomes what the training part left."""
    drawn = [
        each
        for each in ast.walk(tree.root)
        if isinstance(each, ast.Assign)
        and isinstance(each.targets[0], ast.Name)
        and isinstance(each.value, ast.Call)
        and isinstance(each.value.func, ast.Attribute)
        and each.value.func.attr == "sample"
        and each.lineno == each.end_lineno
    ]
    drawn.sort(key=lambda each: each.lineno)
    for first, second in itertools.pairwise(drawn):
        frames = [ast.unparse(each.value.func.value) for each in (first, second)]  # type: ignore[attr-defined]
        if frames[0] == frames[1] and line in (first.lineno, second.lineno):
            names = [each.targets[0].id for each in (first, second)]  # type: ignore[attr-defined]
            return whole_line(tree, second.lineno, f"{tree.indent(second)}{names[1]} = {frames[0]}.drop({names[0]}.index)")
    return None


def shuffled_together(tree: Tree, line: int) -> str | None:
    """X = shuffle(X): the labels are drawn along."""
    act = tree.assignment(line)
    if act is None or not isinstance(act.targets[0], ast.Name) or not isinstance(act.value, ast.Call) or len(act.value.args) != 1:
        return None
    x, given, name = act.targets[0].id, ast.unparse(act.value.args[0]), tree.name(act.value)
    y = _labels_of(tree, x, act.lineno)
    if y is None or given != x or act.lineno != act.end_lineno or not any(each.lineno < act.lineno for each in tree.assigned(y)):
        return None
    pad = tree.indent(act)
    if name == "shuffle":
        rest = "".join(f", {ast.unparse(each)}" for each in act.value.keywords)
        return whole_line(tree, line, f"{pad}{x}, {y} = {ast.unparse(act.value.func)}({x}, {y}{rest})")
    if name == "permutation" and not act.value.keywords and not re.search(r"\border\b", tree.text):
        new = [f"{pad}order = {ast.unparse(act.value.func)}(len({x}))", f"{pad}{x}, {y} = {x}[order], {y}[order]"]
        return "\n".join([*tree.lines[: line - 1], *new, *tree.lines[line:]]) + "\n"
    return None


def _labels_of(tree: Tree, x: str, line: int) -> str | None:
    """The name that stands beside X in the first split or fit after a line."""
    calls = sorted(
        (each for each in ast.walk(tree.root) if isinstance(each, ast.Call) and each.lineno > line), key=lambda each: each.lineno
    )
    for each in calls:
        if tree.name(each) in ("fit", "train_test_split") and len(each.args) >= 2:
            roots = [_root(one) for one in each.args[:2]]
            if roots[0] == x:
                return roots[1]
    return None


def _root(node: ast.expr) -> str | None:
    while isinstance(node, ast.Subscript):
        node = node.value
    return node.id if isinstance(node, ast.Name) else None


def standardised_after(tree: Tree, line: int) -> str | None:
    """X = (X - X.mean()) / X.std() before the split: by the numbers of the training part, after it."""
    act = tree.assignment(line)
    found = re.fullmatch(r"(\w+) = \(\1 - \1\.mean\((.*?)\)\) / \1\.std\((.*?)\)", ast.unparse(act)) if act is not None else None
    split = tree.split_of(found[1], line) if found is not None else None
    if act is None or found is None or split is None or re.search(r"\b(mean|std) =", tree.text):
        return None
    statement, names, place = split
    if len(names) < 2 * place + 2 or tree.loads(found[1]) != tree.loads(found[1], within=statement) + tree.loads(found[1], within=act):
        return None
    train, test = names[2 * place], names[2 * place + 1]
    new = [
        f"mean, std = {train}.mean({found[2]}), {train}.std({found[3]})",
        f"{train}, {test} = ({train} - mean) / std, ({test} - mean) / std",
    ]
    return tree.replaced({}, after={statement: [tree.indent(statement) + each for each in new]}, drop=act)
