"""missing-values: holes that the model cannot take."""

import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from cases import breast_cancer, case_of, findings_of

RULE = "missing-values"


def holes(share=0.3, column="mean radius", seed=0):
    """A real table with holes in one column."""
    frame = breast_cancer()
    return frame.assign(**{column: frame[column].mask(np.random.default_rng(seed).random(len(frame)) < share)})


def broken():
    """Complete in training, a third missing in the test set."""
    return case_of(breast_cancer().iloc[:400], test=holes().iloc[400:], target="target")


def healthy():
    """Complete in both."""
    return case_of(breast_cancer().iloc[:400], test=breast_cancer().iloc[400:], target="target")


def fitted(*steps):
    """A pipeline fitted on complete rows."""
    frame = breast_cancer()
    return make_pipeline(*steps).fit(frame.drop(columns="target"), frame["target"])


def test_names_the_column_whose_share_has_risen():
    """None in training, a third in the test set."""
    found = findings_of(RULE, broken())

    assert [(each.subject.names, each.severity) for each in found] == [(("mean radius",), "warning")]


def test_a_model_that_fails_on_them_is_an_error():
    """Logistic regression raises on NaN."""
    model = fitted(StandardScaler(), LogisticRegression(max_iter=200))
    found = findings_of(RULE, case_of(holes(), target="target", model=model))

    assert [(each.subject.names, each.severity) for each in found] == [(("mean radius",), "error")]


def test_a_model_that_takes_them_leaves_a_note():
    """An imputer or native handling is enough."""
    for model in (fitted(SimpleImputer(), LogisticRegression(max_iter=50)), fitted(HistGradientBoostingClassifier(max_iter=5))):
        assert [each.severity for each in findings_of(RULE, case_of(holes(), target="target", model=model))] == ["note"]


def test_equal_shares_in_both_are_only_noted():
    """What training knows as well is no surprise."""
    frame = holes()

    assert [each.severity for each in findings_of(RULE, case_of(frame.iloc[:400], test=frame.iloc[400:], target="target"))] == ["note"]


def test_waves_of_a_survey_may_ask_less():
    """Forward in time a column that had gaps before has more of them: a note; one that was complete: a warning."""
    rng = np.random.default_rng(4)
    frame = pd.DataFrame({"year": np.repeat(np.arange(2000, 2010), 100), "x": rng.normal(size=1000), "z": rng.normal(size=1000)})
    frame = frame.assign(target=rng.integers(0, 2, 1000))
    late = frame.year >= 2008
    frame.loc[rng.random(1000) < np.where(late, 0.45, 0.3), "x"] = np.nan
    frame.loc[late & (rng.random(1000) < 0.15), "z"] = np.nan
    case = case_of(frame[~late].reset_index(drop=True), test=frame[late].reset_index(drop=True), target="target", time="year")

    assert [each.subject.names for each in findings_of(RULE, case) if each.weight] == [("z",)]
