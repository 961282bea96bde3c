"""not-converged: the limit of iterations was reached, and what training longer changes."""

from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from cases import apply, breast_cancer, findings_of
from cases.models import with_estimator

RULE = "not-converged"


def broken():
    """The case on which the rule must fire."""
    return with_estimator(
        breast_cancer(), make_pipeline(StandardScaler(), MLPClassifier(hidden_layer_sizes=(8,), max_iter=2, random_state=0))
    )


def healthy():
    """The case on which it must stay silent."""
    return with_estimator(breast_cancer(), make_pipeline(StandardScaler(), LogisticRegression()))


def test_warns_where_longer_training_helps():
    """Two passes are too few for a net."""
    case = broken()
    found = findings_of(RULE, case)

    assert found[0].weight >= 1
    assert apply(found[0], case).verdict == "confirmed"


def test_stays_silent_on_a_converged_fit():
    """The count stays below the limit."""
    assert findings_of(RULE, healthy()) == []


def test_is_a_note_where_nothing_changes():
    """Stopped at the limit, and as good as it gets."""
    found = findings_of(RULE, with_estimator(breast_cancer(), make_pipeline(StandardScaler(), LogisticRegression(max_iter=12))))

    assert [each.severity for each in found] == ["note"]
