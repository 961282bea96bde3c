"""The order in which every renderer tells the story: causes with their symptoms, then notes, then what was not seen."""

from __future__ import annotations

import shlex
from collections import Counter
from dataclasses import dataclass

from rung.core.diagnosis import Blind, Cause
from rung.core.experiment import Outcome
from rung.core.finding import Finding, Severity, Verdict
from rung.core.report import CheckRun, LadderStep, Report
from rung.core.rung import Rung
from rung.render import words


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One ranked cause as shown: its finding, its place in the diagnosis, its experiment, and what it explains.

    symptoms : findings folded under this one.   predicted : faults it would explain that were not found here.
    """

    number: int
    finding: Finding
    severity: Severity
    cause: Cause | None
    outcome: Outcome | None
    symptoms: tuple[Finding, ...]
    predicted: tuple[str, ...]

    @property
    def label(self) -> str:
        """'D301 target-leakage'."""
        return f"{self.finding.code} {self.finding.name}".strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """A report in the order of reading; `refuted` were suspected and cleared by their experiment."""

    entries: tuple[Entry, ...]
    refuted: tuple[Entry, ...]
    notes: tuple[Finding, ...]
    counts: dict[str, int]
    failed: tuple[CheckRun, ...]

    @property
    def first(self) -> Entry | None:
        """The likeliest root cause, None where nothing of weight was found."""
        return self.entries[0] if self.entries else None


def outline(report: Report) -> Outline:
    """Sort a report's findings into numbered causes with folded symptoms, and notes."""
    causes = {cause.key: cause for cause in report.diagnosis.causes}
    grave = [finding for finding in _ordered(report, causes) if finding.weight]
    folded = _folded(report, grave)
    tops = sorted((each for each in grave if each.key not in folded), key=lambda each: each.verdict is Verdict.REFUTED)
    entries = tuple(_entry(report, place, finding, causes, folded) for place, finding in enumerate(tops, start=1))
    standing = tuple(entry for entry in entries if entry.finding.verdict is not Verdict.REFUTED)
    notes = tuple(finding for finding in report.findings if not finding.weight)
    failed = tuple(run for run in report.runs if run.outcome == "failed")
    counts = dict(Counter(run.outcome for run in report.runs))
    return Outline(entries=standing, refuted=entries[len(standing) :], notes=notes, counts=counts, failed=failed)


def _ordered(report: Report, causes: dict[str, Cause]) -> list[Finding]:
    place = {key: position for position, key in enumerate(causes)}
    return sorted(report.findings, key=lambda finding: place.get(finding.key, len(place)))  # stable: the rest keeps its rank


def _folded(report: Report, grave: list[Finding]) -> dict[str, str]:
    """Key of a symptom -> key of the first cause that explains it; a cause already shown is never folded under a later one."""
    place = {finding.key: position for position, finding in enumerate(grave)}
    folded: dict[str, str] = {}
    for cause in report.diagnosis.causes:
        if cause.key in folded or cause.key not in place or grave[place[cause.key]].verdict is Verdict.REFUTED:
            continue
        for key in cause.explains:
            if place.get(key, -1) > place[cause.key]:
                folded.setdefault(key, cause.key)
    return folded


def _entry(report: Report, place: int, finding: Finding, causes: dict[str, Cause], folded: dict[str, str]) -> Entry:
    symptoms = tuple(each for each in report.findings if folded.get(each.key) == finding.key)
    found = {each.name for each in report.findings}
    return Entry(
        number=place,
        finding=finding,
        severity=finding.severity or Severity.NOTE,
        cause=causes.get(finding.key),
        outcome=report.outcome_of(finding),
        symptoms=symptoms,
        predicted=tuple(name for name in finding.explains if name not in found),
    )


def verdict_line(plan: Outline) -> str:
    """The whole report in one plain sentence."""
    if plan.first is None:
        checked = plan.counts.get("clear", 0) + plan.counts.get("found", 0)
        return f"No fault was found; {words.plural(checked, 'rule')} looked and {plan.counts.get('skipped', 0):,} could not."
    return words.line(plan.first.finding.message, 600)


def consequence(plan: Outline) -> str:
    """What follows for the score, in one sentence; empty where no experiment ran on the first cause."""
    if plan.first is None or plan.first.outcome is None:
        return ""
    outcome = plan.first.outcome
    before, after = words.number(outcome.before.value), words.number(outcome.after.value)
    return f"{words.metric_name(outcome.metric)} is {before} as it stands and {after} after one change: {words.line(outcome.changed, 160)}."


def case_line(report: Report) -> str:
    """Target, task, size and metric in one line."""
    case = report.case
    sizes = ", ".join(f"{name} {count:,}" for name, count in case.rows.items())
    run = case.task == "training run"
    parts = [f"target '{words.line(case.target, 60)}'"] if case.target else [] if run else ["no target"]
    parts += [case.task, *([f"model {words.line(case.model, 60)}"] if run and case.model else [])]
    parts += [f"rows: {sizes}"] if sizes else []
    parts += [words.plural(case.columns, "column")] if case.columns else []
    parts += [words.metric_name(case.metric)] if case.metric else []
    return " · ".join(parts)


def step_why(report: Report, step: LadderStep) -> str:
    """Why a rung is in its state: the report's own reason, else the names of what was found there."""
    if step.why:
        return words.line(step.why, 200).removeprefix("crashed: ")  # the state says so already
    names = dict.fromkeys(each.name for each in report.findings if each.rung == step.rung and each.weight)
    return words.clip(", ".join(names), 200)


def runs_of(report: Report, rung: Rung) -> dict[str, int]:
    """How many rules of this rung ended how."""
    return dict(Counter(run.outcome for run in report.runs if run.rung == rung))


def counts_line(plan: Outline) -> str:
    """'143 rules: 3 found something, 97 clear, 43 skipped'."""
    said = {"found": "found something", "clear": "clear", "skipped": "skipped", "failed": "crashed", "muted": "muted"}
    parts = [f"{plan.counts[key]:,} {word}" for key, word in said.items() if plan.counts.get(key)]
    return f"{words.plural(sum(plan.counts.values()), 'rule')}: " + ", ".join(parts) if parts else "no rules ran"


FEW_RULES = 12  # asked, from which a reason for each silent one is more than anybody reads


def skipped_otherwise(report: Report) -> tuple[CheckRun, ...]:
    """Rules that were silent for another reason than an input that was not given, such as too few rows; none where many were asked."""
    asked = [each for each in report.runs if each.outcome != "muted"]
    missing = {name for each in report.diagnosis.blind for name in each.names}
    return tuple(each for each in asked if each.outcome == "skipped" and each.name not in missing) if len(asked) <= FEW_RULES else ()


RECORDED = (("check",), ("run",))  # nothing can be handed over beside the record of a run


def unlock(report: Report, blind: Blind) -> str:
    """The option that would hand over what is missing, empty where this command has none."""
    return "" if report.command[1:2] in RECORDED else words.unlock(blind)


def next_command(report: Report, plan: Outline) -> str:
    """What to do now, as a line to type; with nothing found, the input that would let most rules speak."""
    if plan.first is not None:
        return f"rung explain {plan.first.finding.code}"
    if report.command[1:2] in RECORDED:
        return "rung rules"
    options = (unlock(report, blind) for blind in sorted(report.diagnosis.blind, key=lambda each: -each.checks))
    option = next((each for each in options if each), "")
    return f"{shlex.join(_command(report))} {option}" if option else "rung rules"


def _command(report: Report) -> tuple[str, ...]:
    return tuple(words.line(part, 120) for part in report.command) or ("rung", "diagnose", "TRAIN")
