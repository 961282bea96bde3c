"""The terminal report can be read anywhere: narrow, wide, without colours, in ASCII, and it cannot be driven by a column's name."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from render import sample
from rung.render import canvas, terminal

ESCAPE = "\x1b"


def plain(report, width=80, **more) -> str:
    return terminal.render(report, width=width, colour=False, unicode=True, **more)


@pytest.mark.parametrize("width", [40, 60, 80, 120, 200])
@pytest.mark.parametrize("report", [sample.report(), sample.healthy(), sample.crowded(30), sample.hostile("x" * 500)], ids=lambda _: "")
def test_no_line_is_longer_than_the_screen(report, width):
    assert [line for line in plain(report, width).splitlines() if len(line) > width] == []


def test_tells_the_story_in_order():
    """Verdict, ladder, causes, models, cleared, notes, blind spots, then what to do."""
    text = plain(sample.report())
    order = [
        "'dep_delay' alone",
        "Ladder",
        "Causes",
        "1. CRITICAL",
        "2. WARNING",
        "Models on the same folds",
        "cleared",
        "Notes",
        "Not seen",
        "Next: ",
    ]
    places = [text.index(each) for each in order]

    assert sorted(places) == places


def test_a_record_of_a_run_is_not_told_to_hand_over_a_table():
    """`rung run` and `rung check` have no such option: what follows the program would go to the program."""
    told = plain(replace(sample.report(), command=("rung", "run", "train.py")))

    assert "could not look" in told
    assert "(add --" not in told


def test_shows_before_after_and_interval_of_the_experiment():
    text = " ".join(plain(sample.report(), 120).split())

    assert "ROC AUC 0.968 → 0.712, difference −0.256 [−0.265, −0.247]" in text
    assert "confirmed (near-certain)" in text


def test_folds_symptoms_under_their_cause():
    """Miscalibration is told once, below the leak that explains it."""
    text = plain(sample.report())

    assert "Explains E401 miscalibration" in text
    assert text.count("E401") == 1


def test_last_line_says_what_to_do_next():
    assert plain(sample.report()).splitlines()[-1] == "Next: rung explain D301"


def test_with_nothing_found_the_next_step_is_the_input_that_unlocks_most():
    last = plain(sample.healthy(), 120).splitlines()[-1]

    assert last == "Next: rung diagnose 'data/flights 2013.csv' --target late --test FILE"


def test_healthy_report_says_so_and_how_far_it_looked():
    assert "No fault was found; 1 rule looked and 2 could not." in plain(sample.healthy())


def test_refuted_suspicions_are_no_causes():
    text = plain(sample.report())

    assert text.index("D401") > text.index("cleared by experiment")


def test_colours_only_where_wanted(monkeypatch):
    """A pipe, NO_COLOR and a dumb terminal get plain text."""
    assert ESCAPE in terminal.render(sample.report(), width=80, colour=True)
    assert ESCAPE not in plain(sample.report())
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    monkeypatch.setenv("NO_COLOR", "1")
    assert ESCAPE not in terminal.render(sample.report(), width=80)
    monkeypatch.delenv("NO_COLOR")
    monkeypatch.setenv("TERM", "dumb")
    assert ESCAPE not in terminal.render(sample.report(), width=80)


def test_empty_no_color_counts_as_unset(monkeypatch):
    """As no-color.org says."""
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    monkeypatch.setenv("NO_COLOR", "")
    monkeypatch.setenv("TERM", "xterm-256color")

    assert canvas.screen(80).colour


def test_ascii_screens_get_ascii():
    text = terminal.render(sample.report(), width=80, colour=False, unicode=False)

    assert text.isascii()
    assert "0.968 -> 0.712, difference -0.256" in " ".join(text.split())


def test_words_without_colour_tell_the_state():
    """Nothing is said by colour alone."""
    text = plain(sample.report())

    assert all(word in text for word in ("passed", "findings:", "crashed:", "not checked:", "CRITICAL", "WARNING"))


def test_names_cannot_drive_the_terminal():
    """Escape codes, carriage returns, markup and overrides in a column's name stay text."""
    text = terminal.render(sample.hostile("\x1b[2J\r[red]evil[/red]\u202etxt\x07"), width=100, colour=False)

    assert not re.search("[\x00-\x09\x0b-\x1f\x7f\u202e]", text)
    assert "[red]evil[/red]" in text


def test_long_reports_stay_short():
    """300 causes fit a few screens; the text says where the rest is."""
    text = plain(sample.crowded(300), 100)

    assert len(text.splitlines()) < 400
    assert "and 288 more" in text


def test_interrupted_runs_say_so():
    assert "Not complete: interrupted by the user." in plain(sample.report(interrupted="interrupted by the user"))


def test_report_without_anything_still_renders():
    empty = sample.report(
        findings=(), runs=(), ladder=(), outcomes=(), diagnosis=sample.Diagnosis(), command=(), case=sample.CaseSummary(rows={})
    )

    assert plain(empty).splitlines()[-1] == "Next: rung rules"


def test_head_says_what_to_expect_and_the_way_there():
    """The honest score on the first lines; below it what was taken out, with its share."""
    text = terminal.render(sample.report(), width=100, colour=False)

    assert "Expect ROC AUC 0.746 [0.726, 0.766] in use, 0.223 less than the 0.969 reported." in text
    assert "1,204 training rows left out" in text


def test_headroom_ranks_levers_and_tells_luck():
    text = terminal.render(sample.report(), width=100, colour=False)

    assert "How good could it be" in text
    assert "1. More features: +0.020 [+0.010, +0.030]" in text
    assert "to be shown on these rows: 0.0100: 4;" in text.replace("\n ", "")
