"""feature-drift: a column that moved between training and the other table."""

import numpy as np
import pandas as pd

from cases import breast_cancer, case_of, findings_of, planted
from cases import healthy as tables
from cases.build import case_from

RULE = "feature-drift"


def split(frame=None, seed=0):
    """Train and test of a shuffled table."""
    frame = (breast_cancer() if frame is None else frame).sample(frac=1.0, random_state=seed).reset_index(drop=True)
    return frame.iloc[:380].reset_index(drop=True), frame.iloc[380:].reset_index(drop=True)


def broken():
    """The case on which the rule must fire."""
    train, test = split()
    return case_of(train, test=test.assign(**{"mean texture": test["mean texture"] + 6}), target="target")


def healthy():
    """The case on which it must stay silent."""
    train, test = split()
    return case_of(train, test=test, target="target")


def loud(case):
    """Findings that are more than a note."""
    return [each for each in findings_of(RULE, case) if each.severity != "note"]


def test_names_the_column_that_moved():
    """One column, one warning, with the pair that it is about."""
    found = loud(broken())

    assert [each.subject.names for each in found] == [("mean texture",)]
    assert found[0].subject.detail.startswith("train vs test")


def test_stays_silent_on_random_splits():
    """Thirty columns, five splits: nothing."""
    for seed in range(5):
        train, test = split(seed=seed)
        assert findings_of(RULE, case_of(train, test=test, target="target")) == []


def test_names_the_unit():
    """A thousand times the values: the factor is named and undone."""
    train, test = split()
    found = loud(case_of(train, test=test.assign(**{"mean area": test["mean area"] * 1000}), target="target"))

    assert [each.subject.names for each in found] == [("mean area",)]
    assert "1000 times" in found[0].message
    assert "/ 1000" in found[0].remedy.patch


def test_sees_categories_and_missing_values():
    """Shares of categories, and shares of missing values."""
    rng = np.random.default_rng(0)
    frame = breast_cancer().assign(city=rng.choice(["a", "b", "c"], 569))
    train, test = split(frame)
    test["city"] = np.where(rng.random(len(test)) < 0.5, "a", test["city"])
    test.loc[rng.random(len(test)) < 0.3, "mean area"] = np.nan
    named = {name for each in loud(case_of(train, test=test, target="target")) for name in each.subject.names}

    assert named == {"city", "mean area"}


def test_stays_quiet_when_the_split_goes_forward_in_time():
    """A trend is natural when the test set is later: a note at most."""
    n = 1200
    rng = np.random.default_rng(1)
    level = np.linspace(0, 2, n) + rng.normal(size=n)
    frame = pd.DataFrame(
        {"day": pd.date_range("2024-01-01", periods=n), "level": level, "target": (rng.normal(size=n) + level > 1).astype(int)}
    )

    assert loud(case_of(frame.iloc[:900], test=frame.iloc[900:].reset_index(drop=True), target="target", time="day")) == []


def test_stays_silent_on_trivial_shifts_at_large_n():
    """A shift of a twentieth of a deviation is real and harmless."""
    rng = np.random.default_rng(2)
    train = pd.DataFrame({"a": rng.normal(size=20_000), "target": rng.integers(0, 2, 20_000)})
    test = pd.DataFrame({"a": rng.normal(0.05, 1, 20_000), "target": rng.integers(0, 2, 20_000)})

    assert findings_of(RULE, case_of(train, test=test, target="target")) == []


def test_finds_the_planted_fault():
    """At every place that the fault chooses."""
    for seed in range(4):
        made = planted(RULE, tables("breast_cancer"), seed=seed)
        assert made.names[0] in {name for each in loud(case_from(made.case)) for name in each.subject.names}
