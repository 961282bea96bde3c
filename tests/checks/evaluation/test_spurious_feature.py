"""spurious-feature: shown by taking the column away from the model."""

import numpy as np
from sklearn.ensemble import RandomForestClassifier

from cases import apply, findings_of
from cases.evaluation import broken_by, judged, real_case, sound_case, table

RULE = "spurious-feature"


def broken():
    """The case on which the rule must fire."""
    return broken_by(RULE)


def healthy():
    """The case on which it must stay silent."""
    return sound_case()


def test_names_the_column_and_proves_it_by_leaving_it_out():
    """'device' told the answer in training rows only."""
    case = broken()
    found = findings_of(RULE, case)

    assert found[0].subject.names == ("device",)
    assert apply(found[0], case).verdict == "confirmed"


def test_a_strong_honest_column_is_left_alone():
    """Shifted values in the test set, the same relation: taking it away hurts."""

    def shifted(test):
        return test.assign(x0=test.x0 * 0.8 + 0.5)

    assert findings_of(RULE, judged(table(), shifted)) == []


def test_memorising_noise_is_overfitting_and_no_shortcut():
    """A forest on forty columns of noise and real ones."""
    frame = table(1000)
    rng = np.random.default_rng(0)
    noise = {f"z{place}": rng.normal(size=1000) for place in range(40)}

    assert findings_of(RULE, judged(frame.assign(**noise), linear=False)) == []


def test_stays_silent_on_a_real_table():
    """Thirty columns that repeat each other."""
    assert findings_of(RULE, real_case("breast_cancer", RandomForestClassifier(random_state=0))) == []
