"""What the page shows, worked out once: the template only lays it out."""

from __future__ import annotations

import shlex
from dataclasses import dataclass, field

from rung.core.experiment import Estimate, Outcome
from rung.core.finding import Finding
from rung.core.questions import Question
from rung.core.report import CheckRun, ColumnSummary, Contender, LadderStep, Report
from rung.render import words, worth
from rung.render.charts import Spec
from rung.render.html.figures import Figure, Gallery, Track, figure, scaled
from rung.render.html.source import Listing, line_of, listings
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Removal:
    """One line of the way from the reported to the honest score."""

    change: Estimate
    what: str
    how: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Pull:
    """One lever on the score."""

    gain: str
    name: str
    told: str
    state: str
    track: Track | None
    figures: tuple[Figure, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One question of the evaluation with its charts. icon : of its state."""

    question: Question
    icon: str
    word: str
    figures: tuple[Figure, ...]


QUESTIONS = {
    "good": ("passed", "fine"),
    "doubt": ("note", "noted"),
    "bad": ("findings", "at fault"),
    "not-seen": ("not-checked", "not seen"),
    "told": ("note", "see numbers"),
}


@dataclass(slots=True, kw_only=True)
class Page:
    """Everything that the template reads."""

    plan: Outline
    headline: str
    more: str
    place: tuple[str, str]
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
    expectation: str
    basis: str
    removals: tuple[Removal, ...]
    pulls: tuple[Pull, ...]
    pull_ends: tuple[str, str]
    headroom: str
    lottery: tuple[str, ...]
    questions: tuple[Asked, ...]
    trust: str
    listings: tuple[Listing, ...] = ()
    charts: list[Spec] = field(default_factory=list)


STATES = {"passed": "passed", "findings": "findings", "failed": "a check crashed", "not-checked": "not checked"}


def page(report: Report, limits: Frugality) -> Page:
    """The report as the page shows it."""
    plan, gallery = outline(report), Gallery(limits.chart_bytes, limits.cells)
    contenders = report.case.contenders
    headline, more = _headline(verdict_line(plan))
    tracks, ends = scaled([each.score for each in contenders])
    honest, room = report.honest, report.headroom
    pulls, pull_ends = _pulls(report, gallery)
    return Page(
        plan=plan,
        headline=headline,
        more=more,
        place=_place(report, plan),
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
        expectation=worth.expectation(report),
        basis=worth.basis(honest) if honest is not None else "",
        removals=tuple(Removal(change=change, what=what, how=how) for change, what, how in worth.removals(honest))
        if honest is not None
        else (),
        pulls=pulls,
        pull_ends=pull_ends,
        headroom=f"{worth.headroom_line(room)} {worth.ceiling_line(room)}".strip() if room is not None else "",
        lottery=worth.lottery_lines(room.lottery) if room is not None and room.lottery is not None else (),
        questions=tuple(_asked(each, gallery, limits.figures) for each in report.evaluation),
        trust=words.trust(report),
        listings=listings(report, plan.entries),
        charts=gallery.specs,
    )


def _place(report: Report, plan: Outline) -> tuple[str, str]:
    """Where in the user's source the first cause is: 'train.py:12' and the line itself; empty where it is no line."""
    where = plan.first.finding.subject.where if plan.first is not None else None
    if where is None:
        return "", ""
    source = next((each for each in report.case.program if each.path == where.file), None)
    cell = f" cell {where.cell}" if where.cell is not None else ""
    return f"{where.file}{cell}:{where.line}", line_of(source, where) if source is not None else ""


def _pulls(report: Report, gallery: Gallery) -> tuple[tuple[Pull, ...], tuple[str, str]]:
    levers = report.headroom.levers if report.headroom is not None else ()
    common = (
        [each.gain if each.gain is not None and each.metric == report.headroom.metric else None for each in levers]
        if report.headroom
        else []
    )
    drawn, ends = scaled([each for each in common if each is not None], 0.0)  # the mark is no gain
    tracks = iter(drawn)
    found = []
    for each, gain in zip(levers, common, strict=True):
        shown, name, told = worth.lever_line(each)
        track = next(tracks) if gain is not None else None
        figures = tuple(figure(one, gallery) for one in each.evidence[:2])
        found.append(Pull(gain=shown, name=name, told=told, state=each.state, track=track, figures=figures))
    return tuple(found), ends


def _asked(each: Question, gallery: Gallery, most: int) -> Asked:
    icon, word = QUESTIONS[each.state]
    return Asked(question=each, icon=icon, word=word, figures=tuple(figure(one, gallery) for one in each.evidence[:most]))


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
