"""Numbers and subjects in words."""

from __future__ import annotations

import math

import pytest

from render import sample
from rung.core.diagnosis import Blind
from rung.core.experiment import Estimate
from rung.core.finding import Subject, Where
from rung.render import words


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.7123, "0.712"), (0.0, "0.000"), (-0.5, "-0.500"), (12.345, "12.35"), (123.456, "123.5"), (20_000.0, "20,000"), (1234.5, "1,234"),
        (0.00001, "1e-05"), (3e15, "3e+15"), (math.nan, "unknown"), (math.inf, "infinite"), (-math.inf, "minus infinite"), (None, "unknown"),
        ("inf", "inf"), (True, "1.000"),
    ],
)  # fmt: skip
def test_numbers_read_well(value, text):
    assert text == words.number(value)


@pytest.mark.parametrize(
    ("value", "text"), [(2013, "2013"), (3.0, "3"), (460.0, "460"), (12_345, "12,345"), (0.25, "0.250"), (math.nan, "unknown")]
)
def test_counts_and_years_have_no_decimals(value, text):
    assert text == words.count(value)


def test_intervals_are_left_out_where_there_is_none():
    assert words.interval(Estimate(value=0.5, low=math.nan, high=math.nan)) == "0.500"
    assert words.interval(Estimate(value=0.5, low=0.5, high=0.5)) == "0.500"
    assert words.interval(Estimate(value=-0.25, low=-0.3, high=0.1), sign=True) == "−0.250 [−0.300, +0.100]"


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        (Subject(kind="column", names=("a",)), "column 'a'"),
        (Subject(kind="column", names=("a", "b")), "columns 'a', 'b'"),
        (Subject(kind="columns", names=("a", "b", "c", "d", "e")), "columns 'a', 'b', 'c' and 2 more"),
        (Subject(kind="line", where=Where(file="a.ipynb", line=3, cell=2)), "a.ipynb:3, cell 2"),
        (Subject(kind="rows", rows=(1, 2)), "rows 1, 2"),
        (Subject(kind="split", rows=(1, 2, 3, 4)), "split, rows 1, 2, 3 and 1 more"),
        (Subject(kind="table"), "table"),
        (Subject(kind="slice", detail="age > 60"), "age > 60"),
    ],
)
def test_subjects_are_named(subject, text):
    assert text == words.subject_text(subject)


@pytest.mark.parametrize(
    ("missing", "option"),
    [
        ("a test set", "--test FILE"),
        ("a production frame (--current)", "--current FILE"),
        ("a model (--model)", "--model FILE"),
        ("a recorded script run", ""),
    ],
)
def test_missing_inputs_know_their_option(missing, option):
    assert option == words.unlock(Blind(missing=missing, checks=1))


def test_durations_have_a_unit():
    assert [words.seconds(each) for each in (0.42, 12.3, 185.0)] == ["0.4 s", "12 s", "3 min 5 s"]


def test_a_flattered_score_is_not_called_fine():
    """However well the other questions are answered, what flatters the score is named first."""
    from dataclasses import replace

    from rung.core.experiment import Estimate
    from rung.core.worth import HonestScore, TakenOut

    report = sample.report()
    number = Estimate(value=0.1, low=0.0, high=0.2)
    taken = TakenOut(what="a leak", how="fitted without it", share=number, keys=(report.findings[0].key,))
    honest = HonestScore(metric="roc_auc", reported=number, reported_by="x", value=number, gap=number, measured="y", taken_out=(taken,))

    assert words.trust(replace(report, honest=honest)).startswith(
        f"Not with {report.findings[0].name}. The answers are measured with it in place: "
    )
    assert not words.trust(replace(report, honest=None)).startswith("Not with")


def test_a_model_without_seed_is_not_told_to_be_repeated():
    """Rounding of sums is no luck, and the same fit twice shows nothing."""
    from dataclasses import replace

    from render import sample_worth
    from rung.render import worth

    drawn = sample_worth.headroom().lottery
    still = " ".join(worth.lottery_lines(replace(drawn, seed=1e-16)))

    assert "another seed 0," in still
    assert "changes nothing" in still
    assert "Runs of each model" in " ".join(worth.lottery_lines(drawn))
