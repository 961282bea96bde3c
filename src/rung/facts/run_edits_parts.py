"""Edits that change which rows a line works on: the part that is scored, a part to stop by, rows drawn once, rows and labels drawn together."""

from __future__ import annotations

import ast
import itertools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from rung.facts.run_edits_tree import Tree, whole_line, with_import


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
        if "was given all rows" in message:
            found = _fit_train(tree, split)
            if found is not None:
                return found
            continue
        shared = all(each.startswith("self.") for each in split.train)  # attributes reach over methods
        if not shared and (split.statement.lineno >= line or tree.function_at(line) is not tree.function_at(split.statement.lineno)):
            continue
        names = split.to_test
        lines = {line, *_guesses(tree, line, split)}
        after = "\n".join(_renamed(text, names) if number in lines else text for number, text in enumerate(tree.lines, 1)) + "\n"
        if after != tree.text and not set(names) & _words(after.splitlines()[line - 1], names):
            return after
    return None


def _fit_train(tree: Tree, split: Parted) -> str | None:
    """The one call behind the split, by whatever name it goes, that is handed both tables whole gets their training parts."""
    calls = [
        each
        for each in ast.walk(tree.root)
        if isinstance(each, ast.Call)
        and each.lineno > split.statement.lineno
        and len(split.given) > 1
        and tuple(map(ast.unparse, each.args[:2])) == split.given[:2]
    ]
    if len(calls) != 1 or calls[0].end_lineno != calls[0].lineno:
        return None
    text = tree.lines[calls[0].lineno - 1]
    spans = [tree.span(each) for each in calls[0].args[:2]]
    for span, name in reversed(list(zip(spans, split.train, strict=False))):
        if span is None:
            return None
        text = text[: span[0]] + name + text[span[1] :]
    return whole_line(tree, calls[0].lineno, text)


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


def split_and_score(tree: Tree, line: int) -> str | None:
    """model.fit(X, y) and a score of the same rows, with no split at all: a part is held back and scored."""
    fits = [each for each in ast.walk(tree.root) if isinstance(each, ast.Call) and tree.name(each) == "fit" and len(each.args) == 2]
    names = [each.id for each in fits[0].args if isinstance(each, ast.Name)] if len(fits) == 1 else []
    statement, scored = (tree.statement(fits[0].lineno) if fits else None), tree.statement(line)
    fresh = {name: (f"{name}_train", f"{name}_test") for name in names}
    if any(parted(tree)) or len(names) != 2 or statement is None or scored is None or scored.lineno <= statement.lineno:
        return None
    if any(tree.uses(each) for pair in fresh.values() for each in pair) or tree.function_at(line) is not tree.function_at(statement.lineno):
        return None
    new = f"{', '.join(each for name in names for each in fresh[name])} = train_test_split({', '.join(names)}, test_size=0.25, random_state=0)"
    own = range(statement.lineno, (statement.end_lineno or 0) + 1)
    lines = []
    for number, text in enumerate(tree.lines, 1):
        part = 0 if number in own else 1
        lines += [tree.indent(statement) + new] if number == statement.lineno else []
        later = number >= statement.lineno
        lines.append(_renamed(text, {name: fresh[name][part] for name in names}) if later else text)
    return with_import("\n".join(lines) + "\n", "sklearn.model_selection", "train_test_split")


def choose_by_folds(tree: Tree, line: int) -> str | None:
    """score = model.score(X_test, y_test) in a loop over settings: the score of folds of the training rows instead."""
    loops = [
        each
        for each in ast.walk(tree.root)
        if isinstance(each, ast.For | ast.ListComp | ast.DictComp) and each.lineno <= line <= (each.end_lineno or 0)
    ]
    for split in parted(tree) if loops else ():
        statement, to_train = tree.statement(line), {test: train for train, test in split.to_test.items()}
        for call in ast.walk(statement) if statement is not None else ():
            if not isinstance(call, ast.Call) or len(call.args) < 2 or tree.span(call) is None or len(split.given) != 2:
                continue
            rows = [_renamed(ast.unparse(each), to_train) for each in call.args[:2]]
            if tree.name(call) == "score" and isinstance(call.func, ast.Attribute) and ast.unparse(call.args[1]) == split.test[1]:
                new, name = f"cross_val_score({ast.unparse(call.func.value)}, {rows[0]}, {rows[1]}, cv=5).mean()", "cross_val_score"
            elif (found := re.fullmatch(rf"(\w+)\.predict\((.*{re.escape(split.test[0])}.*)\)", ast.unparse(call.args[1]))) and ast.unparse(
                call.args[0]
            ) == split.test[1]:
                given = f"cross_val_predict({found[1]}, {_renamed(found[2], to_train)}, {split.train[1]}, cv=5)"
                new, name = f"{ast.unparse(call.func)}({split.train[1]}, {given})", "cross_val_predict"
            else:
                continue
            span, text = tree.span(call) or (0, 0), tree.lines[call.lineno - 1]
            return with_import(whole_line(tree, call.lineno, text[: span[0]] + new + text[span[1] :]), "sklearn.model_selection", name)
    return None


def threshold_by_folds(tree: Tree, line: int) -> str | None:
    """t = choose(y_test, scores): chosen on scores of the training rows that folds gave instead."""
    for split in parted(tree):
        if len(split.given) != 2:
            continue
        for call in (
            each
            for each in ast.walk(tree.root)
            if isinstance(each, ast.Call) and len(each.args) >= 2 and each.lineno > split.statement.lineno
        ):
            statement, guess = tree.statement(call.lineno), call.args[1]
            if not isinstance(statement, ast.Assign) or ast.unparse(call.args[0]) != split.test[1] or not isinstance(guess, ast.Name):
                continue
            function = next(
                (each for each in ast.walk(tree.root) if isinstance(each, ast.FunctionDef) and each.name == tree.name(call)), None
            )
            inside = function is not None and function.lineno <= line <= (function.end_lineno or 0)
            if not inside and not statement.lineno <= line <= (statement.end_lineno or 0):
                continue
            made = [each for each in tree.assigned(guess.id) if each.lineno < call.lineno]
            found = (
                re.fullmatch(rf"(\w+)\.(predict_proba|decision_function)\({re.escape(split.test[0])}\)(.*)", ast.unparse(made[-1].value))
                if made
                else None
            )
            if found is None:
                return None
            new = (
                f'scores_by_folds = cross_val_predict({found[1]}, {split.train[0]}, {split.train[1]}, cv=5, method="{found[2]}"){found[3]}'
            )
            words = [
                split.train[1],
                "scores_by_folds",
                *(ast.unparse(each) for each in call.args[2:]),
                *(ast.unparse(each) for each in call.keywords),
            ]
            text = ast.unparse(statement).replace(ast.unparse(call), f"{ast.unparse(call.func)}({', '.join(words)})")
            return with_import(tree.rewritten({statement: [new, text]}), "sklearn.model_selection", "cross_val_predict")
    return None
