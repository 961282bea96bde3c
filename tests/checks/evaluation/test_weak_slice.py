"""weak-slice: found, confirmed elsewhere, never noise."""

import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import RandomForestClassifier

from cases import case_of, findings_of
from cases.evaluation import broken_by, judged, model_for, real_case, sound_case, table
from rung.engine import discover
from rung.engine.ledger import Ledger
from rung.facts.slice_scan import SliceScan

RULE = "weak-slice"


def broken():
    """The case on which the rule must fire."""
    return broken_by(RULE)


def healthy():
    """The case on which it must stay silent."""
    return sound_case()


def flipped(inside):
    """The test half with half of the labels turned round where `inside` holds."""

    def change(test):
        rows = np.flatnonzero(inside(test))[::2]
        test.loc[rows, "target"] = 1 - test.loc[rows, "target"]
        return test

    return change


def test_one_condition():
    """A site where the labels follow other rules."""
    found = findings_of(RULE, judged(table(), flipped(lambda test: test.site == "north")))

    assert found[0].subject.names == ("site",)
    assert "site = north" in found[0].message


def test_one_level_of_many_alike():
    """Thirty branches of about a hundred rows each: the last of them is looked at like the first."""
    frame = table(6000)
    frame["branch"] = [f"b{each:02d}" for each in np.random.default_rng(3).integers(0, 30, 6000)]

    found = findings_of(RULE, judged(frame, flipped(lambda test: test.branch == "b29")))

    assert "branch = b29" in found[0].subject.detail


def test_two_conditions_are_needed_and_named():
    """Neither column alone, but both together."""
    found = findings_of(RULE, judged(table(6000), flipped(lambda test: (test.kind == "b") & (test.x2 > 0))))

    assert set(found[0].subject.names) == {"kind", "x2"}


def test_a_slice_that_the_model_knows_to_be_hard_is_a_note():
    """Labels of one kind were noise in training too: the model says one half there, and is right to."""
    frame = table(16_000)
    noise = np.random.default_rng(1)
    inside = frame.kind == "c"
    frame.loc[inside, "target"] = noise.integers(0, 2, int(inside.sum()))

    assert [each for each in findings_of(RULE, judged(frame, linear=False)) if each.weight] == []


@pytest.mark.parametrize("seed", range(4))
def test_noise_makes_no_slice(seed):
    """Four draws of a sound table."""
    assert [each for each in findings_of(RULE, judged(table(seed=seed + 10))) if each.weight] == []


def test_stays_silent_on_a_real_table():
    """Forest on breast cancer."""
    assert [each for each in findings_of(RULE, real_case("breast_cancer", RandomForestClassifier(random_state=0))) if each.weight] == []


def test_numbers_that_were_as_hard_in_training_are_no_slice():
    """One site is noisier than the others, then and now: the model could not do better there."""
    frame = table(6000, task="regression")
    noise = np.random.default_rng(4)
    frame["target"] += np.where(frame.site == "north", noise.normal(0, 2.0, 6000), 0.0)

    assert [each for each in findings_of(RULE, judged(frame)) if each.weight] == []


def test_what_came_since_training_is_no_slice_of_the_model():
    """Forward in time, the last weeks follow other rules: true, and a note, since no training row could tell."""
    frame = table(6000).assign(moment=pd.date_range("2020-01-01", periods=6000, freq="h"), week=np.arange(6000) // 200)
    late = np.flatnonzero(np.arange(6000) >= 4800)[::2]
    frame.loc[late, "target"] = 1 - frame.loc[late, "target"]
    train, test = frame[:3000].reset_index(drop=True), frame[3000:].reset_index(drop=True)
    case = case_of(train, test=test, model=model_for(train.drop(columns=["moment", "week"])), target="target", time="week")

    assert [each for each in findings_of(RULE, case) if each.weight] == []


def test_a_level_that_training_never_saw_is_named_and_not_called_missing():
    """Rows of a new site follow other rules."""
    frame, rng = table(6000), np.random.default_rng(0)
    train = frame[:3000][frame.site[:3000] != "west"].reset_index(drop=True)
    test = frame[3000:].reset_index(drop=True)
    test["target"] = np.where((test.site == "west") & (rng.random(len(test)) < 0.7), 1 - test.target, test.target)
    found = findings_of(RULE, case_of(train, test=test, model=model_for(train), target="target"))

    assert "site = west" in found[0].subject.detail
    assert "missing" not in found[0].message


def test_most_of_the_rows_are_no_slice():
    """Half of the answers are turned where x2 lies in its upper four fifths: that is the model, and no part that is named holds most rows."""
    rng = np.random.default_rng(1)

    def turned(test):
        return test.assign(target=np.where((test.x2 > -0.84) & (rng.random(len(test)) < 0.4), 1 - test.target, test.target))

    scan = Ledger(judged(table(6000), turned), discover.facts()).ask(SliceScan)

    assert scan.weak
    assert max(len(each.rows) for each in scan.weak) <= 0.55 * scan.n


def test_probabilities_that_are_off_everywhere_are_not_laid_to_a_slice():
    """A slice explains miscalibration where the rest is in order, and only there."""
    frame, rng = table(8000), np.random.default_rng(2)
    model = model_for(frame[:3000])
    test = frame[3000:].reset_index(drop=True)
    test["target"] = np.where((test.site == "west") & (rng.random(len(test)) < 0.5), 1 - test.target, test.target)
    z = model.decision_function(test.drop(columns="target"))
    cases = [case_of(test.assign(score=1 / (1 + np.exp(-steep * z))), target="target", prediction="score") for steep in (1.0, 4.0)]
    links = ["miscalibration" in findings_of(RULE, case)[0].explains for case in cases]

    assert links == [True, False]
