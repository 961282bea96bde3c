"""The report as GitHub-flavoured Markdown, compact enough for a comment on a pull request."""

from __future__ import annotations

import re

from rung.core.finding import Severity
from rung.core.report import Report
from rung.render import words, worth
from rung.render.outline import Entry, Outline, case_line, consequence, counts_line, next_command, outline, step_why, unlock, verdict_line

LIMIT = 60_000  # a comment on GitHub holds 65,536 characters
CAUSES, NOTES = 20, 20
SIGNS = {Severity.CRITICAL: "🟥 critical", Severity.ERROR: "🟧 error", Severity.WARNING: "🟨 warning", Severity.NOTE: "🟦 note"}
STATES = {"passed": "✅ passed", "findings": "❌ findings", "failed": "💥 crashed", "not-checked": "⬜ not checked"}


def render(report: Report, *, causes: int = CAUSES) -> str:
    """The report as Markdown.

    causes : how many causes are told in full. Fewer are told where the text would not fit a comment.
    """
    plan = outline(report)
    parts = (
        _head(report, plan),
        _ladder(report),
        _questions(report),
        _worth(report),
        _causes(plan, causes),
        _headroom(report),
        _models(report),
        _notes(plan),
        _unseen(report, plan),
        _foot(report, plan),
    )
    text = "\n".join(line for part in parts if part for line in (*part, ""))
    return text if len(text) <= LIMIT or causes == 0 else render(report, causes=causes // 2)


def escape(text: object, limit: int = 600) -> str:
    """Text that Markdown and HTML leave alone, on one line."""
    flat = words.line(text, limit).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    flat = re.sub(r"([\\`*_{}\[\]|~$])", r"\\\1", flat)
    return _unlinked(flat)


def _unlinked(text: str) -> str:
    """Zero-width spaces where a name would call a person, '#12' an issue, or an address become a link."""
    return re.sub(r"(?i)(https?|www|ftp)(?=[:.])|@|#(?=\d)", "\\g<0>\u200b", text)


def in_html(text: object, limit: int = 400) -> str:
    """Text for inside a summary: Markdown is not read there, so that its escapes would show."""
    return _unlinked(words.line(text, limit).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"))


def code(text: object, limit: int = 200) -> str:
    """Text as a code span, whatever backticks and bars it holds."""
    flat = words.line(text, limit).replace("|", "¦") or " "  # a bar would end the cell, even inside code
    fence = "`" * (1 + max((len(run) for run in re.findall("`+", flat)), default=0))
    pad = " " if flat.startswith("`") or flat.endswith("`") else ""
    return f"{fence}{pad}{flat}{pad}{fence}"


def _fenced(text: str, language: str) -> list[str]:
    body = words.clip(words.clean(text).rstrip(), 4_000)
    fence = "`" * max(3, 1 + max((len(run) for run in re.findall("`+", body)), default=0))
    return [f"{fence}{language}", body, fence]


def _head(report: Report, plan: Outline) -> list[str]:
    sign = SIGNS[plan.first.severity].split()[0] if plan.first else "✅"
    lines = [f"## {sign} {escape(verdict_line(plan), 600)}", "", escape(case_line(report))]
    said = worth.expectation(report) or consequence(plan)
    lines += ["", f"**{escape(said)}**"] if said else []
    return [*lines, *(["", f"_Not complete: {escape(report.interrupted)}._"] if report.interrupted else [])]


def _ladder(report: Report) -> list[str]:
    rows = [f"| {step.rung} | {STATES[step.state]} | {escape(step_why(report, step), 160)} |" for step in report.ladder]
    return ["| rung | state | why |", "|---|---|---|", *rows]


def _questions(report: Report) -> list[str]:
    if not report.evaluation:
        return []
    said = {"good": "✅", "doubt": "ℹ️", "bad": "❌", "not-seen": "⚪", "told": "·"}
    rows = [f"| {said[each.state]} | {escape(each.ask)} | {escape(words.line(each.answer, 300))} |" for each in report.evaluation]
    return [f"### Can the number be trusted? {words.trust(report)}", "", "| | question | answer |", "|---|---|---|", *rows]


def _worth(report: Report) -> list[str]:
    honest = report.honest
    if honest is None or not (honest.taken_out or honest.doubts):
        return []
    rows = [
        f"| {escape(words.interval(change, sign=True))} | {escape(what)}: {escape(how)} |" for change, what, how in worth.removals(honest)
    ]
    return [
        f"| {escape(words.metric_name(honest.metric))} | |",
        "|---|---|",
        f"| {escape(words.interval(honest.reported))} | reported |",
        *rows,
        f"| **{escape(words.interval(honest.value))}** | **to expect in use** |",
        "",
        escape(worth.basis(honest)),
        *[f"- {escape(each, 300)}" for each in honest.doubts],
    ]


def _headroom(report: Report) -> list[str]:
    found = report.headroom
    if found is None:
        return []
    rows = [f"| {escape(name)} | {escape(gain)} | {escape(told)} |" for gain, name, told in map(worth.lever_line, found.levers)]
    lottery = [f"- {escape(each)}" for each in worth.lottery_lines(found.lottery)] if found.lottery is not None else []
    head = ["### How good could it be", "", escape(f"{worth.headroom_line(found)} {worth.ceiling_line(found)}"), ""]
    notes = [f"- {escape(each, 300)}" for each in found.notes]
    return [*head, "| lever | gain | tried |", "|---|---|---|", *rows, "", *lottery, *notes]


def _causes(plan: Outline, count: int) -> list[str]:
    if not plan.entries:
        return []
    lines = ["### Causes, likeliest root first", "", "| | severity | rule | subject | verdict | score |", "|---|---|---|---|---|---|"]
    lines += [_row(entry) for entry in plan.entries[: max(count, 1)]]
    rest = len(plan.entries) - max(count, 1)
    lines += [f"| | | and {rest} more in the full report | | | |"] if rest > 0 else []
    for entry in plan.entries[:count]:
        lines += ["", *_detail(entry)]
    return lines


def _row(entry: Entry) -> str:
    outcome = entry.outcome
    score = f"{words.number(outcome.before.value)} → {words.number(outcome.after.value)}" if outcome else ""
    subject = escape(words.subject_text(entry.finding.subject), 100)
    return f"| {entry.number} | {SIGNS[entry.severity]} | {code(entry.label)} | {subject} | {entry.finding.verdict} | {score} |"


def _detail(entry: Entry) -> list[str]:
    finding, remedy = entry.finding, entry.finding.remedy
    head = f"<details{' open' if entry.number == 1 else ''}><summary><b>{entry.number}. {in_html(finding.message)}</b></summary>"
    lines = [head, ""]
    if entry.outcome is not None:
        lines += [
            f"**Experiment, {escape(entry.outcome.changed, 160)}:** {escape(words.outcome_sentence(entry.outcome))} ({finding.verdict})",
            "",
        ]
    if entry.symptoms:
        named = (f"{code(each.code + ' ' + each.name)} {escape(words.subject_text(each.subject), 100)}" for each in entry.symptoms[:8])
        lines += [f"**Explains:** {', '.join(named)}", ""]
    lines += [f"**Cause:** {escape(remedy.cause)}", ""] if remedy.cause else []
    lines += [f"**Fix:** {escape(remedy.fix)}", ""] if remedy.fix else []
    lines += [*_fenced(remedy.patch, "python"), ""] if remedy.patch else []
    lines += [f"**Check that it worked:** {escape(remedy.verify)}", ""] if remedy.verify else []
    return [*lines, f"Next: {code('rung explain ' + finding.code)}", "", "</details>"]


def _models(report: Report) -> list[str]:
    if not report.case.contenders:
        return []
    head = [
        "### Models on the same folds",
        "",
        f"| model | {escape(words.metric_name(report.case.metric))} | step | |",
        "|---|---|---|---|",
    ]
    rows = [
        f"| {escape(each.name, 80)} | {escape(words.interval(each.score))} | "
        f"{escape(words.interval(each.step, sign=True)) if each.step else ''} | {escape(each.state, 60)} |"
        for each in report.case.contenders
    ]
    return head + rows


def _notes(plan: Outline) -> list[str]:
    shown = [f"- {code(each.code + ' ' + each.name)} {escape(each.message, 300)}" for each in plan.notes[:NOTES]]
    shown += [f"- and {len(plan.notes) - NOTES} more"] if len(plan.notes) > NOTES else []
    cleared = [
        f"- cleared by experiment: {code(each.label)} {escape(words.subject_text(each.finding.subject), 100)}"
        for each in plan.refuted[:NOTES]
    ]
    if not shown and not cleared:
        return []
    return [
        f"<details><summary>{words.plural(len(plan.notes), 'note')}, {len(plan.refuted)} cleared</summary>",
        "",
        *cleared,
        *shown,
        "",
        "</details>",
    ]


def _unseen(report: Report, plan: Outline) -> list[str]:
    lines = []
    for blind in report.diagnosis.blind:
        option = unlock(report, blind)
        hint = f", {code(option)} unlocks them" if option else ""
        lines.append(f"- without {escape(words.missing(blind))}: {words.plural(blind.checks, 'rule')} silent{hint}")
    lines += [f"- {code(run.code + ' ' + run.name)} crashed: {escape(run.reason, 200)}" for run in plan.failed]
    return ["**Not seen**", "", *lines] if lines else []


def _foot(report: Report, plan: Outline) -> list[str]:
    said = f"rung {escape(report.version)} · {words.seconds(report.seconds)} · {counts_line(plan)} · seed {report.seed}"
    return [f"<sub>{said}</sub>", "", f"Next: {code(next_command(report, plan), 400)}"]
