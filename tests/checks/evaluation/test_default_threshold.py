"""default-threshold: costs, floors, and a threshold that is worse whatever errors cost."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from cases import apply, findings_of
from cases.evaluation import broken_by, judged, real_case, sound_case, table

RULE = "default-threshold"


def broken():
    """The case on which the rule must fire."""
    return broken_by(RULE)


def healthy():
    """The case on which it must stay silent."""
    return sound_case(cost_fp=1.0, cost_fn=1.1)


def test_costs_move_the_threshold_to_where_they_say():
    """A miss of ten false alarms: a true probability of one eleventh is enough (Elkan), and the saving is measured on other rows."""
    case = sound_case(cost_fp=1.0, cost_fn=10.0)
    found = findings_of(RULE, case)

    assert "0.09" in found[0].remedy.fix
    assert apply(found[0], case).verdict == "confirmed"


@pytest.mark.parametrize("declared", [{"min_recall": 0.95}, {"min_precision": 0.95}])
def test_floors(declared):
    """A floor that is missed at one half and kept at the threshold named."""
    case = sound_case(**declared)
    found = findings_of(RULE, case)

    assert "the declared floor is 0.95" in found[0].message
    assert apply(found[0], case).verdict == "confirmed"


def test_a_floor_that_is_kept_needs_nothing():
    """Recall of 0.7 is there already."""
    assert findings_of(RULE, sound_case(min_recall=0.5)) == []


def test_rare_classes_without_costs_are_no_reason():
    """For true probabilities one half is right at any share of positives, as long as errors cost the same."""
    frame = table(6000)
    frame = frame[(frame.target == 0) | (np.arange(len(frame)) % 12 == 0)].reset_index(drop=True)

    assert findings_of(RULE, judged(frame)) == []


def test_stays_silent_on_real_tables_without_costs():
    """A plain logistic regression calls at one half."""
    assert findings_of(RULE, real_case("breast_cancer", LogisticRegression(max_iter=500))) == []
