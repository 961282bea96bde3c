"""wrong-model-type: a regressor for classes, a classifier for a quantity."""

import pytest
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
from sklearn.linear_model import LinearRegression, LogisticRegression, Ridge
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from cases import apply, breast_cancer, diabetes, digits, findings_of, wine
from cases.models import with_estimator

RULE = "wrong-model-type"


def broken():
    """The case on which the rule must fire."""
    return with_estimator(breast_cancer(), LinearRegression())


def healthy():
    """The case on which it must stay silent."""
    return with_estimator(breast_cancer(), make_pipeline(StandardScaler(), LogisticRegression()))


def test_names_a_regressor_for_classes():
    """Its answers are no labels."""
    assert [each.subject.names for each in findings_of(RULE, broken())] == [("LinearRegression",)]


def test_names_a_classifier_for_a_quantity():
    """Each of 214 values as a class of its own."""
    assert len(findings_of(RULE, with_estimator(diabetes(), GaussianNB()))) == 1


def test_names_a_regressor_on_unordered_codes():
    """Ten digits have no order."""
    assert len(findings_of(RULE, with_estimator(digits(), RandomForestRegressor(10, random_state=0)))) == 1


@pytest.mark.parametrize(
    ("load", "model"),
    [(diabetes, Ridge()), (wine, RandomForestClassifier(20)), (breast_cancer, make_pipeline(StandardScaler(), LogisticRegression()))],
)
def test_stays_silent_on_the_right_kind(load, model):
    """Regressor on numbers, classifier on classes."""
    assert findings_of(RULE, with_estimator(load(), model)) == []


def test_leaves_ordered_grades_alone():
    """Five grades of a quantity may be regressed."""
    frame = diabetes().assign(target=lambda each: (each["target"] // 75).astype(int))

    assert findings_of(RULE, with_estimator(frame, make_pipeline(StandardScaler(), Ridge()))) == []


def test_a_score_that_stays_does_not_refute_the_kind():
    """A regressor may rank classes as well as a classifier does; its answers are no labels all the same."""
    case = with_estimator(breast_cancer(), RandomForestRegressor(30, random_state=0))
    finding = findings_of(RULE, case)[0]

    assert apply(finding, case).verdict != "refuted"
