"""`rung run --apply`: each edit is tried on a copy of the folder, shown with what it did to the score, and written after a yes."""

from __future__ import annotations

import json
import math
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from rung.core.errors import Unavailable
from rung.core.evidence import Measure
from rung.core.finding import Finding, Severity, Verdict
from rung.core.report import Report
from rung.experiments.copies import copied_folder
from rung.facts.run_edits import Edit, edit_of
from rung.inputs.trace import Trace

SLOWER = 5  # times the script's own seconds that the copy may take, one minute at least


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """What came of running the edited copy.   gone : the rule found nothing of weight there.   before, after : the last score of both runs."""

    gone: bool
    why: str
    metric: str = ""
    before: float | None = None
    after: float | None = None


def tried(edit: Edit, finding: Finding, trace: Trace, arguments: tuple[str, ...]) -> Tried:
    """Run the edited script in a copy of the working folder, so that nothing of the user's is touched."""
    if not edit.path.endswith(".py") or Path(edit.path).is_absolute():
        return Tried(gone=False, why="only scripts in the working folder can be tried on a copy")
    try:
        with copied_folder(Path.cwd()) as copy, tempfile.TemporaryDirectory(prefix="rung-") as aside:
            (copy / edit.path).write_text(edit.after, encoding="utf-8")
            return _ran(copy, Path(aside) / "brief.json", finding, trace, arguments)
    except Unavailable as reason:
        return Tried(gone=False, why=reason.message)


def _ran(copy: Path, out: Path, finding: Finding, trace: Trace, arguments: tuple[str, ...]) -> Tried:
    command = [sys.executable, "-m", "rung.interfaces.run_again", str(out), trace.scripts[0].path, *arguments]
    try:
        ended = subprocess.run(command, cwd=copy, capture_output=True, text=True, check=False, timeout=max(60.0, SLOWER * trace.seconds))  # noqa: S603 - the user's own script
    except subprocess.TimeoutExpired:
        return Tried(gone=False, why="the edited copy took too long")
    brief = json.loads(out.read_text(encoding="utf-8")) if out.exists() else None
    if brief is None or brief["code"]:
        return Tried(gone=False, why=f"the edited copy failed: {ended.stderr.strip().splitlines()[-1:] or ['no message'][0]}")
    left = [severity for code, severity in brief["findings"] if code == finding.code and severity != Severity.NOTE]
    mine = [each.metric for each in trace.events if each.metric is not None and not each.depth]
    theirs = brief["scores"]
    same = (
        bool(mine and theirs)
        and math.isfinite(mine[-1].value)
        and math.isfinite(theirs[-1][1])
        and mine[-1].name.rpartition(".")[2] == theirs[-1][0].rpartition(".")[2]
    )
    score = {"metric": mine[-1].name, "before": mine[-1].value, "after": theirs[-1][1]} if same else {}
    return Tried(gone=not left, why="the finding is gone in the edited copy" if not left else "the edited copy still shows it", **score)


def confirmed(finding: Finding, result: Tried) -> Finding:
    """The finding with what the edited copy showed."""
    if not result.gone:
        return replace(finding, verdict=Verdict.INCONCLUSIVE, verdict_reason=result.why)
    told = (
        Measure(
            title=f"{result.metric} with the fault mended",
            value=result.after,
            limit=result.before,
            reading="Measured by running the edited copy; the limit is the score as the script reports it.",
        )
        if result.after is not None
        else None
    )
    return replace(finding, verdict=Verdict.CONFIRMED, verdict_reason=result.why, evidence=(*finding.evidence, *((told,) if told else ())))


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
        result = tried(edit, finding, trace, arguments)
        findings.append(confirmed(finding, result))
        show(_shown(finding, edit, result))
        if ask(f"Write this to {edit.path}?"):
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
