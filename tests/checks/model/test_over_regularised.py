"""over-regularised: decided by relaxing the penalty of the user's own estimator."""

from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from cases import apply, breast_cancer, diabetes, findings_of
from cases.models import with_estimator

RULE = "over-regularised"


def logistic(**settings):
    return make_pipeline(StandardScaler(), LogisticRegression(**settings))


def broken():
    """The case on which the rule must fire."""
    return with_estimator(diabetes(), make_pipeline(StandardScaler(), Ridge(alpha=1e5)))


def healthy():
    """The case on which it must stay silent."""
    return with_estimator(diabetes(), make_pipeline(StandardScaler(), Ridge(alpha=1.0)))


def test_names_the_model_and_the_penalty():
    """The message holds the penalty and both scores."""
    found = findings_of(RULE, broken())

    assert [each.subject.names for each in found] == [("Ridge",)]
    assert "alpha=1e+05" in found[0].message


def test_stays_silent_on_a_penalty_that_costs_nothing():
    """A default penalty is not accused."""
    assert findings_of(RULE, healthy()) == []
    assert findings_of(RULE, with_estimator(breast_cancer(), logistic())) == []


def test_sees_shrunken_probabilities_behind_a_perfect_ranking():
    """A tiny C keeps the ranking and ruins every probability."""
    found = findings_of(RULE, with_estimator(breast_cancer(), logistic(C=1e-5)))

    assert "probabilities" in found[0].message
    assert apply(found[0], with_estimator(breast_cancer(), logistic(C=1e-5))).verdict == "confirmed"


def test_stays_silent_on_a_forest_that_is_best():
    """Leaves of five rows in a good forest are no fault."""
    assert findings_of(RULE, with_estimator(breast_cancer(), RandomForestClassifier(50, min_samples_leaf=5, random_state=0))) == []


def test_experiment_confirms():
    """Relaxing raises the score."""
    case = broken()

    assert apply(findings_of(RULE, case)[0], case).verdict == "confirmed"
