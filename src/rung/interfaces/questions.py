"""The evaluation's questions with the verdicts of their rules."""

from __future__ import annotations

from rung.core.finding import Finding, Verdict
from rung.core.questions import Question, QuestionState
from rung.core.report import CheckRun
from rung.core.rung import Rung
from rung.engine.run import Investigation
from rung.facts.evaluation_picture import EvaluationPicture, Part


def questions(work: Investigation) -> tuple[Question, ...]:
    """Every question that the case allows; none without predictions to judge, where no rule of evaluation was asked, or after an interrupt."""
    asked = any(run.rung == Rung.EVALUATION and run.outcome != "muted" for run in work.runs.values())
    if not asked or work.interrupted.startswith("interrupted"):
        return ()
    picture = work.ledger.ask_or_none(EvaluationPicture)
    return tuple(_question(part, work) for part in picture.parts) if picture is not None else ()


def _question(part: Part, work: Investigation) -> Question:
    runs = [run for run in work.runs.values() if run.code in part.codes]
    found = [each for each in work.findings if each.code in part.codes and each.verdict is not Verdict.REFUTED]
    state = _state(part, runs, found)
    grave = next((each.message for each in found if each.weight), "")
    reasons = "; ".join(dict.fromkeys(run.reason for run in runs if run.reason))
    return Question(
        ask=part.ask,
        state=state,
        answer=grave or part.answer or f"Could not be seen: {reasons or 'too few rows or errors to judge it by'}.",
        codes=part.codes,
        evidence=part.evidence[:6],
    )


def _state(part: Part, runs: list[CheckRun], found: list[Finding]) -> QuestionState:
    if any(each.weight for each in found):
        return "bad"
    if found:
        return "doubt"
    if not part.answer:
        return "not-seen"
    if not part.codes:
        return "told"
    return "good" if any(run.outcome in ("clear", "found") for run in runs) else "not-seen"
