"""The remedy as an edit of the user's own source: lines are replaced where the syntax tree says that it is safe, else there is no edit."""

from __future__ import annotations

import ast
import difflib
import re
from collections.abc import Callable
from dataclasses import dataclass

from rung.core.finding import Finding
from rung.facts.run_code import script_of
from rung.facts.run_edits_cv import into_pipeline
from rung.facts.run_edits_parts import rest_of_rows, score_test, shuffled_together, standardised_after, stop_by_validation
from rung.facts.run_edits_tree import Tree, whole_line, with_import
from rung.facts.run_edits_words import balanced, more_iterations, regressor_for_amounts, without_labels
from rung.inputs.trace import Script, Trace

SEEDLESS = re.compile(r"random_state|seed")


@dataclass(frozen=True, slots=True)
class Edit:
    """One file before and after."""

    path: str
    before: str
    after: str

    @property
    def diff(self) -> str:
        """Unified, three lines of context."""
        lines = difflib.unified_diff(self.before.splitlines(), self.after.splitlines(), f"a/{self.path}", f"b/{self.path}", lineterm="")
        return "\n".join(lines) + "\n"


def edit_of(trace: Trace, finding: Finding) -> Edit | None:
    """The edit that mends a finding, None where none is known to be safe."""
    where = finding.subject.where
    script = script_of(trace, where)
    maker = MAKERS.get(finding.code)
    if where is None or script is None or maker is None:
        return None
    line = where.line if where.cell is None or not script.cells else script.cells[where.cell - 1] + where.line - 1
    try:
        tree = Tree(script.text)
        after = maker(tree, line, finding)
        if after is None or after == script.text:
            return None
        ast.parse(after)
    except SyntaxError:
        return None
    return Edit(script.path, script.text, after)


def diff_of(trace: Trace, finding: Finding) -> str | None:
    """The edit as a unified diff."""
    edit = edit_of(trace, finding)
    return edit.diff if edit is not None else None


def _split_first(tree: Tree, line: int, _finding: Finding) -> str | None:
    """Z = step.fit_transform(X) before train_test_split(Z, ...): fitted on the training part after the split instead."""
    act = tree.assignment(line)
    call = tree.method_call(act, ("fit_transform",)) if act is not None else None
    if act is None or call is None or not isinstance(act.targets[0], ast.Name):
        return None
    made, raw = act.targets[0].id, ast.unparse(call.args[0])
    split = tree.split_of(made, line)
    if split is None:
        return None
    statement, names, place = split
    if len(names) < 2 * place + 2:
        return None
    train, test = names[2 * place], names[2 * place + 1]
    owner = call.func.value  # type: ignore[attr-defined]
    step = ast.unparse(owner) if isinstance(owner, ast.Name) else "preprocessing"
    labels = f", {names[2 * place + 2]}" if len(call.args) > 1 and len(names) > 2 * place + 2 else ""
    new = [] if isinstance(owner, ast.Name) else [f"{step} = {ast.unparse(owner)}"]
    fitted = [*new, f"{train} = {step}.fit_transform({train}{labels})", f"{test} = {step}.transform({test})"]
    pad = tree.indent(statement)
    if tree.loads(made) == tree.loads(made, within=statement) and raw.isidentifier():
        return tree.replaced({}, after={statement: [pad + each for each in fitted]}, drop=act, rename={statement: {made: raw}})
    return tree.replaced(
        {line: [] if raw == made else [f"{tree.indent(act)}{made} = {raw}"]}, after={statement: [pad + each for each in fitted]}, drop=act
    )


def _statistic(tree: Tree, line: int, _finding: Finding) -> str | None:
    """df['a'] = df['a'].fillna(df['a'].mean()) before the split: the number from the training part, after it."""
    act = tree.assignment(line)
    found = re.fullmatch(r"(\w+)\[(.+?)\] = \1\[\2\]\.fillna\(\1\[\2\]\.(\w+)\((.*?)\)\)", ast.unparse(act)) if act is not None else None
    if act is None or found is None:
        return None
    frame, column, statistic, arguments = found.groups()
    split = tree.split_of(frame, line)
    if split is None:
        return None
    statement, names, place = split
    if len(names) < 2 * place + 2:
        return None
    train, test = names[2 * place], names[2 * place + 1]
    pad = tree.indent(statement)
    lines = [
        f"fill = {train}[{column}].{statistic}({arguments})",
        *(f"{each} = {each}.assign(**{{{column}: {each}[{column}].fillna(fill)}})" for each in (train, test)),
    ]
    return tree.replaced({}, after={statement: [pad + each for each in lines]}, drop=act)


def _leak(tree: Tree, line: int, finding: Finding) -> str | None:
    return _split_first(tree, line, finding) or _statistic(tree, line, finding) or standardised_after(tree, line)


def _resample(tree: Tree, line: int, _finding: Finding) -> str | None:
    """Xr, yr = sampler.fit_resample(X, y) before the split: of the training part, after it."""
    act = tree.assignment(line)
    call = tree.method_call(act, ("fit_resample",)) if act is not None else None
    if act is None or call is None or len(call.args) != 2 or not isinstance(act.targets[0], ast.Tuple):
        return None
    made = [ast.unparse(each) for each in act.targets[0].elts]
    raw = [ast.unparse(each) for each in call.args]
    split = tree.split_of(made[0], line)
    if split is None:
        return into_pipeline(tree, act, ast.unparse(call.func.value), made, raw, "imblearn.pipeline")  # type: ignore[attr-defined]
    statement, names, _ = split
    if len(names) != 4:
        return None
    text = f"{names[0]}, {names[2]} = {ast.unparse(call.func)}({names[0]}, {names[2]})"
    renamed: dict[ast.stmt, dict[str, str]] = {statement: {a: b for a, b in zip(made, raw, strict=True) if a != b}}
    return tree.replaced({}, after={statement: [tree.indent(statement) + text]}, drop=act, rename=renamed)


def _outside(tree: Tree, line: int, _finding: Finding) -> str | None:
    act = tree.assignment(line)
    call = tree.method_call(act, ("fit_transform",)) if act is not None else None
    if act is None or call is None or not isinstance(act.targets[0], ast.Name):
        return None
    owner = ast.unparse(call.func.value)  # type: ignore[attr-defined]
    return into_pipeline(tree, act, owner, [act.targets[0].id], [ast.unparse(call.args[0])], "sklearn.pipeline")


def _refit(tree: Tree, line: int, finding: Finding) -> str | None:
    """fit_transform on rows that are scored becomes transform."""
    text = tree.lines[line - 1]
    return (
        whole_line(tree, line, text.replace(".fit_transform(", ".transform(", 1))
        if text.count(".fit_transform(") == 1 and "fitted anew" in finding.message
        else None
    )


def _metric(tree: Tree, line: int, finding: Finding) -> str | None:
    """Arguments in their order, probabilities for labels, the column of the positive class."""
    text = tree.lines[line - 1]
    if "the truth" in finding.message and "stands where" in finding.message:
        return _swapped(tree, line, finding)
    if "column 0" in finding.message:
        places = [number for number, each in enumerate(tree.lines, 1) if re.search(r"(predict_proba\(.*\)|prob\w*)\[:, 0\]", each)]
        return whole_line(tree, places[0], tree.lines[places[0] - 1].replace("[:, 0]", "[:, 1]")) if len(places) == 1 else None
    if "hard labels" in finding.message:
        return _probabilities(tree, line, text)
    if "the largest class holds" in finding.message:
        return balanced(tree, line)
    return None


def _swapped(tree: Tree, line: int, finding: Finding) -> str | None:
    name = finding.subject.names[0] if finding.subject.names else ""
    call = tree.call(line, name)
    if call is None or len(call.args) < 2:
        return None
    if all(isinstance(each, ast.Name) for each in call.args[:2]) and tree.inside_function(call):
        return None  # the caller may have exchanged them
    first, second = tree.span(call.args[0]), tree.span(call.args[1])
    if first is None or second is None:
        return None
    text = tree.lines[line - 1]
    return whole_line(
        tree,
        line,
        text[: first[0]] + text[second[0] : second[1]] + text[first[1] : second[0]] + text[first[0] : first[1]] + text[second[1] :],
    )


def _probabilities(tree: Tree, line: int, text: str) -> str | None:
    inline = re.search(r"\.predict\(([^()]*)\)", text)
    if inline is not None:
        return whole_line(tree, line, text[: inline.start()] + f".predict_proba({inline.group(1)})[:, 1]" + text[inline.end() :])
    called = [
        each
        for each in ast.walk(tree.root)
        if isinstance(each, ast.Call) and each.lineno == line and len(each.args) > 1 and isinstance(each.args[1], ast.Name)
    ]
    name = called[0].args[1].id if called else ""  # type: ignore[attr-defined]
    made = [each for each in tree.assigned(name) if each.lineno < line]
    used = [each for each in ast.walk(tree.root) if isinstance(each, ast.Name) and each.id == name and isinstance(each.ctx, ast.Load)]
    found = re.search(r"\.predict\(([^()]*)\)\s*$", tree.lines[made[-1].lineno - 1]) if made and len(used) == 1 else None
    if found is None:
        return None
    old = tree.lines[made[-1].lineno - 1]
    return whole_line(tree, made[-1].lineno, old[: found.start()] + f".predict_proba({found.group(1)})[:, 1]")


def _seed(tree: Tree, line: int, finding: Finding) -> str | None:
    """random_state=0 for the call that draws, or where its estimator is made."""
    name = finding.subject.names[0] if finding.subject.names else ""
    generators = [each for each in ast.walk(tree.root) if isinstance(each, ast.Call) and tree.name(each) in ("default_rng", "RandomState")]
    if generators and name not in ("train_test_split", "default_rng") and not name[:1].isupper():
        name, line = tree.name(generators[0]), generators[0].lineno
    call = tree.call(line, name) or next(
        (each for each in ast.walk(tree.root) if isinstance(each, ast.Call) and tree.name(each) == name), None
    )
    if (
        call is None
        or any(each.arg and SEEDLESS.search(each.arg) for each in call.keywords)
        or call.end_lineno is None
        or call.end_col_offset is None
    ):
        return None
    text = tree.lines[call.end_lineno - 1]
    before = text.encode()[: call.end_col_offset - 1].decode()
    word = ("" if before.rstrip().endswith(("(", ",")) else ", ") + (
        "0" if name in ("default_rng", "RandomState") else "seed=0" if name == "permutation" else "random_state=0"
    )
    return whole_line(tree, call.end_lineno, before + word + text[len(before) :])


def _backwards(tree: Tree, line: int, _finding: Finding) -> str | None:
    """shift(-k) becomes shift(k); a window around the middle ends before the row."""
    text = tree.lines[line - 1]
    shifted = re.sub(r"\.shift\(-(\d+)\)", r".shift(\1)", text)
    centred = re.sub(r"\.rolling\((.*?),\s*center=True\)", r".shift(1).rolling(\1)", text)
    return whole_line(tree, line, shifted if shifted != text else centred)


def _without_target(tree: Tree, line: int, finding: Finding) -> str | None:
    """The features without the target."""
    act = tree.assignment(line)
    if act is None or "itself is among the features" not in finding.message or act.end_lineno is None or act.value.end_col_offset is None:
        return None
    text = tree.lines[act.end_lineno - 1].encode()
    end = act.value.end_col_offset
    return whole_line(tree, act.end_lineno, (text[:end] + f".drop(columns=[{finding.subject.names[0]!r}])".encode() + text[end:]).decode())


def _scaled(tree: Tree, line: int, finding: Finding) -> str | None:
    """The estimator behind a scaler, where it is made in one place."""
    name = finding.subject.detail.split(" ")[0]
    made = [each for each in ast.walk(tree.root) if isinstance(each, ast.Call) and tree.name(each) == name and each.lineno <= line]
    span = tree.span(made[0]) if len(made) == 1 else None
    if span is None:
        return None
    text = tree.lines[made[0].lineno - 1]
    text = f"{text[: span[0]]}make_pipeline(StandardScaler(), {text[span[0] : span[1]]}){text[span[1] :]}"
    return with_import(
        with_import(whole_line(tree, made[0].lineno, text), "sklearn.preprocessing", "StandardScaler"), "sklearn.pipeline", "make_pipeline"
    )


MAKERS: dict[str, Callable[[Tree, int, Finding], str | None]] = {
    "P101": _leak, "P102": _outside, "P103": _resample, "P201": _refit, "P401": _seed, "E104": _metric, "D302": _backwards,
    "D301": _without_target, "P202": _scaled,
    "D112": lambda tree, line, _: without_labels(tree, line), "D202": lambda tree, line, _: shuffled_together(tree, line),
    "D304": lambda tree, line, _: rest_of_rows(tree, line), "E101": lambda tree, line, finding: score_test(tree, line, finding.message),
    "E103": lambda tree, line, _: stop_by_validation(tree, line),
    "M102": lambda tree, _line, finding: regressor_for_amounts(tree, finding.subject.names[0]),
    "M204": lambda tree, line, finding: more_iterations(tree, line, finding.subject.names[0]),
}  # fmt: skip

__all__ = ["Edit", "Script", "diff_of", "edit_of"]
