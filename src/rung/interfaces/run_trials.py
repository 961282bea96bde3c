"""Edits on trial: each is made in a copy of the folder and the script is run there again. Is the fault gone, and what became of the score?"""

from __future__ import annotations

import json
import math
import re
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, replace
from pathlib import Path

from rung.core.errors import Unavailable
from rung.core.evidence import Measure
from rung.core.experiment import Estimate, Outcome
from rung.core.finding import Finding, Severity, Verdict
from rung.core.report import Report
from rung.diagnosis.rank import rank
from rung.experiments.copies import copied_folder, refuse_outward
from rung.facts.metric_names import spoken
from rung.facts.run_edits import Edit, edit_of
from rung.facts.run_edits_tree import without_magics
from rung.inputs.trace import Trace

NAME = "try-edit"
SLOWER = 5  # times the script's own seconds that the copy may take, one minute at least
LOWER_IS_BETTER = re.compile(r"error|loss|deviance|mse|mae|rmse|brier|pinball", re.IGNORECASE)
# Faults that flatter the score, and faults that spoil it: mending them moves it down, or up.
FLATTERING = ("P101", "P102", "P103", "P104", "D301", "D302", "D303", "D304", "D112", "E101", "E102", "E103")
SPOILING = ("D202", "D203", "P201", "P202", "M204", "M102")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """What came of running the edited copy.   ran : it ended well.   failed : it ended with an error that the script itself has not.   gone : the rule found nothing of weight there.   before, after : the last score of
    both runs, n : its rows.
    """

    ran: bool
    gone: bool
    why: str
    failed: bool = False
    metric: str = ""
    before: float | None = None
    after: float | None = None
    n: int = 0
    seconds: float = 0.0


def tried(edit: Edit, finding: Finding, trace: Trace, arguments: tuple[str, ...], others: frozenset[str] = frozenset()) -> Tried:
    """Run the edited script in a copy of the working folder, so that nothing of the user's is touched. others : keys of findings that the edit need not mend."""
    started = time.perf_counter()
    if Path(edit.path).is_absolute():
        return Tried(ran=False, gone=False, why="only scripts in the working folder can be tried on a copy")
    try:
        with copied_folder(Path.cwd()) as copy, tempfile.TemporaryDirectory(prefix="rung-") as aside:
            names = [
                Path(each).with_suffix(".py") if each.endswith(".ipynb") else Path(each) for each in (edit.path, trace.scripts[0].path)
            ]
            (copy / names[0]).write_text(without_magics(edit.after), encoding="utf-8")  # the cells of a notebook, one after the other
            found = _ran(copy, [Path(aside) / "brief.json", names[1], *arguments], finding, trace, others)
    except Unavailable as reason:
        return Tried(ran=False, gone=False, why=reason.message)
    return replace(found, seconds=time.perf_counter() - started)


def _ran(copy: Path, given: list[object], finding: Finding, trace: Trace, others: frozenset[str]) -> Tried:
    command, out = [sys.executable, "-m", "rung.interfaces.run_again", *map(str, given)], Path(str(given[0]))
    try:
        ended = subprocess.run(command, cwd=copy, capture_output=True, text=True, check=False, timeout=max(60.0, SLOWER * trace.seconds), stdin=subprocess.DEVNULL)  # noqa: S603 - the user's own script  # fmt: skip
    except subprocess.TimeoutExpired:
        return Tried(ran=False, gone=False, why="the edited copy took too long")
    brief = json.loads(out.read_text(encoding="utf-8")) if out.exists() else None
    if brief is None or brief["code"]:
        return Tried(
            ran=False, gone=False, failed=True, why=f"the edited copy failed: {(ended.stderr.strip().splitlines() or ['no message'])[-1]}"
        )
    left = {key for key, severity in brief["findings"] if severity != Severity.NOTE and key.startswith(f"{finding.code}:")} - others
    why = "the finding is gone in the edited copy" if not left else "the edited copy still shows it"
    return Tried(ran=True, gone=not left, why=why, **_scores(trace, brief["scores"]))


def _scores(trace: Trace, theirs: list[list]) -> dict:
    """The last score of both runs, where it is the same metric."""
    mine = [each.metric for each in trace.events if each.metric is not None and not each.depth]
    if not mine or not theirs or not math.isfinite(mine[-1].value) or not math.isfinite(theirs[-1][1]):
        return {}
    if mine[-1].name.rpartition(".")[2] != theirs[-1][0].rpartition(".")[2]:
        return {}
    n = mine[-1].arguments[0].n if mine[-1].arguments else 0
    return {"metric": mine[-1].name, "before": mine[-1].value, "after": theirs[-1][1], "n": n}


def settled(finding: Finding, result: Tried) -> Finding:
    """The finding with what the edited copy showed: an edit that does not hold is not shown."""
    known = finding.verdict is Verdict.CONFIRMED  # by an experiment of its own
    if result.failed:  # the edit was wrong, which says nothing of the fault
        return replace(finding, remedy=replace(finding.remedy, patch=None))
    if not result.gone:
        verdict = finding.verdict if known else Verdict.INCONCLUSIVE if result.ran else Verdict.UNTESTABLE
        why = f"{finding.verdict_reason}; {result.why}" if known else result.why
        return replace(finding, verdict=verdict, verdict_reason=why, remedy=replace(finding.remedy, patch=None))
    told = _measure(result)
    why = "; ".join(each for each in (finding.verdict_reason if known else "", _reason(finding, result)) if each)
    return replace(finding, verdict=Verdict.CONFIRMED, verdict_reason=why, evidence=(*told, *finding.evidence))


def _measure(result: Tried) -> tuple[Measure, ...]:
    if result.before is None or result.after is None:
        return ()
    return (
        Measure(
            title=f"{result.metric} with the fault mended", value=result.after, limit=result.before,
            reading="Measured by running the edited copy; the limit is the score as the script reports it.",
        ),
    )  # fmt: skip


def _reason(finding: Finding, result: Tried) -> str:
    """What the copy showed, with the score where one was seen, and whether it moved as such a fault makes it."""
    if result.before is None or result.after is None:
        return result.why
    told = f"{result.why}; {result.metric} is {result.after:.4g} there, {result.before:.4g} as it stands"
    better = (result.after - result.before) * (-1 if LOWER_IS_BETTER.search(result.metric) else 1)
    if abs(better) <= noise(result):
        return f"{told}, a difference within the noise of its rows"
    against = (better > 0 and finding.code in FLATTERING) or (better < 0 and finding.code in SPOILING)
    return f"{told}; that is not the way in which such a fault moves a score: look at both" if against else told


def noise(result: Tried) -> float:
    """What chance alone may move the score by: one over the root of its rows, of its own size."""
    size = max(abs(result.before or 0.0), abs(result.after or 0.0))
    return size / math.sqrt(result.n) if result.n else 0.05 * size


def outcome(finding: Finding, result: Tried) -> Outcome | None:
    """As any experiment reports; None where no score was seen in both runs."""
    if result.before is None or result.after is None:
        return None
    before, after = (Estimate(value=each, low=each, high=each, n=result.n) for each in (result.before, result.after))
    gap = result.after - result.before  # of two runs, each with one number: without the rows' own losses there is no interval
    expected = "falls" if finding.code in FLATTERING else "rises" if finding.code in SPOILING else "differs"
    return Outcome(
        experiment=NAME, changed="the script edited as the diff shows", metric=spoken(result.metric) or result.metric, before=before, after=after,
        difference=Estimate(value=gap, low=gap, high=gap, n=result.n), expected=expected,
        verdict=Verdict.CONFIRMED if result.gone else Verdict.INCONCLUSIVE, why=_reason(finding, result), seconds=result.seconds, key=finding.key,
    )  # fmt: skip


def on_trial(report: Report, trace: Trace | None, arguments: tuple[str, ...], budget: float) -> Report:
    """The report with its edits tried, the gravest findings first, until the budget is spent."""
    if trace is None or trace.exit.code or not trace.counted:
        return report
    try:
        refuse_outward(trace)
    except Unavailable:
        return report
    known: dict[str, Tried] = {}
    found: dict[str, tuple[Finding, Outcome | None]] = {}
    for finding in report.findings:
        edit = edit_of(trace, finding) if finding.weight and finding.verdict is not Verdict.REFUTED else None
        if edit is None or sum(each.seconds for each in known.values()) + _longest(known, trace) > budget:
            continue
        name = finding.code + edit.after
        if name not in known:
            known[name] = tried(edit, finding, trace, arguments, others_than(finding, report))
        own = report.outcome_of(finding) is not None
        found[finding.key] = (settled(finding, known[name]), outcome(finding, known[name]) if known[name].gone and not own else None)
    return _told(report, found)


def others_than(finding: Finding, report: Report) -> frozenset[str]:
    """Keys of the other findings: an edit mends one."""
    return frozenset(each.key for each in report.findings if each.key != finding.key)


def _longest(known: dict[str, Tried], trace: Trace) -> float:
    """Seconds that one more trial may take: as long as the longest so far; at first, the script's own with the recorder's."""
    return max((each.seconds for each in known.values()), default=2 * trace.seconds)


def _told(report: Report, found: dict[str, tuple[Finding, Outcome | None]]) -> Report:
    """The report with the verdicts, ranked again."""
    if not found:
        return report
    findings = tuple(found[each.key][0] if each.key in found else each for each in report.findings)
    outcomes = (*report.outcomes, *(each for _, each in found.values() if each is not None))
    diagnosis = rank(findings, outcomes, report.diagnosis.blind)
    order = [cause.key for cause in diagnosis.causes]
    findings = tuple(sorted(findings, key=lambda each: order.index(each.key) if each.key in order else len(order)))
    return replace(report, findings=findings, outcomes=outcomes, diagnosis=diagnosis)
