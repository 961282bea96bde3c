"""constant-predictions: one answer for every row."""

import numpy as np
from sklearn.linear_model import Lasso, LogisticRegression
from sklearn.model_selection import FixedThresholdClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from cases import apply, breast_cancer, case_of, diabetes, findings_of
from cases.models import with_estimator

RULE = "constant-predictions"


def broken():
    """The case on which the rule must fire."""
    return with_estimator(diabetes(), Lasso(alpha=1e6))


def healthy():
    """The case on which it must stay silent."""
    return with_estimator(breast_cancer(), make_pipeline(StandardScaler(), LogisticRegression()))


def test_is_critical_where_signal_is_there():
    """One number for all rows of a table that others can learn."""
    found = findings_of(RULE, broken())

    assert [each.severity for each in found] == ["critical"]
    assert "alpha" in found[0].remedy.cause


def test_stays_silent_on_a_working_model():
    """More than one answer."""
    assert findings_of(RULE, healthy()) == []


def test_names_the_threshold_where_the_scores_differ():
    """A threshold that no score reaches is the first cause, and moving it is the experiment."""
    model = FixedThresholdClassifier(make_pipeline(StandardScaler(), LogisticRegression()), threshold=1.0)
    case = with_estimator(breast_cancer(), model)
    found = findings_of(RULE, case)

    assert found[0].severity == "critical"
    assert "threshold" in found[0].remedy.cause.split(";")[0]
    assert apply(found[0], case).verdict == "confirmed"


def test_is_a_note_where_nobody_could_do_better():
    """A rare class without signal: the commonest class is the right answer."""
    rng = np.random.default_rng(0)
    frame = diabetes().assign(target=(rng.random(442) < 0.06).astype(int))
    found = findings_of(RULE, with_estimator(frame, make_pipeline(StandardScaler(), LogisticRegression())))

    assert not [each for each in found if each.weight]


def test_a_score_on_a_scale_of_its_own_is_no_constant_call():
    """Points of 300 to 850, or of -3 to 3, have no one half: the column ranks, and calls nothing by itself."""
    frame = breast_cancer()
    rank = -frame["mean radius"].rank(pct=True)
    for points in (300 + 550 * (1 + rank), 6 * (rank + 0.5)):
        assert findings_of(RULE, case_of(frame.assign(points=points.round(2)), target="target", prediction="points")) == []
