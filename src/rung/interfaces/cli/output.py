"""Formats and files of a report, and the exit code that it means."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from rung.core.errors import BadSetting
from rung.core.finding import Severity

if TYPE_CHECKING:
    from rung.core.report import Report

FORMATS = ("terminal", "json", "html", "markdown", "sarif", "junit")
ENDINGS = {".json": "json", ".html": "html", ".htm": "html", ".md": "markdown", ".sarif": "sarif", ".xml": "junit", ".txt": "terminal"}
CLEAN, FINDINGS, CRASHED = 0, 1, 3


def destinations(formats: list[str], outputs: list[Path]) -> list[tuple[str, Path | None]]:
    """Pairs of format and file (None: standard output), from --format and --output as they were repeated.

    The n-th --output belongs to the n-th --format; a file without a format takes the one of its ending. With files only,
    the terminal report is printed as well.
    """
    for name in formats:
        if name not in FORMATS:
            raise BadSetting(f"'{name}' is no format.", hint=f"Formats are {', '.join(FORMATS)}.")
    pairs: list[tuple[str, Path | None]] = list(zip(formats, outputs, strict=False))
    pairs += [(by_ending(each), each) for each in outputs[len(formats) :]]
    pairs += [(name, None) for name in formats[len(outputs) :]]
    return pairs if any(place is None for _, place in pairs) or formats else [("terminal", None), *pairs]


def by_ending(path: Path) -> str:
    """The format that a file's ending means. Raises BadSetting for an ending that means none."""
    if path.suffix.lower() not in ENDINGS:
        raise BadSetting(f"'{path}' has no ending that tells a format.", hint=f"Use --format, or one of {', '.join(ENDINGS)}.")
    return ENDINGS[path.suffix.lower()]


def deliver(report: Report, pairs: list[tuple[str, Path | None]], fail_on: str = "error", *, stream: TextIO | None = None) -> None:
    """Render and write each pair; say on standard error where files went. stream : for what has no file, standard output where left out."""
    screen: TextIO = stream if stream is not None else sys.stdout
    for name, place in pairs:
        options: dict[str, object] = {"fail_on": fail_on} if name == "junit" else {}
        if name == "terminal" and place is not None:
            options = {"colour": False, "unicode": True}  # a file is no screen, whatever standard output is
        elif name == "terminal" and not screen.isatty():
            options = {"colour": False}
        text = import_module(f"rung.render.{name}").render(report, **options)
        if place is None:
            screen.write(text if text.endswith("\n") else text + "\n")
        else:
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text, encoding="utf-8")
            print(f"wrote {place} ({len(text.encode()) / 1e6:.2f} MB, {name})", file=sys.stderr)


def exit_code(report: Report, fail_on: str) -> int:
    """0 nothing at or above `fail_on`, 1 findings, 3 a check crashed."""
    if any(run.outcome == "failed" for run in report.runs):
        return CRASHED
    if fail_on == "never":
        return CLEAN
    limit = severity(fail_on).weight
    refuted = ("refuted",)
    return FINDINGS if any(each.weight >= limit and each.verdict not in refuted for each in report.findings) else CLEAN


def severity(word: str) -> Severity:
    """A severity by name. Raises BadSetting listing all."""
    try:
        return Severity(word)
    except ValueError:
        raise BadSetting(f"'{word}' is no severity.", hint=f"Severities are {', '.join(Severity)}, or never.") from None
