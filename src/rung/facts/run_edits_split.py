"""Edits of the split itself: whole groups on one side, the past before the future, slices that meet."""

from __future__ import annotations

import ast
import re

from rung.facts.run_edits_names import root_of
from rung.facts.run_edits_parts import Parted, parted
from rung.facts.run_edits_tree import Tree, whole_line, with_import

FOLDS = ("KFold", "StratifiedKFold", "RepeatedKFold", "RepeatedStratifiedKFold")
ONCE = ("ShuffleSplit", "StratifiedShuffleSplit")
CROSS = ("cross_val_score", "cross_validate", "cross_val_predict")


def groups_apart(tree: Tree, line: int, column: str) -> str | None:
    """Rows of one entity stay on one side: GroupShuffleSplit for one split, GroupKFold for folds."""
    frame = _with_column(tree, line, column)
    if frame is None:
        return None
    groups = f'{frame}["{column}"]'
    for split in parted(tree):
        if split.statement.lineno <= line <= (split.statement.end_lineno or 0):
            return _split_by_groups(tree, split, groups)
    folds = _maker(tree, line, (*FOLDS, *ONCE))
    return None if folds is None else _folds_by_groups(tree, line, folds, groups)


def copies_together(tree: Tree, line: int) -> str | None:
    """Rows that a merge repeats stay on one side of the split: the key is the group."""
    act = tree.assignment(line)
    call = (
        next((each for each in ast.walk(act) if isinstance(each, ast.Call) and tree.name(each) == "merge"), None)
        if act is not None
        else None
    )
    key = next((each.value for each in call.keywords if each.arg == "on"), None) if call is not None else None
    split = next((each for each in parted(tree) if each.statement.lineno > line), None)
    plain = act is not None and isinstance(act.targets[0], ast.Name) and isinstance(key, ast.Constant)
    return (
        _split_by_groups(tree, split, f'{ast.unparse(act.targets[0])}["{key.value}"]')
        if plain and split is not None and act is not None and isinstance(key, ast.Constant)
        else None
    )


def _with_column(tree: Tree, line: int, column: str) -> str | None:
    """A frame that has the column and is known at a line."""
    function = tree.function_at(line)
    found: dict[str, int] = {}
    for each in ast.walk(tree.root):
        if isinstance(each, ast.Constant) and each.value == column and each.lineno <= line:
            statement = tree.statement(each.lineno)
            for name in _frames(statement) if statement is not None else ():
                found[name] = each.lineno
    known = {root_of(one) for each in ast.walk(function or tree.root) if isinstance(each, ast.Assign) for one in each.targets}
    known |= {each.arg for each in function.args.args} if isinstance(function, ast.FunctionDef) else set()
    usable = [name for name in found if name.partition(".")[0] in known or name.startswith("self.")]
    taken = {
        root_of(each.targets[0])
        for each in tree.statements()
        if isinstance(each, ast.Assign)
        and re.search(rf"drop\(.*{re.escape(column)}", ast.unparse(each))
        and root_of(each.targets[0]) == root_of(each.value)
    }
    usable = [name for name in usable if name not in taken]
    return usable[-1] if usable else None


def _frames(statement: ast.stmt) -> list[str]:
    """Names that columns are taken of, or left out of, in a statement."""
    found = [each.value for each in ast.walk(statement) if isinstance(each, ast.Subscript)]
    found += [
        each.func.value
        for each in ast.walk(statement)
        if isinstance(each, ast.Call) and isinstance(each.func, ast.Attribute) and each.func.attr == "drop"
    ]
    return [
        ast.unparse(each)
        for each in found
        if isinstance(each, ast.Name) or (isinstance(each, ast.Attribute) and isinstance(each.value, ast.Name))
    ]


def _split_by_groups(tree: Tree, split: Parted, groups: str) -> str:
    call = split.statement.value
    words = {each.arg: ast.unparse(each.value) for each in call.keywords if each.arg in ("test_size", "train_size", "random_state")}  # type: ignore[attr-defined]
    given = ", ".join(["n_splits=1", *(f"{name}={value}" for name, value in words.items())])
    rows = ("train_rows", "test_rows")
    lines = [f"{', '.join(rows)} = next(GroupShuffleSplit({given}).split({split.given[0]}, groups={groups}))"]
    for each, pair in zip(split.given, zip(split.train, split.test, strict=True), strict=True):
        taken = ".iloc" if is_frame(tree, each) else ""
        lines.append(f"{', '.join(pair)} = {', '.join(f'{each}{taken}[{row}]' for row in rows)}")
    return with_import(tree.rewritten({split.statement: lines}), "sklearn.model_selection", "GroupShuffleSplit")


def is_frame(tree: Tree, text: str) -> bool:
    """Whether the rows of an expression are taken by .iloc, as far as the source tells."""
    if re.search(r"\.(to_numpy\(\)|values)$", text):
        return False
    if text.isidentifier() and re.search(rf"\b{text}(\[[\"']|\.(loc|iloc|groupby|columns|drop|merge|assign|sort_values|pop)\b)", tree.text):
        return True
    root = text
    for _ in range(10):
        name = root_of(tree.parse(root)) or root
        made = [each for each in tree.assigned(name) if root_of(each.value) != name]
        if not made:
            break
        root = ast.unparse(made[-1].value)
        if re.search(r"\.(to_numpy\(\)|values)$", root):
            return False
    return bool(re.search(r"as_frame=True|\bpd\.|read_csv|DataFrame", root)) or "[" in text


def _maker(tree: Tree, line: int, kinds: tuple[str, ...]) -> ast.Call | None:
    """The folds that a line uses: made there, or the one above under the name that is handed over."""
    function = tree.function_at(line)
    made = [
        each for each in ast.walk(function or tree.root) if isinstance(each, ast.Call) and tree.name(each) in kinds and each.lineno <= line
    ]
    statement = tree.statement(line)
    last = (statement.end_lineno if statement is not None else None) or line
    made += [
        each
        for each in ast.walk(function or tree.root)
        if isinstance(each, ast.Call) and tree.name(each) in kinds and line < each.lineno <= last
    ]
    return made[0] if len(made) == 1 and made[0].lineno == made[0].end_lineno else None


def _in_place(tree: Tree, call: ast.Call, text: str) -> Tree | None:
    span = tree.span(call)
    if span is None:
        return None
    line = tree.lines[call.lineno - 1]
    return Tree(whole_line(tree, call.lineno, line[: span[0]] + text + line[span[1] :]))


def _folds_by_groups(tree: Tree, line: int, folds: ast.Call, groups: str) -> str | None:
    once = tree.name(folds) in ONCE
    words = [
        ast.unparse(each)
        for each in (*folds.args, *folds.keywords)
        if once or getattr(each, "arg", None) not in ("shuffle", "random_state", "n_repeats")
    ]
    kind = "GroupShuffleSplit" if once else "GroupKFold"
    changed = _in_place(tree, folds, f"{kind}({', '.join(words)})")
    if changed is None:
        return None
    users = [
        each
        for each in ast.walk(changed.function_at(line) or changed.root)
        if isinstance(each, ast.Call) and changed.name(each) in (*CROSS, "split") and each.lineno >= folds.lineno and each.args
    ]
    if (
        len(users) != 1
        or users[0].end_lineno is None
        or users[0].end_col_offset is None
        or any(each.arg == "groups" for each in users[0].keywords)
    ):
        return None
    text = changed.lines[users[0].end_lineno - 1].encode()
    end = users[0].end_col_offset - 1
    text = text[:end] + f", groups={groups}".encode() + text[end:]
    return with_import(whole_line(changed, users[0].end_lineno, text.decode()), "sklearn.model_selection", kind)


def past_first(tree: Tree, line: int, column: str) -> str | None:
    """The last rows in time are held back; folds train on the past of what they score."""
    for split in parted(tree):
        if split.statement.lineno <= line <= (split.statement.end_lineno or 0):
            return _split_by_time(tree, split, column)
    folds = _maker(tree, line, FOLDS)
    if folds is None:
        return None
    number = next(
        (ast.unparse(each.value) for each in folds.keywords if each.arg == "n_splits"), ast.unparse(folds.args[0]) if folds.args else "5"
    )
    changed = _in_place(tree, folds, f"TimeSeriesSplit(n_splits={number})")
    return None if changed is None else with_import(changed.text, "sklearn.model_selection", "TimeSeriesSplit")


def _split_by_time(tree: Tree, split: Parted, column: str) -> str | None:
    call = split.statement.value
    assert isinstance(call, ast.Call)
    words = [ast.unparse(each) for each in call.keywords if each.arg in ("test_size", "train_size")]
    targets = ", ".join(name for pair in zip(split.train, split.test, strict=True) for name in pair)
    lines = [f"{targets} = {ast.unparse(call.func)}({', '.join([*split.given, *words, 'shuffle=False'])})"]
    frame = split.given[0] if len(split.given) == 1 and split.given[0].isidentifier() else None
    if frame is not None and column and is_frame(tree, frame) and re.search(rf"['\"]{re.escape(column)}['\"]", tree.text):
        lines.insert(0, f'{frame} = {frame}.sort_values("{column}")')
    return tree.rewritten({split.statement: lines})


def slices_meet(tree: Tree) -> str | None:
    """A test part that begins before the training part ends begins where it ends."""
    parts = [each for statement in tree.statements() if isinstance(statement, ast.Assign) for each in _slices(statement.value)]
    ends = {ast.unparse(each.value): ast.unparse(part.upper) for each, part in parts if part.lower is None and part.upper is not None}
    starts = [
        (each, part.lower) for each, part in parts if part.lower is not None and part.upper is None and ast.unparse(each.value) in ends
    ]
    if not starts or len(set(ends.values())) != 1:
        return None
    lines = list(tree.lines)
    for each, lower in sorted(starts, key=lambda pair: -pair[0].col_offset):
        span = tree.span(lower)
        if span is None:
            return None
        text = lines[each.lineno - 1]
        lines[each.lineno - 1] = text[: span[0]] + ends[ast.unparse(each.value)] + text[span[1] :]
    return "\n".join(lines) + "\n"


def _slices(value: ast.expr) -> list[tuple[ast.Subscript, ast.Slice]]:
    """Slices that a value is, or is a tuple of."""
    found = value.elts if isinstance(value, ast.Tuple) else [value]
    return [(each, each.slice) for each in found if isinstance(each, ast.Subscript) and isinstance(each.slice, ast.Slice)]


def heads_meet(tree: Tree) -> str | None:
    """train = frame.head(n); test = frame.tail(m): the test part becomes the rows behind the first n."""
    found = {}
    for each in tree.statements():
        call = each.value if isinstance(each, ast.Assign) else None
        if (
            isinstance(call, ast.Call)
            and isinstance(call.func, ast.Attribute)
            and call.func.attr in ("head", "tail")
            and len(call.args) == 1
        ):
            found[call.func.attr] = (each, ast.unparse(call.func.value), ast.unparse(call.args[0]))
    if set(found) != {"head", "tail"} or found["head"][1] != found["tail"][1]:
        return None
    statement, frame, number = found["tail"][0], found["tail"][1], found["head"][2]
    behind = f"{frame}.slice({number})" if "import polars" in tree.text else f"{frame}.iloc[{number}:]"
    return tree.rewritten({statement: [f"{ast.unparse(statement.targets[0])} = {behind}"]})
