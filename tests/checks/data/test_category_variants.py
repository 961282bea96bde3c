"""category-variants: several spellings of one category."""

import numpy as np
import pandas as pd

from cases import apply, case_of, findings_of

RULE = "category-variants"


def frame(levels, shares=None, n=600):
    """A text column and a target that hangs on it."""
    rng = np.random.default_rng(0)
    place = rng.choice(len(levels), n, p=shares)
    return pd.DataFrame(
        {"x": rng.normal(size=n), "answer": np.array(levels)[place], "y": ((place % 2) + rng.normal(size=n) > 0.5).astype(int)}
    )


def broken():
    """Yes and no, typed by many hands."""
    return case_of(frame(["Yes", "No", "yes ", "NO"], [0.4, 0.4, 0.1, 0.1]), target="y")


def healthy():
    """Yes and no."""
    return case_of(frame(["Yes", "No"]), target="y")


def test_names_the_column_and_counts_the_spellings():
    """Two levels in four ways, a fifth of the rows."""
    found = findings_of(RULE, broken())

    assert [(each.subject.names, each.severity) for each in found] == [(("answer",), "warning")]
    assert "2 levels in 4 ways" in found[0].message


def test_experiment_confirms_that_merging_costs_nothing():
    """The model does not need the spellings apart."""
    case = broken()

    assert apply(findings_of(RULE, case)[0], case).verdict == "confirmed"


def test_finds_slips_of_one_letter():
    """'Londn' is a rare 'London'."""
    found = findings_of(RULE, case_of(frame(["London", "Paris", "Londn"], [0.6, 0.385, 0.015]), target="y"))

    assert ["'Londn'" in each.message for each in found] == [True]


def test_stays_silent_on_codes():
    """A1 and A2, 3+ and 3, and words that are all common."""
    for levels in (["A1", "A2", "B1"], ["3", "3+", "2"], ["Section A", "Section B"], ["north", "south"], ["cats", "cast"]):
        assert findings_of(RULE, case_of(frame(levels), target="y")) == []


def test_single_letters_are_only_noted():
    """'m' and 'M' may be two units."""
    assert [each.severity for each in findings_of(RULE, case_of(frame(["m", "M", "s"]), target="y"))] == ["note"]


def test_a_spelling_that_only_the_test_set_has_is_found():
    """Training says 'Yes', the test set 'yes'."""
    train, test = frame(["Yes", "No"]), frame(["yes", "No"], n=200)

    assert [each.subject.names for each in findings_of(RULE, case_of(train, test=test, target="y"))] == [("answer",)]


def test_free_text_is_only_noted():
    """Job titles as people type them: most occur once, so that nobody learns from a level however it is spelled."""
    rng = np.random.default_rng(1)
    common = np.where(rng.random(600) < 0.3, np.where(rng.random(600) < 0.5, "Teacher", "teacher "), [f"Job {each}" for each in range(600)])

    assert [each.severity for each in findings_of(RULE, case_of(frame(["a", "b"]).assign(answer=common), target="y"))] == ["note"]
