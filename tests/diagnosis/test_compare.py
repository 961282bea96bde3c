"""Two reports compared: what is new, gone, changed, and what only fell silent."""

import json
from dataclasses import replace

import pytest
from typer.testing import CliRunner

from render import sample
from rung.core.errors import BadSetting
from rung.core.finding import Severity, Verdict
from rung.diagnosis.compare import compare
from rung.interfaces.cli.main import app
from rung.render import difference
from rung.render import json as as_json


def before():
    return sample.report()


def after():
    """The leak is mended, a sentinel became graver, a constant column is new under another name, one rule fell silent."""
    first = sample.report()
    _leak, unseeded, miscalibrated, sentinel, cleared, constant = first.findings
    worse = replace(sentinel, severity=Severity.CRITICAL, verdict=Verdict.CONFIRMED)
    fresh = replace(constant, key="D401:other", subject=replace(constant.subject, names=("other",)))
    runs = tuple(replace(run, outcome="skipped", reason="needs a test set") if run.outcome == "clear" else run for run in first.runs)
    return replace(first, findings=(unseeded, miscalibrated, worse, cleared, constant, fresh), runs=runs)


def test_findings_are_sorted_into_new_gone_and_changed():
    found = compare(before(), after())

    assert [each.key for each in found.new] == ["D401:other"]
    assert [each.name for each in found.gone] == ["target-leakage"]
    assert [each.after.name for each in found.changed] == ["sentinel-values"]
    assert found.changed[0].what[0].startswith("severity")
    assert found.kept == 4


def test_a_report_equals_itself():
    found = compare(before(), before())

    assert (found.new, found.gone, found.changed, found.silenced, found.notes) == ((), (), (), (), ())
    assert all(each.difference.value == 0 for each in found.scores)


def test_scores_carry_intervals():
    """The honest score stands first; independent runs: errors add."""
    first = compare(before(), before()).scores[1]
    half = (before().honest.value.high - before().honest.value.low) / 2

    assert first.name == "to expect in use"
    assert first.difference.high == pytest.approx(half * 2**0.5)


def test_what_fell_silent_is_not_called_mended():
    found = compare(before(), after())

    assert found.silenced
    assert "may only be unseen" in difference.terminal(found)


def test_reports_of_other_tables_are_called_so_before_anything_is_called_gone():
    """Nothing is mended because another table is looked at."""
    first = before()
    other = replace(
        first, findings=(), case=replace(first.case, schema=tuple(replace(each, name=f"{each.name} 2") for each in first.case.schema))
    )
    found = compare(first, other)

    for form in (difference.terminal, difference.markdown):
        text = form(found).replace("\\", "")
        assert 0 < text.index("another table: 0 of") < text.index("target-leakage")


@pytest.mark.parametrize("form", ["terminal", "markdown", "json"])
def test_every_form_tells_what_is_new(form):
    text = getattr(difference, form)(compare(before(), after()))

    assert "other" in text
    assert form != "json" or json.loads(text)["kept"] == 4


def test_command_fails_on_what_is_new(tmp_path):
    """Exit code 1 for a graver finding, 0 the other way round."""
    for name, report in (("a", before()), ("b", after())):
        (tmp_path / f"{name}.json").write_text(as_json.render(report), encoding="utf-8")
    run = lambda *names: CliRunner().invoke(app, ["diff", *[str(tmp_path / f"{name}.json") for name in names], "--fail-on", "critical"])

    assert run("a", "b").exit_code == 1
    assert run("a", "a").exit_code == 0
    assert "+ " in run("a", "b").output


def test_the_ending_of_the_file_tells_the_format(tmp_path, monkeypatch):
    """A .html would have held the terminal's lines."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.json").write_text(as_json.render(before()), encoding="utf-8")
    run = lambda place: CliRunner().invoke(app, ["diff", "a.json", "a.json", "-o", place])

    assert isinstance(run("told.html").exception, BadSetting)
    assert run("told.md").exit_code == 0
    assert (tmp_path / "told.md").read_text(encoding="utf-8").startswith("## ")
