"""label-shift: the target is distributed otherwise in the test rows."""

import numpy as np
import pandas as pd

from cases import breast_cancer, case_of, diabetes, findings_of

RULE = "label-shift"


def halves(frame):
    mixed = frame.sample(frac=1.0, random_state=0).reset_index(drop=True)
    cut = int(0.7 * len(mixed))
    return mixed.head(cut), mixed.tail(len(mixed) - cut).reset_index(drop=True)


def broken():
    """Most malignant cases are missing from the test rows."""
    train, test = halves(breast_cancer())
    few = test[(test["target"] == 1) | (test.index % 5 == 0)]
    return case_of(train, test=few, target="target")


def healthy():
    """A split at random."""
    train, test = halves(breast_cancer())
    return case_of(train, test=test, target="target")


def test_names_the_class_that_moved():
    """Both shares stand in the message."""
    found = findings_of(RULE, broken())

    assert [(each.severity, each.subject.names) for each in found] == [("warning", ("target",))]


def test_finds_another_level_of_a_number():
    """Only large values in the test rows."""
    train, test = halves(diabetes())

    found = findings_of(RULE, case_of(train, test=test[test["target"] > 120], target="target"))

    assert [each.severity for each in found] == ["warning"]


def test_stays_silent_on_a_random_split_of_numbers():
    """Sampling noise."""
    train, test = halves(diabetes())

    assert findings_of(RULE, case_of(train, test=test, target="target")) == []


def test_entities_that_are_whole_on_one_side_count_once():
    """Sixty schools of thirty pupils, each pupil of the school's own class: 15 schools apart are 15 rows, not 450."""
    rng = np.random.default_rng(3)
    school = np.repeat(np.arange(60), 30)
    frame = pd.DataFrame({"school": school, "x": rng.normal(size=1800), "target": (rng.random(60) < 0.5).astype(int)[school]})
    test = school < 15
    shares = frame["target"].groupby(test).mean()
    case = case_of(frame[~test], test=frame[test].reset_index(drop=True), target="target", groups="school")

    assert abs(shares[True] - shares[False]) > 0.05, "the case must be one that rows taken by themselves would accuse"
    assert findings_of(RULE, case) == []
