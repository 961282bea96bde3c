"""pytest plugin: a fixture that diagnoses once a session, and failures that say what rung found.

def test_no_leakage(rung_diagnose):
    report = rung_diagnose("data/train.csv", test="data/test.csv", target="late")
    assert report.free_of("leakage")
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from rung.core.report import Report

SHOWN = 8
Diagnose = Callable[..., "Report"]


@pytest.fixture(scope="session")
def rung_diagnose() -> Diagnose:
    """`rung.diagnose`, remembering its reports: the same files and options are looked at once a session."""
    import rung

    known: dict[str, Report] = {}

    def diagnose(train: object, **options: object) -> Report:
        # Frames are remembered by identity and kept alive with their report, so that no other object can take their place.
        key = repr((_name(train), sorted((name, _name(value)) for name, value in options.items())))
        if key not in known:
            known[key] = rung.diagnose(train, **options)  # type: ignore[arg-type]
            kept.append((train, options))
        return known[key]

    kept: list[object] = []
    return diagnose


def _name(value: object) -> str:
    plain = value is None or isinstance(value, str | int | float | bool | tuple | list)
    return repr(value) if plain or hasattr(value, "__fspath__") else f"{type(value).__qualname__} at {id(value)}"


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """Add to a failed test what the reports in its own frame hold against it."""
    outcome = yield
    if call.when != "call" or call.excinfo is None or not call.excinfo.errisinstance(AssertionError):
        return
    result = outcome.get_result()  # type: ignore[attr-defined]
    for name, report in _reports(call.excinfo, item):
        result.sections.append((f"rung: {name}", _told(report)))


def _reports(failure: pytest.ExceptionInfo[BaseException], item: pytest.Item) -> list[tuple[str, Report]]:
    import sys

    core = sys.modules.get("rung.core.report")  # a test without rung costs nothing
    if core is None:
        return []
    frames = [entry.frame for entry in failure.traceback if str(entry.path) == str(item.path)]
    found = {name: value for frame in frames for name, value in frame.f_locals.items() if isinstance(value, core.Report)}
    return list(found.items())


def _told(report: Report) -> str:
    from rung.render.words import line, subject_text
    from rung.render.worth import expectation

    grave = [each for each in report.findings if each.weight and each.verdict != "refuted"]
    lines = [expectation(report)] if expectation(report) else []
    for each in grave[:SHOWN]:
        lines += [
            f"{each.severity} {each.code} {each.name} ({each.verdict}), {subject_text(each.subject)}",
            f"    {line(each.message, 300)}",
        ]
        lines += [f"    Fix: {line(each.remedy.fix, 300)}"] if each.remedy.fix else []
    lines += [f"and {len(grave) - SHOWN} more"] if len(grave) > SHOWN else []
    return "\n".join(lines or ["no finding of warning or worse"])
