"""skewed-feature: a column whose tail is all that a linear model sees."""

import numpy as np
import pandas as pd
from sklearn.ensemble import RandomForestRegressor
from sklearn.linear_model import Ridge

from cases import apply, case_of, findings_of, planted, run_rule
from cases import healthy as tables
from cases.build import case_from

RULE = "skewed-feature"


def amounts(n=600, seed=0):
    """A quantity that depends on the logarithm of an amount."""
    rng = np.random.default_rng(seed)
    log = rng.normal(size=n)
    return pd.DataFrame({"amount": np.exp(2 * log), "age": rng.normal(40, 10, n), "target": 3 * log + rng.normal(size=n)})


def with_model(frame, model):
    """This model fitted on the frame."""
    return case_of(frame, model=model.fit(frame[["amount", "age"]], frame["target"]), target="target")


def broken():
    """The case on which the rule must fire."""
    return with_model(amounts(), Ridge())


def healthy():
    """The case on which it must stay silent: skewed, but the target goes with the amount itself."""
    frame = amounts()
    frame["target"] = frame["amount"] + np.random.default_rng(1).normal(size=len(frame))
    return with_model(frame, Ridge())


def test_names_the_column_and_the_gain():
    """A warning with the user's own model, a note without."""
    own, none = findings_of(RULE, broken()), findings_of(RULE, case_of(amounts(), target="target"))

    assert [("amount",)] == [each.subject.names for each in own] == [each.subject.names for each in none]
    assert (own[0].severity, none[0].severity) == ("warning", "note")


def test_stays_silent_where_a_transform_does_not_help():
    """Skewed and right as it is."""
    assert not findings_of(RULE, healthy())


def test_is_skipped_for_trees():
    """A forest splits by order, not by size."""
    assert run_rule(RULE, with_model(amounts(200), RandomForestRegressor(10)))[0].outcome == "skipped"


def test_experiment_confirms_the_gain():
    """On the same folds the score rises."""
    case = broken()

    assert apply(findings_of(RULE, case)[0], case).verdict == "confirmed"


def test_finds_the_planted_fault():
    """On a real table."""
    made = planted(RULE, tables("diabetes"))

    assert made.names[0] in findings_of(RULE, case_from(made.case))[0].subject.names
