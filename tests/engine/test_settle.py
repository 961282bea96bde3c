"""What an experiment's verdict does to its finding."""

from rung.core.finding import Finding, Remedy, Severity, Subject, Verdict
from rung.engine.ledger import Ledger
from rung.engine.run import Investigation, _settle
from rung.inputs.case import Case
from rung.inputs.settings import Settings


def settled(verdict):
    finding = Finding(subject=Subject(kind="column", names=("a",)), message="a", remedy=Remedy(fix="-"), severity=Severity.ERROR, name="x")
    work = Investigation(ledger=Ledger(Case(), {}), settings=Settings(), findings=[finding])
    _settle(work, work.findings[0], verdict, "why")
    return work.findings[0]


def test_a_refuted_finding_is_a_note():
    """Its own experiment spoke against it: it stays in the report and alarms nobody."""
    found = settled(Verdict.REFUTED)

    assert (found.severity, found.verdict, found.verdict_reason) == (Severity.NOTE, Verdict.REFUTED, "why")


def test_what_could_not_be_tested_keeps_its_severity():
    """Nor does an inconclusive experiment lower it."""
    assert {settled(verdict).severity for verdict in (Verdict.CONFIRMED, Verdict.INCONCLUSIVE, Verdict.UNTESTABLE)} == {Severity.ERROR}
