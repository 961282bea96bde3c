"""The remedy as an edit of the user's own source: lines are replaced where the syntax tree says that it is safe, else there is no edit."""

from __future__ import annotations

import ast
import difflib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from rung.core.finding import Finding
from rung.facts.run_code import script_of
from rung.facts.run_edits_columns import in_their_order, labels_kept, left_as_it_is, without_column
from rung.facts.run_edits_cv import as_step, into_pipeline, own_folds, search_pipeline
from rung.facts.run_edits_drawn import encoded_out_of_fold, from_drawn_rows
from rung.facts.run_edits_inline import inlined
from rung.facts.run_edits_metric import metric_mended
from rung.facts.run_edits_move import behind_split
from rung.facts.run_edits_parts import (
    choose_by_folds,
    parted,
    rest_of_rows,
    score_test,
    shuffled_together,
    split_and_score,
    stop_by_validation,
    threshold_by_folds,
)
from rung.facts.run_edits_resample import more_of_training
from rung.facts.run_edits_rows import from_training_rows
from rung.facts.run_edits_split import copies_together, groups_apart, heads_meet, past_first, slices_meet
from rung.facts.run_edits_tree import Tree, whole_line, with_import, without_magics
from rung.facts.run_edits_words import (
    classifier_for_classes,
    more_iterations,
    regressor_for_amounts,
    without_labels,
)
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
        places = [(script, line), *_users(trace, script, line)]
    except SyntaxError:
        return None
    return next((edit for each, number in places if (edit := _edited(each, number, finding, maker)) is not None), None)


def _users(trace: Trace, script: Script, line: int) -> Iterator[tuple[Script, int]]:
    """Calls of the user's own transformer, where the line is in its method of this name."""
    name = getattr(Tree(script.text).function_at(line), "name", "")
    for each in trace.scripts if name in ("fit", "fit_transform") else ():
        tree = Tree(each.text)
        for call in (node for node in ast.walk(tree.root) if isinstance(node, ast.Call) and tree.name(node) == name):
            if getattr(tree.function_at(call.lineno), "name", "") != name:
                yield each, call.lineno


def _edited(script: Script, line: int, finding: Finding, maker: Callable[[Tree, int, Finding], str | None]) -> Edit | None:
    try:
        tree = Tree(script.text)
        after = maker(tree, line, finding)
        if after is None or after == script.text:
            return None
        ast.parse(without_magics(after))
    except SyntaxError:
        return None
    return Edit(script.path, script.text, after)


def diff_of(trace: Trace, finding: Finding) -> str | None:
    """The edit as a unified diff."""
    edit = edit_of(trace, finding)
    return edit.diff if edit is not None else None


def _leak(tree: Tree, line: int, _finding: Finding) -> str | None:
    found = _all_fitted(tree, line) or behind_split(tree, line) or from_drawn_rows(tree, line) or from_training_rows(tree, line)
    within = inlined(tree, line) if found is None else None
    return found if within is None else behind_split(*within) or from_training_rows(*within)


def _encoded(tree: Tree, line: int, finding: Finding) -> str | None:
    """Encodings from the training rows; the encoder's own folds where it encoded the rows that it was fitted on."""
    own = own_folds(tree) if "its own label" in finding.message else None
    return own or encoded_out_of_fold(tree, line) or _leak(tree, line, finding)


def _all_fitted(tree: Tree, line: int) -> str | None:
    """step.fit(concat of both parts) becomes step.fit(the training part)."""
    statement = tree.statement(line)
    calls = (
        [
            each
            for each in ast.walk(statement)
            if isinstance(each, ast.Call) and tree.name(each) in ("concat", "vstack", "concatenate", "append")
        ]
        if statement is not None
        else []
    )
    parts = calls[0].args[0].elts if len(calls) == 1 and calls[0].args and isinstance(calls[0].args[0], ast.List | ast.Tuple) else []
    first = [name for each in parted(tree) for name in each.train if name in map(ast.unparse, parts)]
    span = tree.span(calls[0]) if calls else None
    if len(first) != 1 or span is None or ".fit" not in ast.unparse(statement or ast.Pass()):
        return None
    text = tree.lines[calls[0].lineno - 1]
    return whole_line(tree, calls[0].lineno, text[: span[0]] + first[0] + text[span[1] :])


def _resample(tree: Tree, line: int, _finding: Finding) -> str | None:
    """Of the training part, after the split; inside the folds, where there is no split."""
    act = tree.assignment(line)
    call = tree.method_call(act, ("fit_resample",)) if act is not None else None
    found = more_of_training(tree, line)
    if found is not None or act is None or call is None or len(call.args) != 2 or not isinstance(act.targets[0], ast.Tuple):
        return found
    made = [ast.unparse(each) for each in act.targets[0].elts]
    return into_pipeline(tree, act, ast.unparse(call.func.value), made, [ast.unparse(each) for each in call.args], "imblearn.pipeline")  # type: ignore[attr-defined]


def _outside(tree: Tree, line: int, _finding: Finding) -> str | None:
    act = tree.assignment(line)
    call = tree.method_call(act, ("fit_transform",)) if act is not None else None
    if act is None or call is None or not isinstance(act.targets[0], ast.Name):
        return as_step(tree, act) or from_drawn_rows(tree, line) or from_training_rows(tree, line)
    owner = ast.unparse(call.func.value)  # type: ignore[attr-defined]
    piped = into_pipeline(tree, act, owner, [act.targets[0].id], [ast.unparse(call.args[0])], "sklearn.pipeline")
    searched = None if piped else search_pipeline(tree, act, owner, act.targets[0].id, ast.unparse(call.args[0]))
    return piped or searched or from_drawn_rows(tree, line) or from_training_rows(tree, line)


def _refit(tree: Tree, line: int, finding: Finding) -> str | None:
    """fit_transform on rows that are scored becomes transform."""
    text = tree.lines[line - 1]
    return (
        whole_line(tree, line, text.replace(".fit_transform(", ".transform(", 1))
        if text.count(".fit_transform(") == 1 and "fitted anew" in finding.message
        else None
    )


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


def _backwards(tree: Tree, line: int) -> str | None:
    """shift(-k) becomes shift(k); a window around the middle ends before the row. On the one such line of the statement."""
    statement = tree.statement(line)
    own = range(statement.lineno, (statement.end_lineno or line) + 1) if statement is not None else (line,)
    found = {number: _looking_back(tree.lines[number - 1]) for number in (line, *own)}
    changed = [number for number, text in found.items() if text != tree.lines[number - 1]]
    chosen = line if line in changed else changed[0] if len(changed) == 1 else None
    return whole_line(tree, chosen, found[chosen]) if chosen is not None else None


def _looking_back(text: str) -> str:
    shifted = re.sub(r"\.shift\(-(\d+)\)", r".shift(\1)", text)
    centred = re.sub(r"\.rolling\((.*?),\s*center=True\)", r".shift(1).rolling(\1)", text)
    of_polars = re.sub(r"\.rolling_(\w+)\((.*?),\s*center=True(.*?)\)", r".shift(1).rolling_\1(\2\3)", text)
    return shifted if shifted != text else centred if centred != text else of_polars


def _ahead(tree: Tree, line: int, finding: Finding) -> str | None:
    """Features that look back; a split by time where the split is what mixes past and future."""
    return _backwards(tree, line) or past_first(tree, line, finding.subject.names[0] if finding.subject.names else "")


def _leaking(tree: Tree, line: int, finding: Finding) -> str | None:
    """The features without the column that knows the answer."""
    return without_column(tree, line, finding.subject.names[0]) if finding.subject.names else None


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
    "P101": _leak, "P102": _outside, "P103": _resample, "P104": _encoded, "P201": _refit, "P401": _seed, "E104": metric_mended, "D302": _ahead,
    "D301": _leaking, "D112": _leaking, "P202": _scaled,
    "D303": lambda tree, line, finding: groups_apart(tree, line, finding.subject.names[0]) if finding.subject.names else None,
    "D203": lambda tree, line, _: labels_kept(tree, line) or without_labels(tree, line),
    "D202": lambda tree, line, _: shuffled_together(tree, line) or in_their_order(tree, line) or left_as_it_is(tree, line),
    "D304": lambda tree, line, _: rest_of_rows(tree, line) or more_of_training(tree, line) or slices_meet(tree) or heads_meet(tree) or copies_together(tree, line),
    "E101": lambda tree, line, finding: score_test(tree, line, finding.message) or split_and_score(tree, line),
    "E103": lambda tree, line, _: stop_by_validation(tree, line) or threshold_by_folds(tree, line) or choose_by_folds(tree, line),
    "E102": lambda tree, line, _: choose_by_folds(tree, line),
    "M102": lambda tree, _line, finding: regressor_for_amounts(tree, finding.subject.names[0]) or classifier_for_classes(tree, finding.subject.names[0]),
    "M204": lambda tree, line, finding: more_iterations(tree, line, finding.subject.names[0]),
}  # fmt: skip

__all__ = ["Edit", "Script", "diff_of", "edit_of"]
