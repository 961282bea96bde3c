"""Rounds of boosting picked from a curve of scores: `staged_predict` scored round by round, or the record that a fit kept of the rows it watched."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from rung.core.marks import fact
from rung.facts.run_choices import PICKERS, function_of
from rung.inputs.trace import Event, Trace

BY_ROUND = re.compile(r"\bstaged_(predict|score|decision)|\bevals?_results?_?\b|record_evaluation|get_evals_result|validation_score_")
RECORDS = ("evals_result", "eval_result", "callbacks")  # arguments that are filled with the scores of every round
STEPS = 4  # names a curve may pass through on its way to the pick


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRounds:
    """lines : of each file, counted in its whole text, at which a round is picked from such a curve."""

    lines: tuple[tuple[str, int], ...]


@fact(cost="instant")
def run_rounds(trace: Trace) -> RunRounds:
    """Follow the curve by the names it is given, to `argmin`, `max`, `.index(...)` or `if score > best`."""
    found: list[tuple[str, int]] = []
    for script in trace.scripts:
        try:
            tree = ast.parse(script.text)
        except SyntaxError:
            continue
        found += [(script.path, line) for line in _picked(tree)]
    return RunRounds(lines=tuple(sorted(set(found))))


def is_stage(event: Event | None) -> bool:
    """Whether a prediction, or score, is that of a model cut back to its first rounds."""
    return event is not None and "stage" in event.settings


def _picked(tree: ast.Module) -> Iterator[int]:
    curves = _curves(tree)
    for each in ast.walk(tree):
        if isinstance(each, ast.Call) and function_of(each) in (*PICKERS, "index") and _of_curve(each, curves):
            yield each.lineno
        if isinstance(each, ast.For) and _of_curve(each.iter, curves):
            yield from (node.lineno for node in ast.walk(each) if isinstance(node, ast.If) and _improves(node))


def _curves(tree: ast.Module) -> set[str]:
    """Names that hold scores by round: assigned from them, filled in a loop over them, or handed in to be filled."""
    found: set[str] = set()
    for _ in range(STEPS):
        before = len(found)
        for each in ast.walk(tree):
            found |= _named_by(each, found)
        if len(found) == before:
            break
    return found


def _named_by(node: ast.AST, curves: set[str]) -> set[str]:
    if isinstance(node, ast.Assign) and _of_curve(node.value, curves):
        return {name for target in node.targets for name in _names(target)}
    if isinstance(node, ast.For) and _of_curve(node.iter, curves):
        return {name for each in ast.walk(node) for name in _filled(each)} | _names(node.target)
    if isinstance(node, ast.Call):
        filled = [each.value for each in node.keywords if each.arg in RECORDS[:2]]
        filled += node.args[:1] if function_of(node) == "record_evaluation" else []
        return {name for each in filled for name in _names(each)}
    return set()


def _filled(node: ast.AST) -> set[str]:
    """`curve.append(...)`, `curve[i] = ...`."""
    if isinstance(node, ast.Call) and function_of(node) == "append" and isinstance(node.func, ast.Attribute):
        return _names(node.func.value)
    if isinstance(node, ast.Assign):
        return {name for each in node.targets if isinstance(each, ast.Subscript) for name in _names(each.value)}
    return set()


def _of_curve(node: ast.expr, curves: set[str]) -> bool:
    return bool(BY_ROUND.search(ast.unparse(node))) or bool(curves & _names(node))


def _names(node: ast.expr) -> set[str]:
    """Variables in an expression; what belongs to `self` by its attribute."""
    named = {each.id for each in ast.walk(node) if isinstance(each, ast.Name)} - {"self"}
    return named | {
        ast.unparse(each) for each in ast.walk(node) if isinstance(each, ast.Attribute) and ast.unparse(each).startswith("self.")
    }


def _improves(node: ast.If) -> bool:
    return any(
        isinstance(each, ast.Compare) and all(isinstance(op, ast.Gt | ast.GtE | ast.Lt | ast.LtE) for op in each.ops)
        for each in ast.walk(node.test)
    )
