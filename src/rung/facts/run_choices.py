"""What the source says that values cannot: lines at which the script picks the best of several scores; and which step chose the scored rows."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass

from rung.core.finding import Where
from rung.core.marks import fact
from rung.facts.run_code import script_of
from rung.facts.run_history import RunHistory
from rung.facts.run_scorings import Scoring
from rung.inputs.trace import Event, Trace

SCORE_NAME = re.compile(r"best|score|acc|auc|f1|loss|err|rmse|mae|mse|r2|metric|result|perf|val|ap\b", re.IGNORECASE)
PICKERS = frozenset(
    ["max", "min", "argmax", "argmin", "idxmax", "idxmin", "nlargest", "nsmallest", "sorted", "sort_values", "argsort", "sort"]
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunChoices:
    """lines : of each file, counted in its whole text, at which the best of several is picked.   cuts : curves of whose thresholds one is picked."""

    lines: tuple[tuple[str, int], ...]
    cuts: tuple[tuple[str, int], ...] = ()

    def any_in(self, file: str) -> bool:
        """Whether a file picks anything."""
        return any(each == file for each, _ in self.lines)

    def __bool__(self) -> bool:
        return bool(self.lines)


@fact(cost="instant")
def run_choices(trace: Trace) -> RunChoices:
    """`if score > best`, `max(results, key=...)`, `results.idxmax()`, `sorted(...)` and their kin, near names of scores."""
    found: list[tuple[str, int]] = []
    cuts: list[tuple[str, int]] = []
    for script in trace.scripts:
        try:
            tree = ast.parse(script.text)
        except SyntaxError:
            continue
        cuts += [(script.path, line) for line in _picked_curves(tree)]
        found += [(script.path, node.lineno) for node in ast.walk(tree) if isinstance(node, ast.Compare | ast.Call) and _picks(node)]
    return RunChoices(lines=tuple(sorted(set(found))), cuts=tuple(sorted(set(cuts))))


def _picked_curves(tree: ast.Module) -> list[int]:
    """Lines of `_, _, cuts = roc_curve(...)` where one of the cuts is picked afterwards: `cuts[np.argmax(...)]`."""
    picks = {
        each.targets[0].id
        for each in ast.walk(tree)
        if isinstance(each, ast.Assign) and isinstance(each.targets[0], ast.Name) and _holds_pick(each.value)
    }
    taken = {
        each.value.id
        for each in ast.walk(tree)
        if isinstance(each, ast.Subscript)
        and isinstance(each.value, ast.Name)
        and (_holds_pick(each.slice) or (isinstance(each.slice, ast.Name) and each.slice.id in picks))
    }
    return [
        each.value.lineno
        for each in ast.walk(tree)
        if isinstance(each, ast.Assign)
        and isinstance(each.value, ast.Call)
        and ast.unparse(each.value.func).endswith("_curve")
        and isinstance(each.targets[0], ast.Tuple)
        and taken & {name.id for name in each.targets[0].elts[-1:] if isinstance(name, ast.Name)}
    ]


def _holds_pick(node: ast.expr) -> bool:
    return any(isinstance(each, ast.Call) and function_of(each) in PICKERS for each in ast.walk(node))


def function_of(node: ast.Call) -> str:
    """The last name of what is called."""
    return node.func.attr if isinstance(node.func, ast.Attribute) else node.func.id if isinstance(node.func, ast.Name) else ""


def _picks(node: ast.Compare | ast.Call) -> bool:
    if isinstance(node, ast.Compare):
        sides = [ast.unparse(each) for each in (node.left, *node.comparators)]
        ordered = all(isinstance(op, ast.Gt | ast.GtE | ast.Lt | ast.LtE) for op in node.ops)
        return (
            ordered
            and any(re.search(r"best|top|record", side, re.IGNORECASE) for side in sides)
            and all(SCORE_NAME.search(side) for side in sides)
        )
    return function_of(node) in PICKERS and bool(SCORE_NAME.search(ast.unparse(node)))


def line_in_text(trace: Trace, where: Where | None) -> tuple[str, int] | None:
    """File and line, counted in its whole text."""
    script = script_of(trace, where)
    if where is None or script is None:
        return None
    return where.file, where.line if where.cell is None or not script.cells else script.cells[where.cell - 1] + where.line - 1


def chooser(history: RunHistory, scoring: Scoring) -> Event | None:
    """The step that chose the scored rows last: a split, a draw or a slice behind the scored matrix."""
    behind = [history.trace.events[each.event] for each in history.behind(scoring.x)]
    steps = [each for each in behind if each.kind in ("split", "sample", "select") and _fewer(history, each)]
    return max(steps, key=lambda each: each.id) if steps else None


def _fewer(history: RunHistory, event: Event) -> bool:
    """Whether it took part of the rows."""
    if event.kind == "split":
        return True
    before, after = (history.rows(next((use.item for use in side), None)) for side in (event.reads, event.writes))
    return before is None or after is None or len(after) < len(before)
