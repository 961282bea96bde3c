"""evaluated-on-training-data: found by content and by memory; silent for strong models on rows they have not seen."""

import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingRegressor, RandomForestClassifier
from sklearn.linear_model import Ridge
from sklearn.neighbors import KNeighborsRegressor
from sklearn.tree import DecisionTreeClassifier

from cases import apply, case_of, findings_of
from cases.evaluation import broken_by, model_for, real_case, sound_case, table

RULE = "evaluated-on-training-data"


def broken():
    """The case on which the rule must fire."""
    return broken_by(RULE, function="evaluated_on_training_data")


def healthy():
    """The case on which it must stay silent."""
    return sound_case()


def test_a_model_fitted_on_all_rows_is_known_by_what_it_remembers():
    """No test row stands in the training table, and yet the model was fitted on them; a clone shows what the score would be."""
    case = broken_by(RULE, function="fitted_on_test")
    found = findings_of(RULE, case)

    assert "it was fitted on these test rows" in found[0].message
    assert apply(found[0], case).verdict == "confirmed"


def test_the_training_file_scored_as_test_needs_no_model():
    """Content alone decides, in any order of rows."""
    frame = table(600)
    found = findings_of(RULE, case_of(frame, test=frame.sample(frac=0.4, random_state=1), target="target"))

    assert found[0].severity == "critical"
    assert "100%" in found[0].message


def test_stays_silent_on_memorising_models_that_were_judged_fairly():
    """Trees that know their training rows by heart, honest test rows: a gap is no proof."""
    for learner in (RandomForestClassifier(n_estimators=50, random_state=0), DecisionTreeClassifier(random_state=0)):
        assert findings_of(RULE, real_case("breast_cancer", learner)) == []


def test_stays_silent_where_rows_repeat_by_nature():
    """Two yes/no columns: every test row has an equal row in training, as every training row has."""
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"a": rng.integers(0, 2, 2000), "b": rng.integers(0, 2, 2000)})
    frame["target"] = (rng.random(2000) < 0.3 + 0.3 * frame.a).astype(int)

    assert findings_of(RULE, case_of(frame[:1000], test=frame[1000:].reset_index(drop=True), target="target")) == []


def test_a_model_fitted_on_more_rows_than_given_is_not_accused():
    """A clone on a part of the training rows does worse on the test rows, but far less so than on rows that were remembered."""
    frame = table(4000)
    model = model_for(frame[:2000], linear=False)

    assert findings_of(RULE, case_of(frame[:1000], test=frame[2000:].reset_index(drop=True), model=model, target="target")) == []


def test_a_regressor_on_grades_is_refitted_on_the_grades():
    """Grades 0, 2 ... 10 are read as classes; a clone of the user's regressor that learned their positions instead would lose to it everywhere."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(1500, 3))
    frame = pd.DataFrame(x, columns=list("abc")).assign(
        grade=2 * np.clip(np.round(2.5 + 1.2 * x[:, 0] + rng.normal(size=1500)), 0, 5).astype(int)
    )
    train, test = frame[:1000], frame[1000:].reset_index(drop=True)
    model = Ridge().fit(train.drop(columns="grade"), train.grade)

    assert findings_of(RULE, case_of(train, test=test, model=model, target="grade")) == []


def with_far_rows(*, on_all: bool):
    """Some training rows lie far out: clones miss those by so much that what the fit remembers looks larger than it is elsewhere."""
    rng = np.random.default_rng(3)
    x = rng.normal(size=(300, 2)) * np.where(np.arange(300) < 25, 2.0, 1.0)[:, None]
    frame = pd.DataFrame(x, columns=["a", "b"]).assign(target=x[:, 0] ** 2 + x[:, 1] + rng.normal(0, 0.8, 300))
    train, test = frame[:200], frame[200:].reset_index(drop=True)
    fitted = frame if on_all else train
    return case_of(train, test=test, model=KNeighborsRegressor(1).fit(fitted[["a", "b"]], fitted.target), target="target")


def test_a_clone_fitted_on_the_test_rows_is_the_yardstick():
    """Little of what is remembered of the far rows, but all that a fit on these rows would gain: fitted on the test rows, and not otherwise."""
    assert "100% of what a fit on these rows would gain" in findings_of(RULE, with_far_rows(on_all=True))[0].message
    assert findings_of(RULE, with_far_rows(on_all=False)) == []


def test_far_more_rows_are_no_memory_of_these():
    """Fitted on five times the rows given, none of them a test row: it beats the clone, by a third of what a fit on the test rows would gain."""
    rng = np.random.default_rng(46)
    frame = pd.DataFrame(rng.uniform(-1, 1, (6000, 3)), columns=list("abc"))
    frame["target"] = np.sin(3 * frame.a) + frame.b**2 + rng.normal(0, 0.3, 6000)
    model = HistGradientBoostingRegressor(random_state=0).fit(frame[:5000].drop(columns="target"), frame.target[:5000])

    assert findings_of(RULE, case_of(frame[:1000], test=frame[5000:].reset_index(drop=True), model=model, target="target")) == []
