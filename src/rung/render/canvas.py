"""Glyphs, colours and bars for the terminal: what a screen can show, and what it falls back to."""

from __future__ import annotations

import math
import os
import shutil
import sys
from dataclasses import dataclass

from rung.core.evidence import Bars, Evidence, Histograms, Lines, Measure, Ranking
from rung.core.experiment import Estimate
from rung.core.finding import Severity, Verdict
from rung.render import strips, words

NARROWEST, WIDEST = 40, 120  # longer lines than 120 are hard to follow, however wide the screen
BARS_SHOWN = 5

# What ASCII screens read in place of the signs that the reports use.
ASCII = str.maketrans(
    {
        "→": "->", "−": "-", "–": "-", "—": "-", "…": "...", "·": "-", "×": "x", "±": "+/-", "≥": ">=", "≤": "<=", "≠": "!=", "≈": "~",
        "²": "2", "³": "3", "“": '"', "”": '"', "‘": "'", "’": "'", "\u00a0": " ", "\u202f": " ", "°": " deg", "µ": "u", "σ": "sigma",
        "█": "#", "▁": "_", "▂": ".", "▃": ":", "▄": "-", "▅": "=", "▆": "+", "▇": "*", "▏": "|", "✓": "+", "✗": "x", "●": "o", "○": "o", "├": "|", "┤": "|", "─": "-", "▲": "!", "◆": "*", "!": "!",
    }
)  # fmt: skip

STATE = {
    "passed": ("✓", "green", "passed"),
    "findings": ("✗", "red", "findings"),
    "failed": ("!", "magenta", "crashed"),
    "not-checked": ("○", "dim", "not checked"),
}
QUESTION = {
    "good": ("✓", "green", "fine"),
    "doubt": ("i", "blue", "noted"),
    "bad": ("✗", "red", "at fault"),
    "not-seen": ("○", "dim", "not seen"),
    "told": ("·", "", "see numbers"),
}
SEVERITY = {Severity.NOTE: "blue", Severity.WARNING: "yellow", Severity.ERROR: "red", Severity.CRITICAL: "bold red"}
VERDICT = {
    Verdict.CONFIRMED: "bold green",
    Verdict.SUSPECTED: "dim",
    Verdict.REFUTED: "cyan",
    Verdict.INCONCLUSIVE: "yellow",
    Verdict.UNTESTABLE: "dim",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Screen:
    """Where the report is shown.

    width : columns.   colour : whether escape codes may be written.   unicode : whether more than ASCII can be shown.
    """

    width: int
    colour: bool
    unicode: bool

    def text(self, text: str) -> str:
        """The text as this screen can show it."""
        return text if self.unicode else text.translate(ASCII).encode("ascii", "replace").decode("ascii")


def screen(width: int | None = None, colour: bool | None = None, unicode: bool | None = None) -> Screen:
    """Look at standard output and the environment for what was not said. https://no-color.org: any value but an empty one counts."""
    stream = sys.stdout
    tty = bool(getattr(stream, "isatty", lambda: False)())
    if colour is None:
        plain = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
        colour = not plain and (tty or bool(os.environ.get("FORCE_COLOR")))
    if unicode is None:
        unicode = _can_encode(getattr(stream, "encoding", None) or "utf-8")
    found = width or shutil.get_terminal_size((80, 24)).columns
    return Screen(width=max(NARROWEST, min(found, WIDEST)), colour=colour, unicode=unicode)


def _can_encode(encoding: str) -> bool:
    try:
        "→✓█".encode(encoding)
    except (LookupError, UnicodeEncodeError):
        return False
    return True


def span(estimates: list[Estimate]) -> tuple[float, float]:
    """The common scale of several intervals."""
    ends = [end for each in estimates for end in (each.value, each.low, each.high) if math.isfinite(end)]
    return (min(ends), max(ends)) if ends else (0.0, 1.0)


def track(estimate: Estimate, scale: tuple[float, float], width: int) -> str:
    """An interval drawn on one line: '   ├──●──┤  '; empty where there is no number."""
    if not math.isfinite(estimate.value):
        return ""
    cells = [" "] * width
    left, middle, right = (_cell(end, scale, width) for end in (estimate.low, estimate.value, estimate.high))
    if words.has_interval(estimate.low, estimate.high):
        cells[left : right + 1] = ["─"] * (right + 1 - left)
        cells[left], cells[right] = "├", "┤"
    cells[middle] = "●"
    return "".join(cells)


def _cell(value: float, scale: tuple[float, float], width: int) -> int:
    low, high = scale
    share = (value - low) / (high - low) if high > low and math.isfinite(value) else 0.5
    return min(width - 1, max(0, round(share * (width - 1))))


def evidence_lines(evidence: Evidence, width: int) -> list[str]:
    """A small drawing of the shapes that fit a line or five; other shapes are left to the HTML report."""
    if isinstance(evidence, Measure):
        return [_measure(evidence)]
    if isinstance(evidence, Bars):
        return _bars(evidence, width)
    if isinstance(evidence, Histograms):
        return strips.histogram_lines(evidence, width)
    return []


def overview_lines(evidence: Evidence, width: int) -> list[str]:
    """The shapes that stand before the causes: tables and courses in time."""
    if isinstance(evidence, Ranking):
        return strips.table_lines(evidence, width)
    if isinstance(evidence, Lines):
        return strips.series_lines(evidence, width)
    return evidence_lines(evidence, width)


def _measure(measure: Measure) -> str:
    spread = f" [{words.count(measure.low)}, {words.count(measure.high)}]" if words.has_interval(measure.low, measure.high) else ""
    limit = f", limit {words.count(measure.limit)}" if measure.limit is not None else ""
    return f"{words.line(measure.title, 80)}: {words.count(measure.value)}{spread}{_unit(measure.unit)}{limit}"


def _unit(unit: str) -> str:
    return f" {words.line(unit, 50)}" if unit else ""


def _bars(bars: Bars, width: int) -> list[str]:
    rows = [(words.line(label, 24), value) for label, value in zip(bars.labels, bars.values, strict=False)][:BARS_SHOWN]
    if not rows:
        return []
    top = max((abs(value) for _, value in rows if math.isfinite(value)), default=0.0) or 1.0
    wide = max(len(label) for label, _ in rows)
    room = max(8, min(30, width - wide - 14))
    more = [f"and {len(bars.labels) - len(rows)} more"] if len(bars.labels) > len(rows) else []
    lines = [f"{label:<{wide}}  {_bar(value, top, room)} {words.count(value)}" for label, value in rows]
    return [f"{words.line(bars.title, 80)}{_unit(bars.unit and f'({bars.unit})')}", *lines, *more]


def _bar(value: float, top: float, room: int) -> str:
    return "█" * round(room * abs(value) / top) if math.isfinite(value) and value else "▏"
