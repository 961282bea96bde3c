"""The order of causes: weight, what an experiment said, and roots before their symptoms."""

from __future__ import annotations

from rung.core.finding import Confidence, Finding, Remedy, Severity, Subject, Verdict
from rung.core.rung import Rung
from rung.diagnosis.rank import rank


def found(name, severity="warning", verdict="suspected", confidence="likely", explains=(), rung=Rung.MODEL):
    return Finding(
        subject=Subject(kind="model"),
        message=name,
        remedy=Remedy(fix="mend it"),
        severity=Severity(severity),
        verdict=Verdict(verdict),
        confidence=Confidence(confidence),
        name=name,
        code=name,
        key=name,
        rung=rung,
        explains=explains,
    )


def order(*findings):
    return [cause.key for cause in rank(findings, (), ()).causes]


def test_a_confirmed_root_stands_before_a_graver_symptom():
    symptom = found("constant-predictions", "critical", "confirmed")
    root = found("over-regularised", "warning", "confirmed", explains=("constant-predictions",))

    assert order(symptom, root) == ["over-regularised", "constant-predictions"]
    assert rank((symptom, root), (), ()).causes[0].explains == ("constant-predictions",)


def test_the_terms_of_a_lifted_root_still_add_up():
    causes = rank((found("b", "critical", "confirmed"), found("a", "warning", "confirmed", explains=("b",))), (), ()).causes

    assert [abs(sum(term.value for term in cause.terms) - cause.score) < 1e-3 for cause in causes] == [True, True]


def test_a_mere_suspicion_is_not_lifted_over_what_is_confirmed():
    assert order(found("b", "critical", "confirmed"), found("a", "warning", explains=("b",))) == ["b", "a"]


def test_a_note_and_a_refuted_cause_are_not_lifted():
    grave = found("b", "critical", "confirmed")

    assert order(grave, found("a", "note", "confirmed", "near-certain", explains=("b",)))[0] == "b"
    assert order(grave, found("a", "error", "refuted", "near-certain", explains=("b",)))[0] == "b"


def test_two_that_explain_each_other_keep_their_weights():
    assert order(found("b", "critical", "confirmed", explains=("a",)), found("a", "warning", "confirmed", explains=("b",)))[0] == "b"


def test_a_chain_begins_with_its_root():
    chain = (
        found("c", "critical", "confirmed"),
        found("b", "error", "confirmed", explains=("c",)),
        found("a", "warning", "confirmed", explains=("b",)),
    )

    assert order(*chain) == ["a", "b", "c"]


def test_ties_go_to_the_lower_rung():
    assert order(found("m", rung=Rung.MODEL), found("d", rung=Rung.DATA)) == ["d", "m"]
