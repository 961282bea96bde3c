"""The closed set of shapes that evidence can take: numbers, never pixels.

Each shape carries a `title`, a `reading` (one sentence: how to read it) and keeps its own size
limit, so that a report stays small at any table size.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from rung.core.errors import PluginError

MAX_POINTS = 2_000  # a chart holds no more marks than a screen can show apart
MAX_ROWS = 50
MAX_CELLS = 10_000

Cell = str | float | int | bool | None


def _at_most(limit: int, count: int, what: str) -> None:
    if count > limit:
        message = f"{what} holds {count} entries; at most {limit} are allowed."
        raise PluginError(message, hint="Aggregate before making evidence of it.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """One number with its limit and its interval."""

    title: str
    value: float
    limit: float | None = None
    low: float | None = None
    high: float | None = None
    unit: str = ""
    reading: str = ""
    shape: Literal["measure"] = "measure"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bars:
    """Named quantities, with optional intervals; `marked` names the bars that matter."""

    title: str
    labels: tuple[str, ...]
    values: tuple[float, ...]
    lows: tuple[float, ...] = ()
    highs: tuple[float, ...] = ()
    marked: tuple[str, ...] = ()
    unit: str = ""
    reading: str = ""
    shape: Literal["bars"] = "bars"

    def __post_init__(self) -> None:
        _at_most(100, len(self.labels), "Bars")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One series of a line chart."""

    name: str
    x: tuple[float, ...]
    y: tuple[float, ...]
    low: tuple[float, ...] = ()
    high: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """Series over a common axis; `events` are (x, text) marks on it."""

    title: str
    x_label: str
    y_label: str
    lines: tuple[Line, ...]
    events: tuple[tuple[float, str], ...] = ()
    log_y: bool = False
    reading: str = ""
    shape: Literal["lines"] = "lines"

    def __post_init__(self) -> None:
        _at_most(MAX_POINTS, sum(len(line.x) for line in self.lines), "Lines")


@dataclass(frozen=True, slots=True, kw_only=True)
class Histograms:
    """Shares of one or two groups in common bins; `edges` has one entry more than each group."""

    title: str
    x_label: str
    edges: tuple[float, ...]
    groups: tuple[str, ...]
    shares: tuple[tuple[float, ...], ...]
    reading: str = ""
    shape: Literal["histograms"] = "histograms"

    def __post_init__(self) -> None:
        _at_most(MAX_POINTS, len(self.edges) * max(1, len(self.groups)), "Histograms")


@dataclass(frozen=True, slots=True, kw_only=True)
class Points:
    """A scatter of at most 2,000 points, coloured by `group` where given."""

    title: str
    x_label: str
    y_label: str
    x: tuple[float, ...]
    y: tuple[float, ...]
    group: tuple[str, ...] = ()
    reading: str = ""
    shape: Literal["points"] = "points"

    def __post_init__(self) -> None:
        _at_most(MAX_POINTS, len(self.x), "Points")


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """A matrix of numbers with named rows and columns."""

    title: str
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    values: tuple[tuple[float, ...], ...]
    unit: str = ""
    reading: str = ""
    shape: Literal["grid"] = "grid"

    def __post_init__(self) -> None:
        _at_most(MAX_CELLS, len(self.rows) * len(self.columns), "Grid")


@dataclass(frozen=True, slots=True, kw_only=True)
class RowSample:
    """At most 50 rows of the user's table; `positions` are 0-based rows as given."""

    title: str
    columns: tuple[str, ...]
    positions: tuple[int, ...]
    values: tuple[tuple[Cell, ...], ...]
    marked: tuple[str, ...] = ()
    reading: str = ""
    shape: Literal["row-sample"] = "row-sample"

    def __post_init__(self) -> None:
        _at_most(MAX_ROWS, len(self.positions), "RowSample")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranking:
    """An ordered table of candidates: the columns beside each name are explained by `columns`."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    reading: str = ""
    shape: Literal["ranking"] = "ranking"

    def __post_init__(self) -> None:
        _at_most(MAX_ROWS, len(self.rows), "Ranking")


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """Lines of the user's source; `marked` are the line numbers that matter."""

    title: str
    file: str
    first_line: int
    lines: tuple[str, ...]
    marked: tuple[int, ...] = ()
    reading: str = ""
    shape: Literal["code"] = "code"

    def __post_init__(self) -> None:
        _at_most(200, len(self.lines), "Code")


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A small grey-scale array, row by row, for saliency and images."""

    title: str
    values: tuple[tuple[float, ...], ...] = field(default=())
    reading: str = ""
    shape: Literal["picture"] = "picture"

    def __post_init__(self) -> None:
        _at_most(MAX_CELLS, sum(len(row) for row in self.values), "Picture")


Evidence = Measure | Bars | Lines | Histograms | Points | Grid | RowSample | Ranking | Code | Picture
