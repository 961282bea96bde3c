"""miscalibration: the side, the repair, and silence for true probabilities."""

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB

from cases import apply, case_of, findings_of
from cases.build import case_from
from cases.evaluation import broken_by, plant, real_case, sound, sound_case
from rung.faults._estimators import with_model
from rung.faults.miscalibration import distorted

RULE = "miscalibration"


def broken():
    """The case on which the rule must fire."""
    return broken_by(RULE)


def healthy():
    """The case on which it must stay silent."""
    return sound_case()


def case_with(slope: float = 1.0, shift: float = 0.0):
    """Log-odds stretched and shifted behind an honest model."""
    return case_from(with_model(sound(), distorted(slope, shift)))


@pytest.mark.parametrize(
    ("slope", "shift", "side"),
    [(4.0, 0.0, "too extreme"), (0.25, 0.0, "too timid"), (1.0, 1.5, "too high"), (1.0, -1.5, "too low")],
)
def test_names_the_side_and_mends_it(slope, shift, side):
    """The experiment puts the chosen map behind the model; log loss falls on rows that chose nothing."""
    case = case_with(slope, shift)
    found = findings_of(RULE, case)

    assert side in found[0].message
    assert apply(found[0], case).verdict == "confirmed"


@pytest.mark.parametrize(("slope", "shift"), [(1.7, 0.0), (1.0, 0.7)])
def test_a_gap_that_is_worth_mending_needs_not_be_wide(slope, shift):
    """Seven hundredths of gap and as much of the log loss to gain."""
    assert findings_of(RULE, case_with(slope, shift))[0].severity == "warning"


def test_true_probabilities_near_the_truth_are_left_alone():
    """A logistic regression on its own kind of data, a plain one on a real table."""
    assert findings_of(RULE, case_with()) == []
    assert [each for each in findings_of(RULE, real_case("breast_cancer", LogisticRegression(max_iter=500))) if each.weight] == []


def test_several_classes_are_judged_by_the_predicted_one():
    """Confidence above accuracy is too high; the map is a temperature or more."""
    found = findings_of(RULE, case_from(plant(RULE, multiclass(), "severe").case))

    assert "of the predicted class" in found[0].message


def multiclass():
    """Digits."""
    from cases.real import healthy as real

    return real("digits")


def test_naive_bayes_on_repeated_evidence():
    """Thirty columns that say the same make it far too sure, as is known of it."""
    found = findings_of(RULE, real_case("breast_cancer", GaussianNB()))

    assert np.all(["too extreme" in each.message for each in found])


def test_a_class_of_several_that_is_said_too_often_is_named():
    """Weights put twice its share on a rare class of three: the confidence of what is called is right on average, and the class is not."""
    rng = np.random.default_rng(0)

    def rows(n):
        x = rng.normal(size=(n, 3))
        p = np.exp(x * 1.3 + np.array([0.0, 0.0, -2.0]))
        codes = np.array([rng.choice(3, p=each / each.sum()) for each in p])
        return pd.DataFrame(x, columns=list("abc")).assign(target=np.array(["buy", "hold", "sell"])[codes])

    train, test = rows(3000), rows(2500)
    for weights, loud in ((None, False), ("balanced", True)):
        model = LogisticRegression(class_weight=weights).fit(train.drop(columns="target"), train.target)
        found = [each for each in findings_of(RULE, case_of(train, test=test, model=model, target="target")) if each.weight]

        assert bool(found) is loud
        assert not loud or "'sell' is given" in found[0].message
