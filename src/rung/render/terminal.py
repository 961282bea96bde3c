"""The report for people at a terminal, or in a log: plain text where colours are not wanted."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING

from rung.core.experiment import Outcome
from rung.core.finding import Finding, Verdict
from rung.core.report import Contender, Report
from rung.render import canvas, words, worth
from rung.render.outline import (
    Entry,
    Outline,
    case_line,
    consequence,
    counts_line,
    next_command,
    outline,
    skipped_otherwise,
    step_why,
    unlock,
    verdict_line,
)

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

CAUSES, DRAWN, NOTES, SYMPTOMS, PATCH_LINES = 12, 3, 8, 6, 12  # what fits two screens; the other formats hold everything

Write = Callable[..., None]


def render(report: Report, *, width: int | None = None, colour: bool | None = None, unicode: bool | None = None) -> str:
    """The report as text.

    width : columns, that of the terminal where left out.   colour, unicode : forced on or off; else standard output, its
    encoding and NO_COLOR decide.
    """
    where = canvas.screen(width, colour, unicode)
    out = io.StringIO()
    page = Page(_console(out, where), where)
    plan = outline(report)
    for part in (_head, _questions, _ladder, _worth, _causes, _overview, _models, _headroom, _refuted, _notes, _blind, _foot):
        part(page, report, plan)
    return "\n".join(each.rstrip() for each in out.getvalue().splitlines()) + "\n"


def _console(out: io.StringIO, where: canvas.Screen) -> Console:
    from rich.console import Console

    return Console(
        file=out,
        width=where.width,
        force_terminal=where.colour,
        no_color=not where.colour,
        color_system="standard" if where.colour else None,  # the sixteen colours that every theme keeps readable
        legacy_windows=False,
        highlight=False,
        markup=False,
        emoji=False,
        _environ={},  # the screen has been looked at; rich must not look again
    )


class Page:
    """Writes paragraphs with a hanging indent; every word passes through `words.clean`, so nothing can drive the terminal."""

    def __init__(self, console: Console, where: canvas.Screen) -> None:
        self.console, self.where = console, where

    def gap(self) -> None:
        self.console.print()

    def heading(self, text: str) -> None:
        self.gap()
        self.write(text, "bold underline" if self.where.colour else "")
        if not self.where.colour:
            self.write("-" * min(len(self.where.text(text)), self.console.width))

    def write(self, text: str, style: str = "", indent: int = 0, lead: str = "", lead_style: str = "") -> None:
        """A paragraph: `lead` hangs in the margin before it."""
        from rich.padding import Padding
        from rich.table import Table

        if not lead:
            self.console.print(Padding(self._text(text, style), (0, 0, 0, indent)))
            return
        grid = Table.grid(padding=0)
        grid.add_column(width=len(self.where.text(lead)), no_wrap=True)
        grid.add_column(ratio=1, overflow="fold")
        grid.add_row(self._text(lead, lead_style), self._text(text, style))
        self.console.print(Padding(grid, (0, 0, 0, indent)))

    def _text(self, text: str, style: str) -> Text:
        from rich.text import Text

        return Text(self.where.text(words.clean(text)), style=style, overflow="fold")


def _head(page: Page, report: Report, plan: Outline) -> None:
    page.write(f"rung {report.version} · {case_line(report)}", "dim")
    page.gap()
    page.write(verdict_line(plan), "bold green" if plan.first is None else "bold")
    if said := worth.expectation(report):
        page.write(said, "bold")
    elif said := consequence(plan):
        page.write(said)
    if report.interrupted:
        page.write(f"Not complete: {words.line(report.interrupted)}.", "yellow")


def _questions(page: Page, report: Report, _plan: Outline) -> None:
    if not report.evaluation:
        return
    page.heading(f"Can the number be trusted? {words.trust(report)}")
    for each in report.evaluation:
        glyph, style, _ = canvas.QUESTION[each.state]
        page.write(
            f"{words.line(each.ask)} {words.line(each.answer, 240)}",
            style if each.state in ("bad", "not-seen") else "",
            2,
            f"{glyph} ",
            style,
        )


def _ladder(page: Page, report: Report, _plan: Outline) -> None:
    page.heading("Ladder")
    for step in report.ladder:
        glyph, style, word = canvas.STATE[step.state]
        why = step_why(report, step)
        page.write(word + (f": {why}" if why else ""), style if step.state != "passed" else "", 2, f"{glyph} {step.rung:<11} ", style)


def _overview(page: Page, report: Report, _plan: Outline) -> None:
    drawn = [canvas.overview_lines(each, page.where.width - 2) for each in report.case.overview]
    if not any(drawn):
        return
    page.heading("At a glance")
    for place, (lines, shape) in enumerate(zip(drawn, report.case.overview, strict=True)):
        if place and lines:
            page.gap()
        for each in lines:
            page.write(each, "" if each is lines[0] else "dim", 2)
        if shape.reading and lines:
            page.write(words.line(shape.reading, 400), "dim", 2)


def _worth(page: Page, report: Report, _plan: Outline) -> None:
    honest = report.honest
    if honest is None or not (honest.taken_out or honest.doubts):
        return
    page.heading(f"From the reported to the honest score ({words.metric_name(honest.metric)})")
    page.write(f"{words.interval(honest.reported)}  reported", "dim", 2)
    for change, what, how in worth.removals(honest):
        page.write(f"{what}: {how}", "", 2, f"{words.interval(change, sign=True)}  ", "red" if change.value < 0 else "")
    page.write(f"{words.interval(honest.value)}  to expect in use", "bold", 2)
    page.write(worth.basis(honest), "dim", 2)
    for each in honest.doubts:
        page.write(words.line(each, 300), "yellow", 2)


def _headroom(page: Page, report: Report, _plan: Outline) -> None:
    found = report.headroom
    if found is None:
        return
    page.heading("How good could it be")
    page.write(worth.headroom_line(found), "bold", 2)
    if said := worth.ceiling_line(found):
        page.write(said, "", 2)
    for place, each in enumerate(found.levers, start=1):
        gain, name, told = worth.lever_line(each)
        page.write(f"{name}: {gain}", "green" if each.state == "worth it" else "", 2, f"{place}. ", "bold")
        page.write(told, "dim", 5)
    for each in worth.lottery_lines(found.lottery) if found.lottery is not None else ():
        page.write(each, "", 2)
    for each in found.notes:
        page.write(words.line(each, 300), "dim", 2)


def _models(page: Page, report: Report, _plan: Outline) -> None:
    contenders = report.case.contenders
    if not contenders:
        return
    page.heading(f"Models on the same folds ({words.metric_name(report.case.metric)})")
    scale = canvas.span([each.score for each in contenders])
    wide = min(34, max(len(words.line(each.name, 34)) for each in contenders))
    room = max(10, min(36, page.where.width - wide - 30))
    for each in contenders:
        _contender(page, each, scale, wide, room)


def _contender(page: Page, each: Contender, scale: tuple[float, float], wide: int, room: int) -> None:
    drawn = f"{words.interval(each.score):<22} {canvas.track(each.score, scale, room)}"
    step = f"{words.line(each.state, 40)} {words.interval(each.step, sign=True)}" if each.step is not None else ""
    beside = page.where.width >= wide + room + 70
    page.write(drawn + (f"  {step}" if beside else ""), "", 2, f"{words.line(each.name, 34):<{wide}}  ", "bold")
    if step and not beside:
        page.write(step, "dim", 4 + wide)


def _causes(page: Page, _report: Report, plan: Outline) -> None:
    if not plan.entries:
        return
    page.heading("Causes, likeliest root first")
    for entry in plan.entries[:CAUSES]:
        _cause(page, entry)
    rest = plan.entries[CAUSES:]
    if rest:
        page.gap()
        page.write(f"and {len(rest)} more: {_names(entry.finding for entry in rest)}. `--output report.html` holds all.")


def _cause(page: Page, entry: Entry) -> None:
    finding, margin = entry.finding, 3 if entry.number < 10 else 4
    page.gap()
    head = f"{entry.severity.upper()}  {entry.label}  {words.subject_text(finding.subject)}"
    page.write(head, canvas.SEVERITY[entry.severity], 0, f"{entry.number}. ", "bold")
    write = partial(page.write, indent=margin)
    write(f"{words.line(finding.message, 800)}")
    _experiment(write, finding, entry.outcome)
    if entry.number <= DRAWN:
        _evidence(page, finding, margin)
    _explained(write, entry)
    _remedy(page, finding, margin)


def _experiment(write: Write, finding: Finding, outcome: Outcome | None) -> None:
    style = canvas.VERDICT[finding.verdict]
    said = f"{finding.verdict} ({finding.confidence})"
    if outcome is not None:
        said += f", {words.line(outcome.changed, 120)}: {words.outcome_sentence(outcome)}"
    told = outcome is not None and finding.verdict is Verdict.CONFIRMED  # the numbers say it; any other verdict needs its reason
    reason = "" if told else words.line(finding.verdict_reason or (outcome.why if outcome else ""))
    write(f"{said}{f'. {words.upper(reason)}' if reason else ''}", style, lead="Verdict  ", lead_style="bold")


def _evidence(page: Page, finding: Finding, margin: int) -> None:
    room = page.where.width - margin - 9
    drawn = [each for evidence in finding.evidence[:2] for each in canvas.evidence_lines(evidence, room)]
    for place, each in enumerate(drawn):
        page.write(each, "dim", margin, "Seen     " if not place else " " * 9, "bold")


def _explained(write: Write, entry: Entry) -> None:
    if entry.symptoms:
        shown = "; ".join(f"{each.code} {each.name} ({words.subject_text(each.subject)})" for each in entry.symptoms[:SYMPTOMS])
        more = f" and {len(entry.symptoms) - SYMPTOMS} more" if len(entry.symptoms) > SYMPTOMS else ""
        write(shown + more, lead="Explains ", lead_style="bold")


def _remedy(page: Page, finding: Finding, margin: int) -> None:
    remedy = finding.remedy
    if remedy.fix:
        page.write(words.line(remedy.fix, 800), "", margin, "Fix      ", "bold green")
    for place, each in enumerate(_patch(remedy.patch)):
        page.write(each, "cyan", margin, "Patch    " if not place else " " * 9, "bold")
    page.write(f"rung explain {finding.code}", "cyan", margin, "Next     ", "bold")


def _patch(patch: str | None) -> list[str]:
    lines = [each.rstrip() for each in words.clean(patch or "").expandtabs(4).splitlines() if each.strip()]
    return lines if len(lines) <= PATCH_LINES else [*lines[: PATCH_LINES - 1], "..."]


def _refuted(page: Page, _report: Report, plan: Outline) -> None:
    if plan.refuted:
        page.heading("Suspected and cleared by experiment")
    for entry in plan.refuted[:NOTES]:
        said = f": {words.outcome_sentence(entry.outcome)}" if entry.outcome else ""
        page.write(f"{entry.finding.name}, {words.subject_text(entry.finding.subject)}{said}", "", 2, f"{entry.finding.code}  ", "cyan")


def _notes(page: Page, _report: Report, plan: Outline) -> None:
    if not plan.notes:
        return
    page.heading(f"Notes: true, harmless or merely possible ({len(plan.notes)})")
    groups: dict[str, list[Finding]] = {}
    for each in plan.notes:
        groups.setdefault(each.code, []).append(each)
    for code, found in list(groups.items())[:NOTES]:
        page.write(_note(found), "", 2, f"{code}  ", "blue")
    if len(groups) > NOTES:
        page.write(f"and {len(groups) - NOTES} more rules: {', '.join(list(groups)[NOTES:])}", "dim", 2)


def _note(found: list[Finding]) -> str:
    if len(found) == 1:
        return words.line(found[0].message, 300)
    subjects = ", ".join(words.subject_text(each.subject) for each in found[:4])
    return f"{found[0].name}, {len(found)} times: {subjects}{' and more' if len(found) > 4 else ''}"


def _names(findings: Iterable[Finding]) -> str:
    return ", ".join(dict.fromkeys(f"{each.code} {each.name}" for each in findings))


def _blind(page: Page, report: Report, plan: Outline) -> None:
    others = skipped_otherwise(report)
    if report.diagnosis.blind or others:
        page.heading("Not seen")
    for blind in report.diagnosis.blind:
        option = unlock(report, blind)
        hint = f" (add {option})" if option else ""
        page.write(f"without {words.missing(blind)}, {words.plural(blind.checks, 'rule')} could not look{hint}", "", 2)
    for run in others:
        page.write(f"{run.code} {run.name}: {words.line(run.reason, 200)}", "", 2)
    for run in plan.failed:
        page.write(f"{run.code} {run.name} crashed: {words.line(run.reason)}", "magenta", 2)


def _foot(page: Page, report: Report, plan: Outline) -> None:
    page.gap()
    sampled = f" · looked at {words.line(report.case.sampled)}" if report.case.sampled else ""
    page.write(f"{words.seconds(report.seconds)} · {counts_line(plan)}{sampled} · seed {report.seed}", "dim")
    page.write(next_command(report, plan), "bold cyan", 0, "Next: ", "bold")
