"""SARIF 2.1.0 as code-scanning services want it."""

from __future__ import annotations

import json

import pytest

from render import sample
from rung.render import sarif


def run_of(report) -> dict:
    return json.loads(sarif.render(report))["runs"][0]


def test_is_version_2_1_0_with_one_run():
    log = json.loads(sarif.render(sample.report()))

    assert log["version"] == "2.1.0"
    assert len(log["runs"]) == 1


def test_every_result_points_to_its_rule():
    run = run_of(sample.report())
    rules = run["tool"]["driver"]["rules"]

    assert [each["ruleId"] for each in run["results"]] == [rules[each["ruleIndex"]]["id"] for each in run["results"]]
    assert [each.code for each in sample.runs()] == [rule["id"] for rule in rules]
    assert all(rule["shortDescription"]["text"] and rule["name"].isalnum() for rule in rules)


def test_every_finding_is_one_result_in_rank_order():
    """Root causes first; symptoms follow their cause; ranks fall."""
    results = run_of(sample.report())["results"]

    assert [each["ruleId"] for each in results] == ["D301", "E401", "P301", "D203", "D401", "D121"]
    assert sorted((each["rank"] for each in results), reverse=True) == [each["rank"] for each in results]


@pytest.mark.parametrize(("code", "level"), [("D301", "error"), ("D203", "warning"), ("D121", "note")])
def test_levels_follow_severity(code, level):
    assert level == next(each["level"] for each in run_of(sample.report())["results"] if each["ruleId"] == code)


def test_locations_name_the_table_or_the_line():
    places = {each["ruleId"]: each["locations"][0]["physicalLocation"] for each in run_of(sample.report())["results"]}

    assert places["D301"] == {"artifactLocation": {"uri": "data/flights%202013.csv"}, "region": {"startLine": 1}}
    assert places["P301"] == {"artifactLocation": {"uri": "train.py"}, "region": {"startLine": 12}}


def test_columns_are_logical_locations():
    location = run_of(sample.report())["results"][0]["locations"][0]

    assert location["logicalLocations"] == [{"name": "dep_delay", "kind": "member"}]


def test_fingerprints_are_stable_over_runs_and_differ_between_findings():
    first, second = run_of(sample.report())["results"], run_of(sample.report(seconds=99.0, seed=7))["results"]
    prints = [each["partialFingerprints"]["primaryLocationLineHash"] for each in first]

    assert prints == [each["partialFingerprints"]["primaryLocationLineHash"] for each in second]
    assert len(set(prints)) == len(prints)


def test_crashed_checks_are_notifications():
    invocation = run_of(sample.report())["invocations"][0]

    assert not invocation["executionSuccessful"]
    assert invocation["toolExecutionNotifications"][0]["associatedRule"]["id"] == "E101"
    assert run_of(sample.healthy())["invocations"][0]["executionSuccessful"]


def test_hostile_names_stay_valid():
    """A colon, a backslash, a broken character: still a relative reference and plain JSON."""
    run = run_of(sample.hostile("C:\\dir\\\ud800 a:b.csv"))
    uri = run["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]

    assert uri.isascii()
    assert not set(uri) & set(' \\:"<>')
