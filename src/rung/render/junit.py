"""JUnit XML: one suite a rung, one test case a rule, so that a build page shows the ladder."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET  # only written here, never parsed

from rung.core.errors import BadSetting
from rung.core.finding import Finding, Severity, Verdict
from rung.core.report import CheckRun, Report
from rung.core.rung import Rung
from rung.render import words

NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0, section 2.2


def render(report: Report, *, fail_on: str = "error") -> str:
    """The report as JUnit XML.

    fail_on : lowest severity that makes a test case fail, as in the exit code; 'never' lets none fail.
    """
    limit = _limit(fail_on)
    root = ET.Element("testsuites", name="rung", time=f"{report.seconds:.3f}")
    for rung in Rung:
        runs = [run for run in report.runs if run.rung == rung]
        if runs:
            _suite(root, report, rung, runs, limit)
    _totals(root, root.findall("testsuite/testcase"))
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _limit(fail_on: str) -> int:
    if fail_on == "never":
        return len(Severity)
    if fail_on not in list(Severity):
        raise BadSetting(f"'{fail_on}' is no severity.", hint=f"Severities are {', '.join(Severity)}, or never.")
    return Severity(fail_on).weight


def _suite(root: ET.Element, report: Report, rung: Rung, runs: list[CheckRun], limit: int) -> None:
    suite = ET.SubElement(
        root, "testsuite", name=f"rung.{rung}", timestamp=report.started[:19], time=f"{sum(run.seconds for run in runs):.3f}"
    )
    for run in runs:
        _case(suite, run, report.find(run.code), limit)
    _totals(suite, suite.findall("testcase"))


def _totals(element: ET.Element, cases: list[ET.Element]) -> None:
    element.set("tests", str(len(cases)))
    for attribute, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        element.set(attribute, str(sum(case.find(tag) is not None for case in cases)))


def _case(suite: ET.Element, run: CheckRun, findings: tuple[Finding, ...], limit: int) -> None:
    case = ET.SubElement(suite, "testcase", classname=f"rung.{run.rung}", name=f"{run.code} {_safe(run.name)}", time=f"{run.seconds:.3f}")
    if run.outcome in {"skipped", "muted"}:
        ET.SubElement(case, "skipped", message=_safe(run.reason if run.outcome == "skipped" else f"muted: {run.reason}"))
    elif run.outcome == "failed":
        ET.SubElement(case, "error", message=_safe(run.reason), type="check-crashed").text = _safe(run.traceback)
    else:
        _found(case, findings, limit)


def _found(case: ET.Element, findings: tuple[Finding, ...], limit: int) -> None:
    failing = [each for each in findings if each.weight >= limit and each.verdict is not Verdict.REFUTED]
    if failing:
        worst = max(failing, key=lambda each: each.weight)
        failure = ET.SubElement(case, "failure", message=_safe(worst.message), type=str(worst.severity))
        failure.text = _safe("\n\n".join(_told(each) for each in failing))
    rest = [each for each in findings if each not in failing]
    if rest:
        ET.SubElement(case, "system-out").text = _safe("\n\n".join(_told(each) for each in rest))


def _told(finding: Finding) -> str:
    lines = (
        f"{finding.severity}, {finding.confidence}, {finding.verdict}: {words.subject_text(finding.subject)}",
        finding.message,
        finding.verdict_reason,
        f"Fix: {finding.remedy.fix}" if finding.remedy.fix else "",
        f"Next: rung explain {finding.code}",
    )
    return "\n".join(each for each in lines if each)


def _safe(text: str) -> str:
    return NOT_XML.sub("\ufffd", words.clean(text))
