"""multivariate-drift: columns that go together otherwise."""

import numpy as np
import pandas as pd

from cases import breast_cancer, case_of, findings_of, planted
from cases import healthy as tables
from cases.build import case_from

RULE = "multivariate-drift"


def split(seed=0):
    """Train and test of a shuffled table."""
    frame = breast_cancer().sample(frac=1.0, random_state=seed).reset_index(drop=True)
    return frame.iloc[:380].reset_index(drop=True), frame.iloc[380:].reset_index(drop=True)


def broken():
    """The case on which the rule must fire: two columns of the test set in another order."""
    train, test = split()
    rng = np.random.default_rng(0)
    test = test.assign(**{name: rng.permutation(test[name]) for name in ("mean radius", "worst area")})
    return case_of(train, test=test, target="target")


def healthy():
    """The case on which it must stay silent."""
    train, test = split()
    return case_of(train, test=test, target="target")


def test_names_the_columns_that_part():
    """No column moved by itself; the pair is named."""
    found = findings_of(RULE, broken())

    assert len(found) == 1
    assert found[0].severity == "warning"
    assert set(found[0].subject.names) & {"mean radius", "mean area", "mean perimeter", "worst area"}


def test_stays_silent_on_random_splits():
    """Three splits: chance is not drift."""
    for seed in range(3):
        train, test = split(seed)
        assert not findings_of(RULE, case_of(train, test=test, target="target"))


def test_leaves_single_columns_to_their_own_rule():
    """A column that moved by itself is not told twice."""
    train, test = split()
    test = test.assign(**{"mean texture": test["mean texture"] + 15})

    assert not findings_of(RULE, case_of(train, test=test, target="target"))


def test_sees_a_pair_that_no_column_shows():
    """Correlation of the other sign, equal columns."""
    rng = np.random.default_rng(1)
    x = rng.multivariate_normal([0, 0], [[1, 0.9], [0.9, 1]], 1200)
    frame = pd.DataFrame(x, columns=["a", "b"]).assign(c=rng.normal(size=1200), target=rng.integers(0, 2, 1200))
    test = frame.iloc[900:].assign(b=-frame["b"].iloc[900:]).reset_index(drop=True)

    assert {"a", "b"} == set(findings_of(RULE, case_of(frame.iloc[:900], test=test, target="target"))[0].subject.names)


def test_finds_the_planted_fault():
    """At the places that the fault chooses."""
    for seed in range(2):
        made = planted(RULE, tables("breast_cancer"), seed=seed)
        found = findings_of(RULE, case_from(made.case))
        assert found, made.truth


def test_names_that_are_new_in_every_table_are_no_drift():
    """Free names: half of the test rows hold one that training never saw, as later training rows do."""
    rng = np.random.default_rng(2)
    frame = pd.DataFrame({"job": [f"job {each}" for each in (rng.pareto(1.0, 3000) * 200).astype(int)], "x": rng.normal(size=3000)})
    frame = frame.assign(z=rng.normal(size=3000), target=rng.integers(0, 2, 3000))

    assert findings_of(RULE, case_of(frame[:2200], test=frame[2200:].reset_index(drop=True), target="target")) == []
