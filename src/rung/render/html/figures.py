"""Evidence as figures of the page: chart, numbers, lines of code; and intervals as marks on a line."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice

from rung.core.evidence import Bars, Code, Evidence, Grid, Histograms, Lines, Measure, Picture, Points, Ranking, RowSample
from rung.core.experiment import Estimate
from rung.render import words
from rung.render.charts import Spec, chart, weight

TABLE_ROWS = 30  # of the numbers behind a chart; the JSON report holds all
MARGIN = 0.06  # of the scale, left free at both ends so that marks are not cut
FEW_ROWS = 3
COLUMNS = 16  # of such a table


@dataclass(frozen=True, slots=True, kw_only=True)
class Track:
    """An interval on a line, in percent of the line's width; `limit` is a mark to compare with."""

    low: float
    value: float
    high: float
    limit: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One piece of evidence: a chart where `chart` is a place in the page's list, and in any case numbers or lines."""

    title: str
    reading: str
    shape: str
    chart: int | None = None
    head: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    marked: tuple[str, ...] = ()
    left_out: int = 0
    columns_left_out: int = 0
    track: Track | None = None
    measure: Measure | None = None
    code: Code | None = None


class Gallery:
    """Collects charts and tables until bytes and cells are spent; later evidence is shown by its first rows only."""

    def __init__(self, limit: int, cells: int) -> None:
        self.left, self.cells = limit, cells
        self.specs: list[Spec] = []

    def rows(self, wide: int) -> int:
        """How many rows of this width may be shown; a few always."""
        found = max(FEW_ROWS, min(TABLE_ROWS, self.cells // max(1, wide)))
        self.cells -= found * wide
        return found

    def hang(self, evidence: Evidence) -> int | None:
        """The place of the evidence's chart, None where it has none or where it would not fit."""
        spec = chart(evidence) if weight(evidence) < self.left else None
        size = len(json.dumps(spec, separators=(",", ":"))) if spec else 0
        if spec is None or size > self.left:
            return None
        self.left -= size
        self.specs.append(spec)
        return len(self.specs) - 1


# ---- intervals on a line --------------------------------------------------------------------------------------------


def scaled(estimates: Sequence[Estimate], *limits: float) -> tuple[list[Track | None], tuple[str, str]]:
    """Each estimate as a track on their common scale, None where there is no number; and the scale's two ends as text."""
    ends = [end for each in estimates for end in (each.value, each.low, each.high) if math.isfinite(end)] + list(limits)
    low, high = (min(ends), max(ends)) if ends else (0.0, 1.0)
    spare = MARGIN * (high - low) or 0.5
    # A share or an AUC ends at 0 and 1: an axis that runs past them would promise what cannot be.
    scale = (max(low - spare, 0.0) if low >= 0 else low - spare, min(high + spare, 1.0) if high <= 1 and low >= 0 else high + spare)
    scale = scale if scale[1] > scale[0] else (low - 0.5, high + 0.5)
    return [_track(each, scale, limits) for each in estimates], (words.number(scale[0]), words.number(scale[1]))


def _track(estimate: Estimate, scale: tuple[float, float], limits: tuple[float, ...]) -> Track | None:
    if not math.isfinite(estimate.value):
        return None
    value = _percent(estimate.value, scale)
    known = words.has_interval(estimate.low, estimate.high)
    low, high = (_percent(estimate.low, scale), _percent(estimate.high, scale)) if known else (value, value)
    return Track(low=low, value=value, high=high, limit=_percent(limits[0], scale) if limits else None)


def _percent(value: float, scale: tuple[float, float]) -> float:
    low, high = scale
    return round(min(100.0, max(0.0, 100 * (value - low) / (high - low))), 2)


# ---- evidence -------------------------------------------------------------------------------------------------------


def figure(evidence: Evidence, gallery: Gallery) -> Figure:
    """The evidence as chart, numbers or lines."""
    head, rows, total = numbers(evidence)
    shown = [_cells(row[:COLUMNS]) for row in islice(rows, gallery.rows(min(COLUMNS, len(head) or COLUMNS)) if total else 0)]
    return Figure(
        title=evidence.title,
        reading=evidence.reading,
        shape=evidence.shape,
        chart=gallery.hang(evidence),
        head=tuple(words.line(each, 80) for each in head[:COLUMNS]),
        rows=tuple(shown),
        marked=tuple(words.line(each, 80) for each in getattr(evidence, "marked", ()) if isinstance(each, str)),
        left_out=max(0, total - len(shown)),
        columns_left_out=max(0, len(head) - COLUMNS),
        track=_measure_track(evidence) if isinstance(evidence, Measure) else None,
        measure=evidence if isinstance(evidence, Measure) else None,
        code=evidence if isinstance(evidence, Code) else None,
    )


def _measure_track(measure: Measure) -> Track | None:
    limits = [measure.limit] if measure.limit is not None and math.isfinite(measure.limit) else []
    low, high = (math.nan if end is None else end for end in (measure.low, measure.high))
    if not limits and not words.has_interval(low, high):
        return None  # one number on an empty line says nothing
    return scaled([Estimate(value=measure.value, low=low, high=high)], *limits)[0][0]


Row = tuple[object, ...]
Numbers = tuple[Row, Iterable[Row], int]  # head, rows as they are asked for, how many there are


def numbers(evidence: Evidence) -> Numbers:
    """The evidence as a table: what screen readers, paper and pages without scripts show in place of the chart."""
    return _of_marks(evidence) or _of_tables(evidence) or ((), (), 0)


def _of_marks(evidence: Evidence) -> Numbers | None:
    match evidence:
        case Bars():
            ends = (evidence.lows, evidence.highs) if evidence.lows and evidence.highs else ()
            head = ("", evidence.unit or "value", *(("low", "high") if ends else ()))
            return head, zip(evidence.labels, evidence.values, *ends, strict=False), len(evidence.values)
        case Lines():
            rows = ((line.name, x, y) for line in evidence.lines for x, y in zip(line.x, line.y, strict=False))
            return ("series", evidence.x_label, evidence.y_label), rows, sum(len(line.x) for line in evidence.lines)
        case Histograms():
            shares = [[f"{share:.1%}" for share in group] for group in evidence.shares]
            return ("from", "to", *evidence.groups), zip(evidence.edges, evidence.edges[1:], *shares, strict=False), len(evidence.edges) - 1
        case Points():
            groups = (evidence.group,) if evidence.group else ()
            head = (evidence.x_label, evidence.y_label, *(("group",) if groups else ()))
            return head, zip(evidence.x, evidence.y, *groups, strict=False), len(evidence.x)
        case _:
            return None


def _of_tables(evidence: Evidence) -> Numbers | None:
    match evidence:
        case Grid():
            rows = ((row, *values) for row, values in zip(evidence.rows, evidence.values, strict=False))
            return ("", *evidence.columns), rows, len(evidence.rows)
        case RowSample():
            rows = ((f"{place:,}", *row) for place, row in zip(evidence.positions, evidence.values, strict=False))
            return ("row", *evidence.columns), rows, len(evidence.positions)
        case Ranking():
            return evidence.columns, iter(evidence.rows), len(evidence.rows)
        case Picture():
            return (), iter(evidence.values), len(evidence.values)
        case _:
            return None


def _cells(row: Row) -> tuple[str, ...]:
    return tuple(_cell(value) for value in row)


def _cell(value: object) -> str:
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return "missing"
    if isinstance(value, int | float) and not isinstance(value, bool):
        return words.count(value)
    return words.line(value, 120)
