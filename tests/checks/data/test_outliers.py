"""outliers: values that cannot belong."""

import numpy as np
import pandas as pd
from sklearn.ensemble import RandomForestClassifier

from cases import apply, breast_cancer, case_of, diabetes, findings_of

RULE = "outliers"


def slipped(factor=100.0, share=0.01, column="mean smoothness"):
    """A real table with slipped decimal points in one column."""
    frame = breast_cancer()
    rows = np.random.default_rng(0).random(len(frame)) < share
    return frame.assign(**{column: frame[column] * np.where(rows, factor, 1.0)})


def broken():
    """One value in a hundred is a hundred times too large."""
    return case_of(slipped(), target="target")


def healthy():
    """The same table as it was."""
    return case_of(breast_cancer(), target="target")


def test_names_column_and_rows():
    """The accused rows are those that were changed."""
    changed = np.flatnonzero(slipped()["mean smoothness"] > 1)
    found = findings_of(RULE, broken())

    assert [(each.subject.names, each.severity) for each in found] == [(("mean smoothness",), "warning")]
    assert set(found[0].subject.rows) == set(changed.tolist())


def test_experiment_takes_them_out():
    """Without them the other columns explain the column again."""
    case = broken()

    assert apply(findings_of(RULE, case)[0], case).verdict == "confirmed"


def test_finds_a_group_too_large_for_a_tail():
    """Three values in a hundred, beyond a gap wider than all the rest."""
    case = case_of(slipped(1000.0, 0.03), target="target")

    assert [each.subject.names for each in findings_of(RULE, case)] == [("mean smoothness",)]


def test_finds_slips_of_the_sign():
    """Negative ages."""
    frame = diabetes().assign(age=np.random.default_rng(1).integers(18, 90, 442))
    frame.loc[frame.index[5:400:60], "age"] *= -1

    assert ("age",) in [each.subject.names for each in findings_of(RULE, case_of(frame, target="target"))]


def test_stays_silent_on_heavy_tails():
    """Incomes and t(3) noise reach far by nature."""
    rng = np.random.default_rng(2)
    frame = pd.DataFrame({"income": rng.lognormal(10, 1.2, 3_000), "noise": rng.standard_t(3, 3_000), "y": rng.integers(0, 2, 3_000)})

    assert findings_of(RULE, case_of(frame, target="y")) == []


def test_trees_do_not_mind():
    """With a forest it is a note."""
    frame = slipped()
    model = RandomForestClassifier(10, random_state=0).fit(frame.drop(columns="target"), frame["target"])

    assert {each.severity for each in findings_of(RULE, case_of(frame, target="target", model=model))} == {"note"}


def test_a_population_of_its_own_is_only_noted():
    """One plant in thirty is a giant, and every measure of it says so: the other columns vouch for the far values."""
    rng = np.random.default_rng(5)
    size = np.where(rng.random(1500) < 0.03, 4.0, 0.0) + 0.1 * rng.normal(size=1500)
    measures = {f"m{each}": np.exp(size + 0.1 * rng.normal(size=1500)) for each in range(4)}

    found = findings_of(RULE, case_of(pd.DataFrame({**measures, "target": rng.integers(0, 2, 1500)}), target="target"))

    assert found, "they do lie far out"
    assert not [each for each in found if each.weight]


def test_small_values_below_zero_are_no_slips():
    """A change in price that is mostly a rise: what falls, falls little."""
    rng = np.random.default_rng(6)
    change = np.r_[rng.uniform(0.2, 1.0, 600), rng.uniform(-0.25, -0.2, 10)]
    found = findings_of(
        RULE, case_of(pd.DataFrame({"change": change, "x": rng.normal(size=610), "target": rng.integers(0, 2, 610)}), target="target")
    )

    assert not [each for each in found if each.weight]
