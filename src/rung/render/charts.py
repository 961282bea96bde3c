"""From the shapes of evidence to Vega-Lite specifications: plain dictionaries, no colours, no pixels of text.

Colours come from the page through styles ('quiet', 'loud', 'interval', 'event', 'cell-0' to 'cell-6') and through the range of
categories, so that one specification serves light, dark and paper. Shapes that read better as text or a table have no chart.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any

from rung.core.evidence import Bars, Evidence, Grid, Histograms, Line, Lines, Picture, Points
from rung.render import words

Spec = dict[str, Any]
SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"
HEIGHT, STEP = 220, 24  # pixels: a chart's plot area; one bar or one row of a grid
CELLS_WITH_TEXT = 150
CELLS_WITH_LABELS = 1_600
SHADES = 7


def chart(evidence: Evidence) -> Spec | None:
    """The specification of a shape's chart, None where text or a table says it better, or where there is nothing to draw."""
    if isinstance(evidence, Bars):
        found = _bars(evidence)
    elif isinstance(evidence, Lines):
        found = _lines(evidence)
    elif isinstance(evidence, Histograms):
        found = _histograms(evidence)
    elif isinstance(evidence, Points):
        found = _points(evidence)
    elif isinstance(evidence, Grid):
        found = _grid(evidence.values, evidence.rows, evidence.columns)
    elif isinstance(evidence, Picture):
        found = _grid(evidence.values, (), ())
    else:
        return None
    described = f"{words.line(evidence.title, 120)}. {words.line(evidence.reading, 200)}".strip()
    return {"$schema": SCHEMA, "description": described, **found} if found else None


def weight(evidence: Evidence) -> int:
    """About how many bytes the chart's data takes, without making it."""
    match evidence:
        case Points():
            return 45 * len(evidence.x)
        case Lines():
            return 60 * sum(len(line.x) for line in evidence.lines)
        case Histograms():
            return 70 * len(evidence.edges) * len(evidence.groups)
        case Grid() | Picture():
            return 50 * sum(len(row) for row in evidence.values)
        case Bars():
            return 90 * len(evidence.labels)
        case _:
            return 0


def rounded(value: object) -> float | None:
    """A number with five significant digits, enough for any screen; None where there is none, which draws nothing."""
    if isinstance(value, str) or value is None:
        return None
    number = float(value)  # type: ignore[arg-type]
    return float(f"{number:.5g}") if math.isfinite(number) else None


def distinct(labels: Iterable[str], limit: int = 40) -> list[str]:
    """Short labels that differ: a chart would draw equal ones on top of each other."""
    seen: Counter[str] = Counter()
    found = []
    for label in (words.line(each, limit) or "(empty)" for each in labels):
        seen[label] += 1
        found.append(label if seen[label] == 1 else f"{label} ({seen[label]})")
    return found


def _axis(title: str, **more: object) -> Spec:
    return {"title": words.line(title, 60) or None, **more}


def _bars(bars: Bars) -> Spec | None:
    marked = set(bars.marked)
    rows = [
        {"name": name, "value": rounded(value), "style": "loud" if label in marked or not marked else "quiet"}
        for name, label, value in zip(distinct(bars.labels), bars.labels, bars.values, strict=False)
    ]
    for key, ends in (("low", bars.lows), ("high", bars.highs)):
        for row, end in zip(rows, ends, strict=False):
            row[key] = rounded(end)
    if not rows:
        return None
    order = {"domain": [row["name"] for row in rows]}  # each layer has some of the bars only
    y = {"field": "name", "type": "nominal", "sort": None, "scale": order, "axis": _axis("", ticks=False, domain=False, labelLimit=180)}
    x = {"field": "value", "type": "quantitative", "axis": _axis(bars.unit, tickCount=5)}
    return {
        "data": {"values": rows},
        "height": len(rows) * (STEP if len(rows) <= 30 else 14),
        "encoding": {"y": y},
        "layer": [_bar_layer(rows, style, x) for style in ("loud", "quiet") if any(row["style"] == style for row in rows)]
        + _whiskers(bars),
    }


def _bar_layer(rows: list[Spec], style: str, x: Spec) -> Spec:
    kept = [{key: each for key, each in row.items() if key != "style"} for row in rows if row["style"] == style]
    return {
        "data": {"values": kept},
        "mark": {"type": "bar", "style": style, "height": {"band": 0.62}, "cornerRadiusEnd": 2, "tooltip": {"content": "data"}},
        "encoding": {"x": x},
    }


def _whiskers(bars: Bars) -> list[Spec]:
    if not bars.lows or not bars.highs:
        return []
    ends = {"x": {"field": "low", "type": "quantitative"}, "x2": {"field": "high"}}
    return [{"mark": {"type": "rule", "style": "interval"}, "encoding": ends}]


def _lines(lines: Lines) -> Spec | None:
    rows = [
        row
        for name, each in zip(distinct(one.name for one in lines.lines), lines.lines, strict=True)
        for row in _series(name, each, lines.log_y)
    ]
    if not rows:
        return None
    scale = {"type": "log"} if lines.log_y else {"zero": False}
    x = {"field": "x", "type": "quantitative", "scale": {"zero": False, "nice": False}, "axis": _axis(lines.x_label, tickCount=6)}
    y = {"field": "y", "type": "quantitative", "scale": scale, "axis": _axis(lines.y_label, tickCount=5)}
    drawn = [{"mark": {"type": "line", "tooltip": {"content": "data"}, "point": len(rows) <= 60}, "encoding": {"y": y}}]
    if any("low" in row for row in rows):
        band = {"y": {**y, "field": "low"}, "y2": {"field": "high"}}
        drawn.insert(0, {"mark": {"type": "area", "style": "band"}, "encoding": band})
    return {
        "data": {"values": rows},
        "height": HEIGHT,
        "encoding": {"x": x, "color": _colour("series", len(lines.lines))},
        "layer": [*drawn, *_events(lines)],
    }


def _series(name: str, series: Line, log_y: bool) -> list[Spec]:
    rows = []
    for place, (x, y) in enumerate(zip(series.x, series.y, strict=False)):
        row: Spec = {"x": rounded(x), "y": rounded(y), "series": name}
        if place < min(len(series.low), len(series.high)):
            row |= {"low": rounded(series.low[place]), "high": rounded(series.high[place])}
        if not log_y or all(row.get(key) is None or row[key] > 0 for key in ("y", "low", "high")):
            rows.append(row)
    return rows


def _colour(field: str, count: int) -> Spec:
    legend = {"orient": "top", "title": None, "columns": 4, "labelLimit": 180, "offset": 34} if count > 1 else None
    return {"field": field, "type": "nominal", "sort": None, "legend": legend}


def _events(lines: Lines) -> list[Spec]:
    marks = [{"x": rounded(x), "text": words.line(text, 40)} for x, text in lines.events[:20]]
    if not marks:
        return []
    x = {"field": "x", "type": "quantitative"}
    text = {"type": "text", "style": "event-text", "align": "left", "baseline": "top", "dx": 4}
    return [
        {"data": {"values": marks}, "mark": {"type": "rule", "style": "event"}, "encoding": {"x": x, "color": None}},
        {"data": {"values": marks}, "mark": text, "encoding": {"x": x, "y": {"value": 0}, "text": {"field": "text"}, "color": None}},
    ]


def _histograms(shape: Histograms) -> Spec | None:
    edges = _finite_edges(shape.edges)
    rows = [
        {"from": rounded(left), "to": rounded(right), "share": rounded(share), "group": group}
        for group, shares in zip(distinct(shape.groups), shape.shares, strict=False)
        for (left, right), share in zip(pairwise(edges), shares, strict=False)
        if share
    ]
    if not rows:
        return None
    x = {"field": "from", "type": "quantitative", "scale": {"zero": False, "nice": False}, "axis": _axis(shape.x_label, tickCount=6)}
    y = {"field": "share", "type": "quantitative", "stack": None, "axis": _axis("share of rows", format="~%", tickCount=4)}
    return {
        "data": {"values": rows},
        "height": HEIGHT,
        "mark": {"type": "bar", "style": "overlay", "binSpacing": 0.5, "tooltip": {"content": "data"}},
        "encoding": {"x": {**x, "bin": {"binned": True}}, "x2": {"field": "to"}, "y": y, "color": _colour("group", len(shape.groups))},
    }


def _finite_edges(edges: Sequence[float]) -> list[float]:
    """Open bins at the ends get the width of their neighbour, so that they can be drawn."""
    inner = [each for each in edges if math.isfinite(each)]
    width = inner[1] - inner[0] if len(inner) > 1 else 1.0
    last = inner[-1] - inner[-2] if len(inner) > 1 else 1.0
    low, high = (inner[0] - width, inner[-1] + last) if inner else (0.0, 1.0)
    return [each if math.isfinite(each) else (low if place < len(edges) / 2 else high) for place, each in enumerate(edges)]


def _points(points: Points) -> Spec | None:
    rows: list[Spec] = [{"x": rounded(x), "y": rounded(y)} for x, y in zip(points.x, points.y, strict=False)]
    groups = list(dict.fromkeys(points.group))
    named = dict(zip(groups, distinct(groups), strict=True))
    for row, group in zip(rows, points.group, strict=False):
        row["group"] = named[group]
    rows = [row for row in rows if row["x"] is not None and row["y"] is not None]
    if not rows:
        return None
    side = {"type": "quantitative", "scale": {"zero": False}}
    encoding: Spec = {
        "x": {**side, "field": "x", "axis": _axis(points.x_label, tickCount=6)},
        "y": {**side, "field": "y", "axis": _axis(points.y_label, tickCount=5)},
    }
    if groups:
        encoding["color"] = _colour("group", len(groups))
    faint = 0.75 if len(rows) < 300 else 0.45
    mark = {"type": "point", "filled": True, "size": 28 if len(rows) < 300 else 14, "opacity": faint, "tooltip": {"content": "data"}}
    return {"data": {"values": rows}, "height": HEIGHT + 40, "mark": mark, "encoding": encoding}


def _grid(values: Sequence[Sequence[float]], rows: Sequence[str], columns: Sequence[str]) -> Spec | None:
    flat = [each for each in (rounded(value) for row in values for value in row) if each is not None]
    wide = max((len(row) for row in values), default=0)
    if not flat or not wide:
        return None
    labelled = bool(rows) and len(values) * wide <= CELLS_WITH_LABELS
    cells = _named_cells(values, distinct(rows), distinct(columns)) if labelled else _numbered_cells(values)
    low, high = min(flat), max(flat)
    levels: dict[int, list[Spec]] = {level: [] for level in range(-1, SHADES)}
    for cell in cells:
        levels[_level(cell["value"], low, high)].append(cell)
    layers = [_shade(found, level) for level, found in levels.items() if found and level >= 0]
    if labelled and len(cells) <= CELLS_WITH_TEXT:
        layers += [_cell_text(cells, low, high, bright) for bright in (False, True)]
    return {
        "height": (STEP + 4) * len(values) if labelled and len(values) <= 40 else min(360, max(120, 10 * len(values))),
        "encoding": {
            "x": {
                "field": "column",
                "type": "ordinal",
                "sort": None,
                "scale": _domain(cells, "column"),
                "axis": _grid_axis(labelled, top=True),
            },
            "y": {"field": "row", "type": "ordinal", "sort": None, "scale": _domain(cells, "row"), "axis": _grid_axis(labelled, top=False)},
        },
        "layer": layers,
    }


def _domain(cells: list[Spec], side: str) -> Spec:
    """The order of rows and columns as given; layers would otherwise each bring their own."""
    return {"domain": list(dict.fromkeys(cell[side] for cell in cells)), "paddingInner": 0}


def _grid_axis(labelled: bool, *, top: bool) -> Spec | None:
    if not labelled:
        return None
    return _axis("", ticks=False, domain=False, grid=False, labelLimit=160, **({"orient": "top", "labelAngle": -35} if top else {}))


def _named_cells(values: Sequence[Sequence[float]], rows: list[str], columns: list[str]) -> list[Spec]:
    return [
        {"row": row, "column": column, "value": rounded(value)}
        for row, line in zip(rows, values, strict=False)
        for column, value in zip(columns, line, strict=False)
    ]


def _numbered_cells(values: Sequence[Sequence[float]]) -> list[Spec]:
    return [{"row": y, "column": x, "value": rounded(value)} for y, line in enumerate(values) for x, value in enumerate(line)]


def _level(value: float | None, low: float, high: float) -> int:
    """The shade of a value: 0 faintest to 6 strongest; -1 where there is no number, which stays blank."""
    if value is None:
        return -1
    return min(SHADES - 1, int(SHADES * (value - low) / (high - low))) if high > low else SHADES // 2


def _shade(cells: list[Spec], level: int) -> Spec:
    return {"data": {"values": cells}, "mark": {"type": "rect", "style": f"cell-{level}", "tooltip": {"content": "data"}}}


def _cell_text(cells: list[Spec], low: float, high: float, bright: bool) -> Spec:
    """Numbers in the cells, in one of two inks so that each can be read on its shade."""
    kept = [
        {**cell, "text": words.number(cell["value"])} for cell in cells if (_level(cell["value"], low, high) >= SHADES // 2 + 1) == bright
    ]
    mark = {"type": "text", "style": "cell-text-on-strong" if bright else "cell-text"}
    return {"data": {"values": kept}, "mark": mark, "encoding": {"text": {"field": "text"}}}
