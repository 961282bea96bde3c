"""infinite-values: division by zero and its kin."""

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from cases import breast_cancer, case_of, findings_of

RULE = "infinite-values"


def ratio():
    """A ratio with a zero below the line."""
    frame = breast_cancer()
    return frame.assign(ratio=frame["mean radius"] / frame["mean concavity"])


def broken():
    """Some tumours have no concavity at all."""
    return case_of(ratio(), target="target")


def healthy():
    """The same ratio, guarded."""
    frame = breast_cancer()
    return case_of(frame.assign(ratio=frame["mean radius"] / (1 + frame["mean concavity"])), target="target")


def test_names_column_and_rows():
    """The rows are those without concavity."""
    rows = np.flatnonzero(breast_cancer()["mean concavity"] == 0)
    found = findings_of(RULE, broken())

    assert [(each.subject.names, each.subject.rows, each.severity) for each in found] == [(("ratio",), tuple(rows), "error")]


def test_names_the_step_that_makes_them():
    """The logarithm of zero, inside the pipeline."""
    frame = breast_cancer()
    log = FunctionTransformer(np.log, feature_names_out="one-to-one")
    model = make_pipeline(log, HistGradientBoostingClassifier(max_iter=3)).fit(frame.drop(columns="target"), frame["target"])
    found = findings_of(RULE, case_of(frame, target="target", model=model))

    assert [each.subject.names[0] for each in found] == ["functiontransformer"]
    assert "mean concavity" in found[0].subject.names


def test_missing_values_are_none_of_its_business():
    """NaN stays with the rule for missing values."""
    frame = breast_cancer()
    frame.loc[3:9, "mean radius"] = np.nan

    assert findings_of(RULE, case_of(frame, target="target")) == []
