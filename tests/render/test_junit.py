"""JUnit XML: a rule a test case, a rung a suite."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest

from render import sample
from rung.core.errors import BadSetting
from rung.render import junit


def cases(report, **more) -> dict[str, ET.Element]:
    root = ET.fromstring(junit.render(report, **more))
    return {case.get("name").partition(" ")[0]: case for case in root.iter("testcase")}


def failing(report, **more) -> set[str]:
    return {code for code, case in cases(report, **more).items() if case.find("failure") is not None}


def test_every_rule_is_one_test_case():
    assert [run.code for run in sorted(sample.runs(), key=lambda run: run.rung.height)] == list(cases(sample.report()))


@pytest.mark.parametrize(
    ("fail_on", "codes"),
    [
        ("never", set()),
        ("critical", {"D301"}),
        ("error", {"D301"}),
        ("warning", {"D301", "D203", "E401", "P301"}),
        ("note", {"D301", "D203", "E401", "P301", "D121"}),
    ],
)
def test_findings_at_or_above_the_limit_fail(fail_on, codes):
    """What an experiment refuted fails nothing."""
    assert codes == failing(sample.report(), fail_on=fail_on)


def test_unknown_limit_is_refused():
    with pytest.raises(BadSetting, match="fatal"):
        junit.render(sample.report(), fail_on="fatal")


def test_skipped_and_muted_rules_say_why():
    found = cases(sample.report())

    assert found["D501"].find("skipped").get("message") == "needs a test set"
    assert found["O101"].find("skipped").get("message") == "muted: ignored"


def test_crashed_checks_are_errors_with_their_traceback():
    error = cases(sample.report())["E101"].find("error")

    assert error.get("message") == "ZeroDivisionError: division by zero"
    assert error.text.startswith("Traceback")


def test_findings_below_the_limit_are_told_all_the_same():
    assert "-999 in 2.3% of rows" in cases(sample.report())["D203"].find("system-out").text


def test_counts_add_up():
    root = ET.fromstring(junit.render(sample.report()))

    assert tuple(root.get(key) for key in ("tests", "failures", "errors", "skipped")) == ("11", "1", "1", "3")
    for key in ("tests", "failures", "errors", "skipped"):
        assert int(root.get(key)) == sum(int(suite.get(key)) for suite in root.findall("testsuite"))


def test_any_text_gives_well_formed_xml():
    """Control characters, lone surrogates, the end of a CDATA section."""
    text = junit.render(sample.hostile("\x00\x1b\x0b\ud800\ufffe ]]> <a b='c'>&"))

    assert "]]" in "".join(ET.fromstring(text).itertext())
    text.encode("utf-8")
