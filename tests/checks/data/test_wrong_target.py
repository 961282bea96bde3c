"""wrong-target: the column cannot be the target that was meant."""

import numpy as np
import pandas as pd
import pytest

from cases import breast_cancer, case_of, diabetes, findings_of, wine

RULE = "wrong-target"

WRONG = {
    "number": lambda n: np.random.default_rng(0).permutation(n),
    "text": lambda n: [f"R-{each:05d}" for each in range(n)],
    "date": lambda n: pd.date_range("2024-01-01", periods=n),
    "constant": lambda n: [3] * n,
}


def broken():
    """The case on which the rule must fire: the battery of tests/house uses it too."""
    return case_of(breast_cancer().assign(record=WRONG["number"](569)), target="record")


def healthy():
    """The case on which it must stay silent."""
    return case_of(breast_cancer(), target="target")


@pytest.mark.parametrize("kind", WRONG)
def test_names_it_and_the_better_candidate(kind):
    """Keys, dates and constants are no targets; the column called 'target' is suggested."""
    found = findings_of(RULE, case_of(breast_cancer().assign(record=WRONG[kind](569)), target="record"))

    assert [(each.subject.names, str(each.severity), "'target' may be meant" in each.message) for each in found] == [
        (("record",), "error", True)
    ]


def test_a_feature_that_says_the_same_is_a_note():
    """One value for each value of the target: perhaps the other one is meant."""
    frame = wine().assign(cultivar=lambda each: each.target.map({0: "a", 1: "b", 2: "c"}))

    assert [str(each.severity) for each in findings_of(RULE, case_of(frame, target="target"))] == ["note"]


@pytest.mark.parametrize(
    "frame",
    [wine(), diabetes(), diabetes().assign(target=lambda each: each.target * 1000 + np.arange(442))],
    ids=["classes", "numbers", "prices"],
)
def test_stays_silent_on_targets(frame):
    """Classes, whole numbers and sums of money are targets."""
    assert findings_of(RULE, case_of(frame, target="target")) == []


def test_stays_silent_without_a_target():
    """Nothing is declared and nothing bears a target's name."""
    assert findings_of(RULE, case_of(pd.DataFrame({"a": range(50), "b": range(50)}))) == []
