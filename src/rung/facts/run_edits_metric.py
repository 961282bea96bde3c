"""Metrics given what they ask for: arguments in their order, probabilities for labels, the positive label."""

from __future__ import annotations

import ast
import re

from rung.core.finding import Finding
from rung.facts.run_edits_tree import Tree, whole_line
from rung.facts.run_edits_words import balanced, balanced_folds, other_positive


def metric_mended(tree: Tree, line: int, finding: Finding) -> str | None:
    """Arguments in their order, probabilities for labels, the column of the positive class."""
    text = tree.lines[line - 1]
    if "the truth" in finding.message and "stands where" in finding.message:
        return _swapped(tree, line, finding)
    if "column 0" in finding.message:
        places = [number for number, each in enumerate(tree.lines, 1) if re.search(r"(predict_proba\(.*\)|prob\w*)\[:, 0\]", each)]
        return whole_line(tree, places[0], tree.lines[places[0] - 1].replace("[:, 0]", "[:, 1]")) if len(places) == 1 else None
    if "hard labels" in finding.message:
        return _probabilities(tree, line, text)
    if (labels := re.search(r"taken as positive \((.+?); the other is (.+?)\)", finding.message)) is not None:
        return other_positive(tree, line, labels[1], (labels[2],))
    if "the largest class holds" in finding.message:
        return balanced(tree, line) or balanced_folds(tree, line)
    return None


def _swapped(tree: Tree, line: int, finding: Finding) -> str | None:
    name = finding.subject.names[0] if finding.subject.names else ""
    call = tree.call(line, name)
    if call is None or len(call.args) < 2:
        return None
    if all(isinstance(each, ast.Name) for each in call.args[:2]) and tree.inside_function(call):
        return _swapped_by_caller(tree, line, call)
    return _exchanged(tree, call)


def _exchanged(tree: Tree, call: ast.Call) -> str | None:
    """The first two arguments of a call in the other order."""
    first, second = tree.span(call.args[0]), tree.span(call.args[1])
    if first is None or second is None or call.args[0].lineno != call.args[1].lineno:
        return None
    line = call.args[0].lineno
    text = tree.lines[line - 1]
    new = text[: first[0]] + text[second[0] : second[1]] + text[first[1] : second[0]] + text[first[0] : first[1]] + text[second[1] :]
    return whole_line(tree, line, new)


def _swapped_by_caller(tree: Tree, line: int, call: ast.Call) -> str | None:
    """The function hands on what it was given, in that order: its one caller exchanged them."""
    function = tree.function_at(line)
    names = [each.arg for each in function.args.args] if isinstance(function, ast.FunctionDef) else []
    if not isinstance(function, ast.FunctionDef) or names[:2] != [ast.unparse(each) for each in call.args[:2]]:
        return None
    callers = [
        each for each in ast.walk(tree.root) if isinstance(each, ast.Call) and tree.name(each) == function.name and len(each.args) >= 2
    ]
    return _exchanged(tree, callers[0]) if len(callers) == 1 else None


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
