"""The JSON report keeps the outer contract and comes back as the very report that was written."""

from __future__ import annotations

import dataclasses
import json
import math
import re

import numpy as np
import pytest

from render import sample
from rung.core.errors import BadInput
from rung.core.evidence import Measure, Ranking, RowSample
from rung.core.report import Report
from rung.render import json as as_json

HOSTILE = "</script>\x1b[31m\u2028\ud800 nan \"'`|@"


def written(report: Report) -> dict:
    return json.loads(as_json.render(report))


def with_evidence(*evidence) -> Report:
    return sample.report(findings=(dataclasses.replace(sample.leak(), evidence=evidence),))


@pytest.mark.parametrize(
    "report",
    [sample.report(), sample.healthy(), sample.hostile(HOSTILE), sample.crowded(3)],
    ids=["sample", "healthy", "hostile", "crowded"],
)
def test_report_to_json_to_report_is_the_identity(report):
    """House invariant 5."""
    assert report.case == as_json.read(as_json.render(report)).case or "nan" in as_json.render(report)
    assert repr(report) == repr(as_json.read(as_json.render(report)))


def test_json_to_report_to_json_is_the_identity():
    """Nothing that is written is lost in reading."""
    text = as_json.render(sample.report())

    assert text == as_json.render(as_json.read(text))


def test_top_level_names_are_those_of_the_contract():
    tree = written(sample.report())

    assert {
        "schema",
        "rung",
        "command",
        "started",
        "seconds",
        "seed",
        "case",
        "ladder",
        "findings",
        "checks",
        "blind",
        "environment",
    } <= set(tree)
    assert (tree["schema"], tree["rung"]) == (1, "0.1.0")
    assert {"version", "runs"} & set(tree) == set()


def test_findings_carry_their_experiment_and_the_next_command():
    first, second = written(sample.report())["findings"][:2]

    assert first["experiment"]["name"] == "drop-feature"
    assert first["experiment"]["difference"]["value"] == pytest.approx(-0.256)
    assert first["next"] == "rung explain D301"
    assert second["experiment"] is None
    assert {
        "code",
        "name",
        "rung",
        "severity",
        "confidence",
        "verdict",
        "subject",
        "message",
        "evidence",
        "explains",
        "remedy",
        "key",
    } <= set(first)


def test_every_rule_appears_once_under_checks():
    report = sample.report()

    assert [run.code for run in report.runs] == [each["code"] for each in written(report)["checks"]]


def test_blind_spots_stand_at_the_top():
    assert {key: written(sample.report())["blind"][0][key] for key in ("missing", "checks")} == {"missing": "a test set", "checks": 2}


def test_numbers_that_are_none_are_strings():
    """NaN and infinity are no JSON: 'nan', 'inf', '-inf'."""
    values = [
        each["evidence"][0]["value"]
        for value in (math.nan, math.inf, -math.inf)
        for each in written(with_evidence(Measure(title="m", value=value)))["findings"]
    ]

    assert values == ["nan", "inf", "-inf"]
    assert math.isnan(as_json.read(as_json.render(with_evidence(Measure(title="m", value=math.nan)))).findings[0].evidence[0].value)


@pytest.mark.parametrize(
    "cell", [math.inf, -math.inf, "nan", "inf", "-inf", "\\nan", "\\\\inf", "NaN", None, True, 1, 1.0, "1", "", "\ud800"]
)
def test_cells_keep_value_and_type(cell):
    """A text 'nan' stays a text and an infinite number a number; True does not become 1."""
    for evidence in (
        RowSample(title="t", columns=("a",), positions=(0,), values=((cell,),)),
        Ranking(title="t", columns=("a",), rows=((cell,),)),
    ):
        back = as_json.read(as_json.render(with_evidence(evidence))).findings[0].evidence[0]

        assert repr(evidence) == repr(back)


def test_forgotten_numpy_scalars_become_plain_numbers():
    """One careless check must not cost the report."""
    evidence = RowSample(
        title="t", columns=("a", "b", "c"), positions=(np.int64(3),), values=((np.float64(0.5), np.int32(2), np.bool_(1)),)
    )

    assert written(with_evidence(evidence))["findings"][0]["evidence"][0]["values"][0] == [0.5, 2, True]


def test_broken_unicode_can_be_written_to_a_file(tmp_path):
    text = as_json.render(sample.hostile("bad \ud83d name"))
    (tmp_path / "report.json").write_text(text, encoding="utf-8")

    assert as_json.read((tmp_path / "report.json").read_text(encoding="utf-8")).case.target == "bad \ud83d name"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("not json", "not JSON"),
        ("[]", "schema None"),
        ('{"schema": 2}', "schema 2"),
        ('{"schema": 1}', "no field 'rung'"),
        ('{"snapshot": 1, "columns": []}', "snapshot of a reference, no report"),
        ('{"schema": 1, "rung": "0", "checks": 3, "findings": [], "blind": []}', "not a report of schema 1: started: field required.$"),
    ],
)
def test_what_is_no_report_is_refused_with_a_reason(text, said):
    with pytest.raises(BadInput) as refused:
        as_json.read(text)

    assert re.search(said, refused.value.message)
    assert "rung" in refused.value.hint


def test_a_report_without_the_list_of_outcomes_takes_them_from_its_findings():
    """Other programs may write the contract's fields only."""
    tree = written(sample.report())
    del tree["outcomes"], tree["diagnosis"]

    report = as_json.read(json.dumps(tree))

    assert sample.outcomes()[0] == report.outcome_of(report.findings[0])


def test_schema_describes_what_is_written():
    jsonschema = pytest.importorskip("jsonschema")
    validator = jsonschema.Draft202012Validator(as_json.schema())
    validator.check_schema(as_json.schema())

    for report in (sample.report(), sample.healthy(), sample.hostile("x"), with_evidence(Measure(title="m", value=math.nan))):
        assert [error.message for error in validator.iter_errors(written(report))] == []


def test_schema_refuses_a_misspelt_severity_and_a_missing_field():
    jsonschema = pytest.importorskip("jsonschema")
    validator = jsonschema.Draft202012Validator(as_json.schema())
    tree = written(sample.report())
    tree["findings"][0]["severity"] = "fatal"
    del tree["checks"]

    assert not validator.is_valid(tree)
    assert any("'checks' is a required property" in error.message for error in validator.iter_errors(tree))
