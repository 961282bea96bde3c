"""The pytest plugin: one diagnosis a session, and failures that say what was found."""

from dataclasses import replace

import pytest

from cases import breast_cancer
from render import sample
from rung.core.errors import BadSetting

pytest_plugins = ["pytester"]
PLUGIN = ("-p", "no:cacheprovider")  # the plugin itself comes by its entry point, as for users


@pytest.fixture
def project(pytester):
    """A project with a leaking table."""
    frame = breast_cancer().iloc[:200, -8:]
    frame["copy"] = frame.target * 3 + 1
    frame.to_csv(pytester.path / "train.csv", index=False)
    return pytester


def test_failure_names_the_leak(project):
    """The plain assertion says which finding; a section holds the fix."""
    project.makepyfile(
        """
        def test_no_leakage(rung_diagnose):
            report = rung_diagnose("train.csv", target="target", select="D301", experiments=False)
            assert report.free_of("leakage")
        """
    )
    result = project.runpytest_subprocess(*PLUGIN)

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        ["*not free of 'leakage': D301 target-leakage*", "*rung: report*", "*D301 target-leakage*column 'copy'*", "*Fix: *"]
    )


def test_the_same_question_is_asked_once(project):
    """Two tests, one diagnosis; other options are another question."""
    project.makepyfile(
        """
        def test_it(rung_diagnose):
            ask = lambda **more: rung_diagnose("train.csv", target="target", select="constant-feature", experiments=False, **more)
            assert ask() is ask()
            assert ask() is not ask(seed=1)
            assert ask().free_of("constant-feature")
        """
    )
    project.runpytest_subprocess(*PLUGIN).assert_outcomes(passed=1)


def test_free_of_answers_for_codes_families_rungs_and_words():
    """Refuted findings and notes do not count."""
    report = sample.report()

    assert not report.free_of("D301")
    assert not report.free_of("D3")
    assert not report.free_of("leakage")
    assert not report.free_of("data")
    assert report.free_of("constant-feature")
    assert "free of 'constant-feature'" in repr(report.free_of("constant-feature"))


def test_free_of_does_not_pass_where_nothing_looked_or_no_rule_is_meant():
    """A test that can never fail keeps nothing out."""
    report = sample.report()
    skipped = tuple(replace(each, outcome="skipped", reason="needs a test set") for each in report.runs)
    blind = replace(report, findings=(), runs=skipped).free_of("constant-feature")

    assert not blind
    assert "could not look: needs a test set" in repr(blind)
    with pytest.raises(BadSetting, match="No rule bears 'leekage'"):
        report.free_of("leekage")


def test_a_notebook_shows_a_fragment():
    """Small, no script, every text escaped."""
    import rung.interfaces.reports  # noqa: F401 - attaches it

    shown = sample.report()._repr_html_()
    hostile = sample.hostile("<script>alert(1)</script>")._repr_html_()

    assert "Expect ROC AUC 0.746" in shown
    assert len(shown) < 12_000
    assert "<script" not in hostile
