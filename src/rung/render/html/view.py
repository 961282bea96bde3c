"""What the page shows, worked out once: the template only lays it out."""

from __future__ import annotations

import shlex
from dataclasses import dataclass, field

from rung.core.experiment import Outcome
from rung.core.finding import Finding
from rung.core.report import CheckRun, ColumnSummary, Contender, LadderStep, Report
from rung.render import words
from rung.render.charts import Spec
from rung.render.html.figures import Figure, Gallery, Track, figure, scaled
from rung.render.outline import Entry, Outline, case_line, consequence, counts_line, next_command, outline, step_why, verdict_line


@dataclass(frozen=True, slots=True, kw_only=True)
class Frugality:
    """How much goes into the page.

    chart_bytes : of all chart data.   cells : of all tables of evidence.   figures : of one cause.
    cards : causes told in full.   listed : rows of a list.   text : characters of one text.
    """

    chart_bytes: int
    cells: int
    figures: int
    cards: int
    listed: int
    text: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """An experiment as two intervals on one scale."""

    outcome: Outcome
    names: tuple[str, str]
    before: Track
    after: Track
    ends: tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One cause in full."""

    entry: Entry
    comparison: Comparison | None
    figures: tuple[Figure, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One rung of the ladder, with the card to go to."""

    step: LadderStep
    word: str
    why: str
    goto: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Climb:
    """One model of the ladder of models."""

    contender: Contender
    track: Track | None


@dataclass(slots=True, kw_only=True)
class Page:
    """Everything that the template reads."""

    plan: Outline
    headline: str
    more: str
    consequence: str
    case: str
    counts: str
    next: str
    command: str
    ladder: tuple[Step, ...]
    cards: tuple[Card, ...]
    listed: tuple[Entry, ...]
    overview: tuple[Figure, ...]
    climbs: tuple[Climb, ...]
    climb_ends: tuple[str, str]
    columns: tuple[ColumnSummary, ...]
    runs: tuple[CheckRun, ...]
    notes: tuple[Finding, ...]
    text: int
    charts: list[Spec] = field(default_factory=list)


STATES = {"passed": "passed", "findings": "findings", "failed": "a check crashed", "not-checked": "not checked"}


def page(report: Report, limits: Frugality) -> Page:
    """The report as the page shows it."""
    plan, gallery = outline(report), Gallery(limits.chart_bytes, limits.cells)
    contenders = report.case.contenders
    headline, more = _headline(verdict_line(plan))
    tracks, ends = scaled([each.score for each in contenders])
    return Page(
        plan=plan,
        headline=headline,
        more=more,
        consequence=consequence(plan),
        case=case_line(report),
        counts=counts_line(plan),
        next=next_command(report, plan),
        command=shlex.join(words.line(part) for part in report.command),
        ladder=tuple(_step(report, plan, step, limits.cards) for step in report.ladder),
        cards=tuple(_card(entry, gallery, limits.figures) for entry in plan.entries[: limits.cards]),
        listed=plan.entries[limits.cards : limits.cards + limits.listed],
        overview=tuple(figure(each, gallery) for each in report.case.overview),
        climbs=tuple(Climb(contender=each, track=track) for each, track in zip(contenders, tracks, strict=True)),
        climb_ends=ends,
        columns=tuple(sorted(report.case.schema, key=_by_role)[: limits.listed]),
        runs=report.runs,
        notes=plan.notes[: limits.listed],
        text=limits.text,
        charts=gallery.specs,
    )


def _headline(said: str) -> tuple[str, str]:
    """The first sentence as headline where there are several, and the rest."""
    head, _, rest = said.partition(". ")
    return (f"{head}.", rest) if rest and len(head) > 30 else (said, "")


def _by_role(column: ColumnSummary) -> int:
    """The target first, then what has another special role, then the features as they come."""
    return {"target": 0, "feature": 2, "ignored": 3}.get(column.role, 1)


def _step(report: Report, plan: Outline, step: LadderStep, cards: int) -> Step:
    goto = next((entry.number for entry in plan.entries[:cards] if entry.finding.rung == step.rung), None)
    return Step(step=step, word=STATES[step.state], why=step_why(report, step), goto=goto)


def _card(entry: Entry, gallery: Gallery, most: int) -> Card:
    comparison = _comparison(entry.outcome) if entry.outcome else None
    return Card(entry=entry, comparison=comparison, figures=tuple(figure(each, gallery) for each in entry.finding.evidence[:most]))


def _comparison(outcome: Outcome) -> Comparison | None:
    (before, after), ends = scaled([outcome.before, outcome.after])
    if before is None or after is None:
        return None
    return Comparison(outcome=outcome, names=words.ends(outcome), before=before, after=after, ends=ends)
