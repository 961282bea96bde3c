"""One rule seen in several ways: one run, found where any way finds it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest

from rung.core.errors import PluginError
from rung.core.finding import Finding, Remedy, Subject
from rung.core.marks import check, mark_of, witness
from rung.engine.discover import _with_witnesses
from rung.engine.ledger import Ledger
from rung.engine.plan import blind_spots
from rung.engine.run import run_check
from rung.inputs.case import Case


@dataclass(frozen=True)
class Tables:
    """An input."""

    bad: bool


@dataclass(frozen=True)
class Recording:
    """Another input."""

    bad: bool


def finding(column: str) -> Finding:
    return Finding(subject=Subject(kind="column", names=(column,)), message=f"{column} is bad", remedy=Remedy(fix="drop it"))


@check("D999")
def spoiled_tables(tables: Tables, *, column: str = "a"):
    """Tables are spoiled."""
    if tables.bad:
        yield finding(column)


@witness("D999")
def spoiled_tables_in_run(recording: Recording):
    """The recording shows it."""
    if recording.bad:
        yield finding("a")
        yield finding("b")


RULE = _with_witnesses([mark_of(spoiled_tables).rule], [mark_of(spoiled_tables_in_run)])[0]


def run(*inputs, knobs=None):
    return run_check(RULE, Ledger(Case(*inputs), {}), knobs)


def test_is_found_where_any_way_finds_it():
    outcome, found = run(Tables(bad=False), Recording(bad=True))

    assert (outcome.outcome, [each.key for each in found]) == ("found", ["D999:a", "D999:b"])


def test_is_clear_where_one_way_looked_and_the_other_could_not():
    assert run(Recording(bad=False))[0].outcome == "clear"


def test_is_skipped_only_where_no_way_can_look():
    outcome, _ = run()

    assert (outcome.outcome, outcome.reason) == ("skipped", "needs 'Tables' or needs 'Recording'")


def test_what_two_ways_see_is_told_once():
    assert [each.key for each in run(Tables(bad=True), Recording(bad=True))[1]] == ["D999:a", "D999:b"]


def test_knobs_reach_the_ways_that_name_them():
    assert [each.key for each in run(Tables(bad=True), Recording(bad=False), knobs={"column": "c"})[1]] == ["D999:c"]


def test_either_input_alone_would_unlock_the_rule():
    assert {blind.missing for blind in blind_spots([RULE], {}, frozenset())} == {"Tables", "Recording"}
    assert blind_spots([RULE], {}, frozenset({Recording})) == ()


def test_a_witness_without_its_rule_is_refused():
    with pytest.raises(PluginError, match="D999"):
        _with_witnesses([], [mark_of(spoiled_tables_in_run)])


def test_a_case_without_a_training_table_gives_a_report():
    """A recorded run or a history alone is a case too."""
    from rung.inputs.settings import Settings
    from rung.interfaces.api import report_on

    report = report_on(Case(Settings()), Settings())

    assert report.case.rows == {}
    assert {each.outcome for each in report.runs} == {"skipped"}


def test_one_way_may_say_two_things_of_one_subject():
    """Told apart by their detail; the same detail twice is one thing, and what another way said stays said once."""

    @check("D998")
    def twice(tables: Tables):
        """Tables are spoiled twice."""
        for detail in ("north", "south", "north"):
            each = finding("region")
            yield replace(each, subject=replace(each.subject, detail=detail))

    rule = _with_witnesses([mark_of(twice).rule], [])[0]
    outcome, found = run_check(rule, Ledger(Case(Tables(bad=True)), {}), None)

    assert [each.key for each in found] == ["D998:region", "D998:region (south)"]
    assert outcome.findings == ("D998:region", "D998:region (south)")
