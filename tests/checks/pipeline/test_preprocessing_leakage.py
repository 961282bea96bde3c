"""preprocessing-leakage: a step, or a table, that was fitted on rows that are scored later."""

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler, PowerTransformer, QuantileTransformer, RobustScaler, StandardScaler

from cases import apply, breast_cancer, case_of, findings_of, planted
from cases import healthy as tables
from cases.build import case_from

RULE = "preprocessing-leakage"


def split(frame=None):
    """Train and test halves of a shuffled table."""
    frame = (breast_cancer() if frame is None else frame).sample(frac=1.0, random_state=0)
    return frame.iloc[:380].reset_index(drop=True), frame.iloc[380:].reset_index(drop=True)


def fitted(scaler, rows_of_scaler, train):
    """A pipeline whose scaler saw other rows than its estimator."""
    scaler.fit(rows_of_scaler.drop(columns="target"))
    model = LogisticRegression(max_iter=500).fit(scaler.transform(train.drop(columns="target")), train["target"])
    return make_pipeline(scaler, model)


def broken():
    """The case on which the rule must fire."""
    return case_from(planted(RULE, tables("breast_cancer")).case)


def healthy():
    """The case on which it must stay silent: the same pipeline fitted on training rows."""
    train, test = split()
    model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=500)).fit(train.drop(columns="target"), train["target"])
    return case_of(train, test=test, model=model, target="target")


def test_names_the_step_and_its_columns():
    """The scaler and the imputer are named, with certainty."""
    found = findings_of(RULE, broken())

    assert {"prepare/numbers/scale", "prepare/numbers/impute"} == {each.subject.names[0] for each in found}
    assert all(each.confidence == "near-certain" for each in found)


def test_stays_silent_on_an_honest_pipeline():
    """Fitted on training rows: nothing to say."""
    assert findings_of(RULE, healthy()) == []


def test_sees_every_common_scaler():
    """Min-max, robust, power and quantile scalers leave their traces too."""
    import pandas as pd

    train, test = split()
    both = pd.concat([train, test])
    for scaler in (MinMaxScaler(), RobustScaler(), PowerTransformer(), QuantileTransformer(n_quantiles=50)):
        case = case_of(train, test=test, model=fitted(scaler, both, train), target="target")
        assert len(findings_of(RULE, case)) == 1, scaler


def test_stays_silent_on_a_scaler_fitted_elsewhere():
    """Statistics of other rows prove nothing about the test rows."""
    train, test = split()
    case = case_of(train, test=test, model=fitted(StandardScaler(), train.iloc[:300], train), target="target")

    assert findings_of(RULE, case) == []


def test_sees_tables_that_were_scaled_together():
    """Mean 0 and deviation 1 over both tables, but not over the training rows."""
    frame = breast_cancer()
    numbers = frame.columns.drop("target")
    scaled = frame.assign(**{name: StandardScaler().fit_transform(frame[[name]])[:, 0] for name in numbers})
    train, test = split(scaled)
    found = findings_of(RULE, case_of(train, test=test, target="target"))

    assert len(found) == 1
    assert "mean radius" in found[0].subject.names


def test_stays_silent_on_tables_scaled_by_training_rows():
    """The honest way: the training rows set the scale."""
    train, test = split()
    numbers = list(train.columns.drop("target"))
    scaler = StandardScaler().fit(train[numbers])
    train[numbers], test[numbers] = scaler.transform(train[numbers]), scaler.transform(test[numbers])

    assert findings_of(RULE, case_of(train, test=test, target="target")) == []


def test_experiment_confirms_that_the_step_changes():
    """Fitted on the training rows alone, the step learns other values."""
    case = broken()
    outcome = apply(findings_of(RULE, case)[0], case)

    assert outcome.verdict == "confirmed"
    assert np.isfinite(outcome.difference.value)
