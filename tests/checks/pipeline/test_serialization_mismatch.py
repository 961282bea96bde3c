"""serialization-mismatch: another model comes back from the file."""

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from cases import breast_cancer, case_of, findings_of, planted
from cases import healthy as tables
from cases.build import case_from

RULE = "serialization-mismatch"


def fitted():
    """An honest model and its table."""
    frame = breast_cancer()
    return frame, LogisticRegression(max_iter=50).fit(frame.drop(columns="target"), frame["target"])


def broken():
    """The case on which the rule must fire."""
    return case_from(planted(RULE, tables("breast_cancer")).case)


def healthy():
    """The case on which it must stay silent."""
    frame, model = fitted()
    return case_of(frame, model=model, target="target")


def test_counts_the_rows_that_differ():
    """An error, with rows."""
    found = findings_of(RULE, broken())

    assert len(found) == 1
    assert found[0].severity == "error"
    assert found[0].subject.rows


def test_stays_silent_on_an_honest_model():
    """Saved and loaded, it is the same."""
    assert not findings_of(RULE, healthy())


def test_a_model_that_cannot_be_saved_is_a_note():
    """A lambda cannot be saved."""
    frame, _ = fitted()
    model = make_pipeline(FunctionTransformer(lambda x: x), LogisticRegression(max_iter=50)).fit(
        frame.drop(columns="target"), frame["target"]
    )

    assert [each.severity for each in findings_of(RULE, case_of(frame, model=model, target="target"))] == ["note"]


def test_compares_stored_predictions():
    """Stored probabilities of this model are fine; those of another one are not."""
    frame, model = fitted()
    own = model.predict_proba(frame.drop(columns="target"))[:, 0]
    case = [
        case_of(frame.assign(score=each), model=model, target="target", prediction="score", positive="0") for each in (own, np.sqrt(own))
    ]

    assert not findings_of(RULE, case[0])
    assert findings_of(RULE, case[1])[0].subject.names == ("score",)
