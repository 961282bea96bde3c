"""Which finding is the root: own weight, what it explains, what speaks against it; ties go to the lower rung."""

from __future__ import annotations

from dataclasses import replace

from rung.core.diagnosis import Blind, Cause, Diagnosis, Term
from rung.core.experiment import Outcome
from rung.core.finding import Confidence, Finding, Verdict
from rung.core.rung import Rung

# Weights of the sum. Chosen by hand, held by the score card in benchmarks/: a confirmed critical finding outranks everything that it
# would explain, and a refuted one falls below any note that stands.
SEVERITY = (0.3, 2.0, 4.0, 6.0)
CONFIDENCE = (0.6, 1.0, 1.3)
VERDICT = {
    Verdict.CONFIRMED: 3.0,
    Verdict.SUSPECTED: 0.0,
    Verdict.INCONCLUSIVE: -0.5,
    Verdict.UNTESTABLE: 0.0,
    Verdict.REFUTED: -4.0,
}
EXPLAINED = 0.5
EXPLAINED_BY_NOTE = 0.1  # orders notes among themselves, lifts none above a warning
BEFORE = 0.01  # places a root just before what it explains
PER_RUNG = 0.05  # a tie-breaker only: smaller than any other term


def rank(findings: tuple[Finding, ...], outcomes: tuple[Outcome, ...], blind: tuple[Blind, ...]) -> Diagnosis:
    """Rank the findings as causes and fold symptoms under the one that explains them."""
    effect = {outcome.key: _effect(outcome) for outcome in outcomes}
    causes = _roots_first([_cause(each, findings, effect.get(each.key, 0.0)) for each in findings], {each.key: each for each in findings})
    owned = _folded(causes)
    folded = {key for keys in owned.values() for key in keys}
    shown = tuple(_with(cause, owned.get(cause.key, ())) for cause in causes)
    loose = tuple(cause.key for cause in shown if cause.key not in folded and not cause.explains)
    return Diagnosis(causes=shown, unexplained=loose, blind=blind)


def _effect(outcome: Outcome) -> float:
    """How much of the score hangs on it, 0..1, counted only where the interval excludes nothing-happened."""
    sure = outcome.difference.low > 0 or outcome.difference.high < 0
    return min(1.0, 4 * abs(outcome.difference.value)) if sure else 0.0


def _cause(finding: Finding, findings: tuple[Finding, ...], effect: float) -> Cause:
    rung = finding.rung or Rung.DATA
    explained = tuple(each.key for each in findings if each.key != finding.key and _explains(finding, each))
    weight = SEVERITY[finding.weight] * CONFIDENCE[finding.confidence.weight]
    terms = (
        Term(reason=f"severity {finding.severity}, {finding.confidence}", value=weight),
        Term(reason=f"experiment: {finding.verdict}", value=VERDICT[finding.verdict] * (1.0 if finding.weight else 0.2)),
        Term(reason="share of the score that hangs on it", value=2.0 * effect),
        Term(
            reason=f"explains {len(explained)} other findings",
            value=(EXPLAINED if finding.weight else EXPLAINED_BY_NOTE) * min(len(explained), 4),
        ),
        Term(reason=f"stands on the {rung} rung", value=-PER_RUNG * rung.height),
    )
    against = (finding.verdict_reason,) if finding.verdict is Verdict.REFUTED else ()
    return Cause(
        name=finding.name,
        rung=rung,
        key=finding.key,
        score=round(sum(term.value for term in terms), 4),
        terms=terms,
        explains=explained,
        against=against,
        why=finding.message,
    )


def _roots_first(causes: list[Cause], findings: dict[str, Finding]) -> list[Cause]:
    """By score, where a cause that is sure stands just before the gravest of what it explains: a symptom may weigh more than its root."""
    scores = {cause.key: cause.score for cause in causes}
    explained = {cause.key: cause.explains for cause in causes}
    roots = [cause for cause in causes if _sure(findings[cause.key])]
    for _ in roots:  # a chain of roots is no longer than their number
        for root in roots:
            # Two faults that would each explain the other tell nothing about which came first.
            above = [scores[key] for key in root.explains if root.key not in explained[key] and scores[key] >= scores[root.key]]
            scores[root.key] = max([scores[root.key], *(each + BEFORE for each in above)])
    return sorted((_lifted(cause, scores[cause.key]) for cause in causes), key=lambda cause: -cause.score)


def _sure(finding: Finding) -> bool:
    settled = finding.verdict is Verdict.CONFIRMED
    certain = finding.confidence is Confidence.NEAR_CERTAIN and finding.verdict in (Verdict.SUSPECTED, Verdict.UNTESTABLE)
    return finding.weight > 0 and (settled or certain)


def _lifted(cause: Cause, score: float) -> Cause:
    if score == cause.score:
        return cause
    term = Term(reason="stands before what it explains", value=round(score - cause.score, 4))
    return replace(cause, score=round(score, 4), terms=(*cause.terms, term))


def _explains(cause: Finding, symptom: Finding) -> bool:
    """Whether the rule of `cause` says that it brings about the other's fault, on the same subject where both name columns."""
    if symptom.name not in cause.explains:
        return False
    both_named = cause.subject.kind == symptom.subject.kind and cause.subject.kind in ("column", "slice")
    return not both_named or bool(set(cause.subject.names) & set(symptom.subject.names))


def _folded(causes: list[Cause]) -> dict[str, tuple[str, ...]]:
    """Each symptom under the best-ranked cause that explains it; nothing is folded under what is ranked below it or under itself."""
    owner: dict[str, str] = {}
    for cause in causes:
        for key in cause.explains:
            if key not in owner and owner.get(cause.key) != key:
                owner[key] = cause.key
    found: dict[str, list[str]] = {}
    for key, above in owner.items():
        found.setdefault(above, []).append(key)
    return {above: tuple(keys) for above, keys in found.items()}


def _with(cause: Cause, explained: tuple[str, ...]) -> Cause:
    return replace(cause, explains=explained)
