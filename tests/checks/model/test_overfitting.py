"""overfitting: decided by holding the user's own estimator back."""

from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeRegressor

from cases import apply, breast_cancer, diabetes, findings_of
from cases.models import with_estimator

RULE = "overfitting"


def broken():
    """The case on which the rule must fire."""
    return with_estimator(diabetes(), DecisionTreeRegressor(random_state=0))


def healthy():
    """The case on which it must stay silent."""
    return with_estimator(breast_cancer(), make_pipeline(StandardScaler(), LogisticRegression()))


def test_names_the_model():
    """A tree grown to pure leaves is named as the subject."""
    found = findings_of(RULE, broken())

    assert [(each.subject.names, each.severity) for each in found] == [(("DecisionTreeRegressor",), "warning")]


def test_stays_silent_on_an_interpolating_forest():
    """A forest is perfect on its training rows and best on new ones: the gap alone is no finding."""
    assert findings_of(RULE, with_estimator(breast_cancer(), RandomForestClassifier(100, random_state=0))) == []
    found = findings_of(RULE, with_estimator(diabetes(), RandomForestRegressor(100, random_state=0)))

    assert not [each for each in found if each.weight]


def test_stays_silent_on_a_linear_model():
    """A regularised linear model that is best is healthy."""
    assert findings_of(RULE, healthy()) == []


def test_experiment_confirms():
    """Held back, the tree scores better on unseen rows."""
    case = broken()

    assert apply(findings_of(RULE, case)[0], case).verdict == "confirmed"
