"""collinear-features: columns that repeat each other."""

import numpy as np
import pandas as pd
from sklearn.ensemble import RandomForestRegressor
from sklearn.linear_model import LinearRegression

from cases import apply, case_of, diabetes, findings_of, planted
from cases import healthy as tables
from cases.build import case_from

RULE = "collinear-features"


def repeated(model=None):
    """A column in two units."""
    frame = diabetes().assign(bmi_old=diabetes()["bmi"] * 703 + np.random.default_rng(0).normal(0, 0.01, 442))
    fitted = model.fit(frame.drop(columns="target"), frame["target"]) if model is not None else None
    return case_of(frame, model=fitted, target="target")


def broken():
    """The case on which the rule must fire."""
    return repeated(LinearRegression())


def healthy():
    """The case on which it must stay silent: correlated, as real columns are."""
    return case_of(diabetes(), target="target")


def test_warns_about_coefficients_only():
    """A linear model: warning, and the message says that predictions do not suffer."""
    found = findings_of(RULE, broken())

    assert {"bmi", "bmi_old"} <= set(found[0].subject.names)
    assert found[0].severity == "warning"
    assert "predictions do not suffer" in found[0].message


def test_is_a_note_for_trees_and_without_a_model():
    """Nothing is lost there."""
    for model in (None, RandomForestRegressor(5)):
        assert [each.severity for each in findings_of(RULE, repeated(model))] == ["note"]


def test_stays_silent_on_ordinary_correlation():
    """A correlation of 0.9 is no repeat."""
    assert not findings_of(RULE, healthy())


def test_sees_a_total_beside_its_parts():
    """No pair is alike, the sum is exact."""
    rng = np.random.default_rng(1)
    frame = pd.DataFrame(rng.normal(size=(300, 3)), columns=["a", "b", "c"])
    frame = frame.assign(total=frame.sum(axis=1), target=rng.normal(size=300))

    assert {"a", "b", "c", "total"} == set(findings_of(RULE, case_of(frame, target="target"))[0].subject.names)


def test_experiment_confirms_that_the_repeat_is_not_needed():
    """Without it the score holds."""
    case = case_from(planted(RULE, tables("breast_cancer"), "severe").case)

    assert apply(findings_of(RULE, case)[0], case).verdict == "confirmed"


def test_finds_the_planted_fault():
    """On a table of classes."""
    made = planted(RULE, tables("wine"))

    assert set(made.names) <= set(findings_of(RULE, case_from(made.case))[0].subject.names)
