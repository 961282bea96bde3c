"""Small drawings of wide shapes for the terminal: distributions and series as strips of blocks, tables cut to the width."""

from __future__ import annotations

import math

from rung.core.evidence import Cell, Histograms, Lines, Ranking
from rung.render import words

BLOCKS = "▁▂▃▄▅▆▇█"
ROWS_SHOWN = 8
LINES_SHOWN = 4
LEAST, MOST = 6, 24  # columns of a cell


def strip(values: tuple[float, ...], top: float, room: int) -> str:
    """One block a value, the height its share of `top`; more values than room are averaged."""
    step = max(1, math.ceil(len(values) / max(1, room)))
    parts = [values[place : place + step] for place in range(0, len(values), step)]
    means = [sum(part) / len(part) if all(map(math.isfinite, part)) else math.nan for part in parts]
    return "".join(
        " " if not math.isfinite(each) else BLOCKS[min(7, max(0, round(7 * each / top)))] if top > 0 else BLOCKS[0] for each in means
    )


def histogram_lines(shape: Histograms, width: int) -> list[str]:
    """A strip a group on the common bins, with the ends of the range."""
    wide = max((len(words.line(each, 20)) for each in shape.groups), default=0)
    top = max((share for group in shape.shares for share in group), default=0.0)
    drawn = [
        f"{words.line(name, 20):<{wide}}  {strip(shares, top, width - wide - 2)}"
        for name, shares in zip(shape.groups, shape.shares, strict=False)
    ]
    ends = f", {words.count(shape.edges[0])} to {words.count(shape.edges[-1])}" if shape.edges else ""
    return [f"{words.line(shape.title, 80)}{ends}", *drawn]


def series_lines(shape: Lines, width: int) -> list[str]:
    """A strip a series; straight lines of two points are limits and are told by their value."""
    series = [each for each in shape.lines if len(each.x) > 2][:LINES_SHOWN]
    limits = [each for each in shape.lines if len(each.x) == 2 and len(set(each.y)) == 1]
    if not series:
        return []
    wide = max(len(words.line(each.name, 20)) for each in series)
    top = max((value for each in series for value in each.y if math.isfinite(value)), default=0.0)
    drawn = [
        f"{words.line(each.name, 20):<{wide}}  {strip(each.y, top, width - wide - 14)} up to {words.count(max(each.y))}" for each in series
    ]
    told = [f"{words.line(each.name, 60)}: {words.count(each.y[0])}" for each in limits[:1]]
    return [
        f"{words.line(shape.title, 60)}, {words.line(shape.x_label, 90)}",
        *drawn,
        *told,
        *(words.line(text, 60) for _, text in shape.events[:3]),
    ]


def table_lines(shape: Ranking, width: int) -> list[str]:
    """Title, heading and the first rows; columns from the left as far as the width goes."""
    texts = [[_cell(value) for value in row] for row in shape.rows[:ROWS_SHOWN]]
    widths = (
        [min(MOST, max(len(name), *(len(row[place]) for row in texts), 1)) for place, name in enumerate(shape.columns)] if texts else []
    )
    kept, used = 0, 0
    for each in widths:
        if used + each + 2 > width and kept:
            break
        kept, used = kept + 1, used + each + 2
    heading = "  ".join(f"{words.line(name, MOST):<{wide}}" for name, wide in zip(shape.columns[:kept], widths, strict=False)).rstrip()
    body = [
        "  ".join(_fitted(value, wide, place) for place, (value, wide) in enumerate(zip(row[:kept], widths, strict=False))).rstrip()
        for row in texts
    ]
    left = len(shape.rows) - len(texts)
    return [words.line(shape.title, 80), heading, *body, *([f"and {left} more"] if left > 0 else [])] if texts else []


def _fitted(text: str, wide: int, place: int) -> str:
    cut = text if len(text) <= wide else text[: wide - 1] + "…"
    return f"{cut:<{wide}}" if not place else f"{cut:>{wide}}"


def _cell(value: Cell) -> str:
    if value is None:
        return ""
    return words.count(value) if isinstance(value, float) else words.line(str(value), 60)
