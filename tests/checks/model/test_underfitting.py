"""underfitting: a richer model on the same columns and folds is clearly better."""

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier, VotingClassifier
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier

from cases import apply, breast_cancer, diabetes, digits, findings_of
from cases.evaluation import table
from cases.models import with_estimator

RULE = "underfitting"


def broken():
    """The case on which the rule must fire."""
    return with_estimator(breast_cancer(), DecisionTreeClassifier(max_depth=1))


def healthy():
    """The case on which it must stay silent."""
    return with_estimator(breast_cancer(), make_pipeline(StandardScaler(), LogisticRegression()))


def test_names_the_model():
    """A stump is named, with both scores."""
    found = findings_of(RULE, broken())

    assert [each.subject.names for each in found] == [("DecisionTreeClassifier",)]


def test_stays_silent_on_models_that_are_good_enough():
    """A straight line through straight signal is healthy."""
    assert findings_of(RULE, healthy()) == []
    assert findings_of(RULE, with_estimator(diabetes(), make_pipeline(StandardScaler(), Ridge()))) == []
    assert findings_of(RULE, with_estimator(breast_cancer(), HistGradientBoostingClassifier(max_iter=50))) == []


def test_leaves_a_strong_penalty_to_its_own_rule():
    """What a relaxed penalty mends is no lack of capacity."""
    assert findings_of(RULE, with_estimator(diabetes(), make_pipeline(StandardScaler(), Ridge(alpha=1e5)))) == []


def test_does_not_blame_the_learner_for_columns_left_out():
    """A model on two columns is compared with references on the same two."""
    frame = digits()[["pixel_0_2", "pixel_0_3", "target"]].assign(other=np.arange(1797) % 7)
    frame["answer"] = frame["target"]
    model = HistGradientBoostingClassifier(max_iter=20)
    train = frame.iloc[::2]
    model.fit(train[["pixel_0_2", "pixel_0_3"]], train["target"])
    from cases import case_of

    assert findings_of(RULE, case_of(train, model=model, target="target")) == []


def test_experiment_confirms():
    """The richer model scores better on the same folds."""
    case = broken()

    assert apply(findings_of(RULE, case)[0], case).verdict == "confirmed"


def test_hard_labels_are_not_held_against_a_ranking():
    """Three votes give labels only: what ranks the rows is better at ranking, and calls them no better; a stump's votes are poor calls too."""
    frame = table(3000).drop(columns=["kind", "site"])
    votes = [("line", LogisticRegression()), ("bayes", GaussianNB()), ("again", LogisticRegression(C=0.1))]
    stumps = [(name, DecisionTreeClassifier(max_depth=1, max_features=1, random_state=place)) for place, name in enumerate("abc")]

    assert findings_of(RULE, with_estimator(frame, VotingClassifier(votes))) == []
    assert findings_of(RULE, with_estimator(frame, VotingClassifier(stumps))) != []
