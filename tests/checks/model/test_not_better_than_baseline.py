"""not-better-than-baseline: paired intervals against the prior, one column and plain references."""

import numpy as np
import pandas as pd
import pytest
from sklearn.dummy import DummyClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier

from cases import apply, breast_cancer, case_of, diabetes, findings_of
from cases.models import with_estimator

RULE = "not-better-than-baseline"


def broken():
    """The case on which the rule must fire."""
    return with_estimator(breast_cancer(), DummyClassifier(strategy="stratified", random_state=0))


def healthy():
    """The case on which it must stay silent."""
    return with_estimator(breast_cancer(), make_pipeline(StandardScaler(), LogisticRegression()))


def noise():
    rng = np.random.default_rng(1)
    return diabetes().assign(target=rng.normal(size=442))


def test_is_an_error_where_others_learn():
    """A model of chance on a table that others learn."""
    case = broken()
    found = findings_of(RULE, case)

    assert [each.severity for each in found] == ["error"]
    assert apply(found[0], case).verdict == "confirmed"


def test_stays_silent_on_a_good_model():
    """Far above every baseline."""
    assert findings_of(RULE, healthy()) == []
    assert findings_of(RULE, case_of(breast_cancer(), target="target")) == []


def test_says_no_signal_as_a_note():
    """Where nothing can be learned, neither the model nor the user is accused."""
    found = findings_of(RULE, case_of(noise(), target="target"))

    assert [each.severity for each in found] == ["note"]
    assert "cannot be seen" in found[0].message


def with_predictions(made, labels: bool):
    """The breast cancer table with the out-of-fold answers of this estimator beside it."""
    frame = breast_cancer()
    x, y = frame.drop(columns="target"), frame.target
    said = cross_val_predict(made, x, y, method="predict" if labels else "predict_proba")
    return case_of(frame.assign(said=said if labels else said[:, 1]), target="target", prediction="said")


@pytest.mark.parametrize("labels", [True, False])
def test_a_column_of_predictions_is_held_beside_plain_models(labels):
    """Nobody can fit it again; that a plain model is far ahead on the same rows is told all the same, of labels in accuracy."""
    poor = findings_of(RULE, with_predictions(DecisionTreeClassifier(max_features=1, max_depth=2, random_state=0), labels))
    good = findings_of(RULE, with_predictions(make_pipeline(StandardScaler(), LogisticRegression()), labels))

    assert [each.severity for each in poor] == ["warning"]
    assert ("gives labels" in poor[0].message) == labels
    assert good == []


def test_labels_of_a_lowered_threshold_are_not_called_worse():
    """Called from one in ten on: fewer calls are right, more positives are found, and neither is held against the model."""
    frame = breast_cancer()
    x, y = frame.drop(columns="target"), frame.target
    said = cross_val_predict(make_pipeline(StandardScaler(), LogisticRegression(C=0.02)), x, y, method="predict_proba")[:, 1]

    assert findings_of(RULE, case_of(frame.assign(said=(said > 0.2).astype(int)), target="target", prediction="said")) == []


def test_labels_of_several_classes_are_not_held_against_a_ranking():
    """Weak signal beside one frequent class: the right calls are nearly all of that class, and no model calls better, though all of them rank better."""
    rng = np.random.default_rng(2)
    frame = pd.DataFrame(rng.normal(size=(1500, 3)), columns=["a", "b", "c"])
    odds = np.column_stack([np.full(1500, 1.8), 0.5 * frame.a, 0.4 * frame.b])
    frame["target"] = np.array(["so", "up", "down"])[(odds + rng.gumbel(size=odds.shape)).argmax(axis=1)]
    said = cross_val_predict(LogisticRegression(), frame[["a", "b", "c"]], frame.target)

    assert [each for each in findings_of(RULE, case_of(frame.assign(said=said), target="target", prediction="said")) if each.weight] == []
