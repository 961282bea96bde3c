"""The user's program with the findings in its margin."""

from __future__ import annotations

from dataclasses import dataclass

from rung.core.finding import Where
from rung.core.report import Report, SourceFile
from rung.render.outline import Entry

MAX_LINES = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line: its number within the file or cell, its text, the cell that begins here, the causes that point to it."""

    number: int
    text: str
    cell: int | None
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """One file. more : lines that were left out."""

    path: str
    lines: tuple[Line, ...]
    found: int
    more: int


def listings(report: Report, entries: tuple[Entry, ...]) -> tuple[Listing, ...]:
    """Every file of the program; those with findings first, each in the order in which it ran."""
    made = [_listing(each, entries) for each in report.case.program]
    return tuple(sorted(made, key=lambda each: each.found == 0))


def _listing(source: SourceFile, entries: tuple[Entry, ...]) -> Listing:
    pointed = [each for each in entries if each.finding.subject.where is not None and each.finding.subject.where.file == source.path]
    texts = source.text.splitlines()
    lines = tuple(_line(source, number, text, pointed) for number, text in enumerate(texts[:MAX_LINES], 1))
    return Listing(path=source.path, lines=lines, found=len(pointed), more=max(0, len(texts) - MAX_LINES))


def _line(source: SourceFile, number: int, text: str, entries: list[Entry]) -> Line:
    cell, inside = _place(source.cells, number)
    found = tuple(each for each in entries if (w := each.finding.subject.where) is not None and (w.line, w.cell) == (inside, cell))
    return Line(number=inside, text=text, cell=cell if inside == 1 else None, entries=found)


def line_of(source: SourceFile, where: Where) -> str:
    """The text of one line, '' beyond the end."""
    texts = source.text.splitlines()
    number = where.line if where.cell is None or not source.cells else source.cells[min(where.cell, len(source.cells)) - 1] + where.line - 1
    return texts[number - 1].strip() if 0 < number <= len(texts) else ""


def _place(cells: tuple[int, ...], number: int) -> tuple[int | None, int]:
    """(cell, line in it) of a line of the joined text; (None, number) in a plain file."""
    begun = [place for place, first in enumerate(cells, 1) if first <= number]
    return (begun[-1], number - cells[begun[-1] - 1] + 1) if begun else (None, number)
