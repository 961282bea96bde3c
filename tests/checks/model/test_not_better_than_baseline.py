"""not-better-than-baseline: paired intervals against the prior, one column and plain references."""

import numpy as np
from sklearn.dummy import DummyClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

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
