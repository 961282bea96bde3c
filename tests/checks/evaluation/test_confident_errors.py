"""confident-errors: more errors among sure rows than the model's doubt allows, and what they are."""

import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression

from cases import case_of, findings_of
from cases.evaluation import broken_by, judged, model_for, real_case, sound_case, table
from rung.engine import discover
from rung.engine.ledger import Ledger
from rung.facts.worst_errors import WorstErrors

RULE = "confident-errors"


def broken():
    """The case on which the rule must fire."""
    return broken_by(RULE)


def healthy():
    """The case on which it must stay silent."""
    return sound_case()


def test_wrong_labels_are_called_wrong_labels():
    """One test label in eight was turned round: most of the surest errors are label errors."""
    found = findings_of(RULE, broken())

    assert found[0].subject.detail == "mostly label error"


def test_the_rows_listed_are_wrong_and_sure():
    """Positions are those of the test table as given."""
    case = broken()
    found = findings_of(RULE, case)

    assert all(0 <= row < 2000 for row in found[0].subject.rows)


@pytest.mark.parametrize("learner", [LogisticRegression(max_iter=500), RandomForestClassifier(random_state=0)])
def test_stays_silent_on_real_tables(learner):
    """Models that are right about how often they err."""
    assert findings_of(RULE, real_case("breast_cancer", learner)) == []


def test_an_overconfident_model_is_a_matter_of_calibration():
    """Errors that fade as confidence grows have no floor."""
    from cases.build import case_from
    from cases.evaluation import sound
    from rung.faults._estimators import with_model
    from rung.faults.miscalibration import distorted

    assert findings_of(RULE, case_from(with_model(sound(), distorted(1.6, 0.0)))) == []


def test_honest_noise_is_no_error():
    """Labels that are noise for everyone: the model is never sure."""
    frame = table()
    frame["target"] = np.random.default_rng(3).integers(0, 2, len(frame))

    assert findings_of(RULE, judged(frame)) == []


def test_errors_of_a_table_without_numbers_are_read():
    """Categories alone have no place in a space of numbers; the errors are still told by kind."""
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({name: rng.choice(list("abcdef"), 3000) for name in ("make", "region")})
    frame["target"] = (frame.make < "c") * 2.0 + rng.normal(size=3000)
    case = case_of(frame[:1500], test=frame[1500:].reset_index(drop=True), model=model_for(frame[:1500]), target="target")

    assert len(Ledger(case, discover.facts()).ask(WorstErrors).kinds) > 20
