"""CSV of losses: any header with a loss in it, Lightning's `metrics.csv` (cells left empty where nothing was logged) included."""

from __future__ import annotations

import csv
from itertools import pairwise
from pathlib import Path

from rung.adapters.histories.names import Unit, curve, is_index, words
from rung.core.errors import BadInput
from rung.inputs.history import Curve


def read_csv(path: Path) -> list[Curve]:
    """One curve a numeric column. Raises BadInput where there is no header or no number."""
    text = path.read_text(encoding="utf-8-sig", errors="replace")
    dialect = _dialect(text)
    rows = [row for row in csv.reader(text.splitlines(), dialect) if any(cell.strip() for cell in row)]
    if len(rows) < 2:
        raise BadInput(f"'{path}' has {len(rows)} line{'s' * (len(rows) != 1)}; a header and at least one line of numbers are needed.")
    header = [name.strip() for name in rows[0]]
    if all(_number(cell) is not None for cell in header):
        raise BadInput(
            f"'{path}' has no header: its first line is {', '.join(header[:4])}.",
            hint="Name the columns, for instance epoch,loss,val_loss.",
        )
    counter, unit = _counter(header, rows[1:])
    found = [_column(header[i], i, counter, rows[1:], unit) for i in range(len(header)) if not is_index(header[i])]
    return [each for each in found if each is not None]


def _column(name: str, place: int, counter: int | None, rows: list[list[str]], unit: Unit) -> Curve | None:
    steps, values = [], []
    for number, row in enumerate(rows, 1):
        cell = _number(row[place]) if place < len(row) else None
        at = _number(row[counter]) if counter is not None and counter < len(row) else float(number)
        if cell is not None and at is not None:
            steps.append(at)
            values.append(cell)
    return curve(name, steps, values, unit) if values else None


def _counter(header: list[str], rows: list[list[str]]) -> tuple[int | None, Unit]:
    """The column that counts: steps before epochs, where it rises."""
    for wanted, unit in ((("step", "steps", "iter", "iteration", "round"), "step"), (("epoch", "epochs"), "epoch")):
        for place, name in enumerate(header):
            if words(name)[-1:] and words(name)[-1] in wanted and is_index(name):
                numbers = [value for row in rows if place < len(row) and (value := _number(row[place])) is not None]
                rises = len(numbers) > 1 and all(b >= a for a, b in pairwise(numbers)) and numbers[-1] > numbers[0]
                if rises and (unit == "step" or len(set(numbers)) == len(numbers)):
                    return place, unit  # type: ignore[return-value]
    return None, "epoch" if any("epoch" in words(name) for name in header) else "step"


def _dialect(text: str) -> type[csv.Dialect] | csv.Dialect:
    try:
        return csv.Sniffer().sniff(text.partition("\n")[0], delimiters=",;\t| ")
    except csv.Error:
        return csv.excel


def _number(cell: str) -> float | None:
    try:
        return float(cell.strip()) if cell.strip() else None
    except ValueError:
        return None
