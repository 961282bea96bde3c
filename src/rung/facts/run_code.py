"""Lines of the user's source as evidence, and words for what a run did."""

from __future__ import annotations

import ast

from rung.core.evidence import Code
from rung.core.finding import Where
from rung.inputs.trace import Event, Script, Trace

AROUND = 2


def code_at(trace: Trace, where: Where | None, title: str, reading: str = "") -> tuple[Code, ...]:
    """The line with two lines on either side, none where its source is not known."""
    script = script_of(trace, where)
    if where is None or script is None:
        return ()
    lines = _lines(script, where)
    low, high = max(1, where.line - AROUND), min(len(lines), where.line + AROUND)
    if low > high:
        return ()
    return (
        Code(
            title=title,
            file=where.file,
            first_line=low,
            lines=tuple(lines[low - 1 : high]),
            marked=(where.line,),
            reading=reading or place(where),
        ),
    )


def script_of(trace: Trace, where: Where | None) -> Script | None:
    """The script that a place is in."""
    return None if where is None else next((each for each in trace.scripts if each.path == where.file), None)


def statement_at(trace: Trace, where: Where | None) -> str:
    """The text of the innermost statement that a line belongs to, '' where it is not known."""
    script = script_of(trace, where)
    if where is None or script is None:
        return ""
    lines = _lines(script, where)
    try:
        tree = ast.parse("\n".join(line if not line.lstrip().startswith(("%", "!")) else "" for line in lines))
    except SyntaxError:
        return lines[where.line - 1] if where.line <= len(lines) else ""
    around = [
        each for each in ast.walk(tree) if isinstance(each, ast.stmt) and each.lineno <= where.line <= (each.end_lineno or each.lineno)
    ]
    return ast.unparse(max(around, key=lambda each: each.lineno)) if around else ""


def _lines(script: Script, where: Where) -> list[str]:
    """The lines of the file, or of the cell (counted from 1)."""
    lines = script.text.splitlines()
    if where.cell is None or not script.cells:
        return lines
    starts = [*script.cells, len(lines) + 1]
    cell = min(max(where.cell, 1), len(script.cells))
    return lines[starts[cell - 1] - 1 : starts[cell] - 1]


def place(where: Where | None) -> str:
    """'line 12', 'cell 3, line 2', with the file where it is not the script itself."""
    if where is None:
        return "an unknown line"
    return f"line {where.line}" if where.cell is None else f"cell {where.cell}, line {where.line}"


def at(event: Event) -> str:
    """The place of an event."""
    return place(event.where)


def score_words(event: Event) -> str:
    """'roc_auc_score = 0.97' of a scoring event, its call where there is no number."""
    if event.metric is not None:
        value = event.metric.value
        return f"{event.metric.name} = {value:.4g}" if value == value else event.metric.name  # noqa: PLR0124 - not a number
    if event.search is not None:
        best = event.search.best_score
        return f"the search's best score {best:.4g}" if best == best else "the search"  # noqa: PLR0124 - not a number
    return event.call.rpartition(".")[2]


def act_and_bite(trace: Trace, act: Event, bite: Event, *, act_title: str, bite_title: str = "Where it bites") -> tuple[Code, ...]:
    """The line of the act and, where it is another, the line where it shows in a score."""
    first = code_at(trace, act.where, act_title)
    second = () if bite.where == act.where else code_at(trace, bite.where, bite_title, f"{at(bite)}: {score_words(bite)}")
    return (*first, *second)


def rows_words(trace: Trace, n: int, what: str) -> str:
    """'142 scored rows', or 'scored rows' where rows are symbols."""
    return f"{n:,} {what}" if trace.counted else what


def positions(trace: Trace, rows: object, limit: int = 50) -> tuple[int, ...]:
    """Global rows as positions in their table, the first few; none where rows are symbols."""
    if not trace.counted:
        return ()
    found: list[int] = []
    for row in list(rows)[:limit]:  # type: ignore[call-overload]
        source = next((each for each in trace.sources if each.first <= row < each.first + each.n_rows), None)
        found += [int(row) - source.first] if source is not None else []
    return tuple(found)
