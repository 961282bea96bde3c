"""`rung run --apply`: each edit is tried on a copy of the folder, shown with what it did to the score, and written after a yes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from rung.core.finding import Finding
from rung.core.report import Report
from rung.facts.run_edits import Edit, edit_of
from rung.inputs.trace import Trace
from rung.interfaces.run_trials import Tried, others_than, settled, tried


def apply_edits(
    report: Report, trace: Trace, arguments: tuple[str, ...], ask: Callable[[str], bool], show: Callable[[str], None]
) -> Report:
    """Try every edit of weight, show it, and write it after a yes; one file is edited once a run, so that line numbers stay true."""
    written: set[str] = set()
    findings = []
    for finding in report.findings:
        edit = edit_of(trace, finding) if finding.weight else None
        if edit is None or edit.path in written:
            findings.append(finding)
            continue
        result = tried(edit, finding, trace, arguments, others_than(finding, report))
        findings.append(settled(finding, result))
        show(_shown(finding, edit, result))
        if result.gone and edit.path.endswith(".py") and ask(f"Write this to {edit.path}?"):
            Path(edit.path).write_text(edit.after, encoding="utf-8")
            written.add(edit.path)
            show(f"Written to {edit.path}. Run rung again for what is left.")
    if not findings or not any(edit_of(trace, each) for each in report.findings if each.weight):
        show("No finding has an edit that is known to be safe; the report says what to do by hand.")
    return replace(report, findings=tuple(findings))


def _shown(finding: Finding, edit: Edit, result: Tried) -> str:
    score = (
        f" {result.metric}: {result.before:.4g} before, {result.after:.4g} after."
        if result.before is not None and result.after is not None
        else ""
    )
    return f"\n{finding.code} {finding.name}\n{edit.diff}{result.why.capitalize()}.{score}"
