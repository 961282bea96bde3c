"""spurious-feature: shown by taking the column away from the model."""

import numpy as np
import pandas as pd
from sklearn.ensemble import RandomForestClassifier

from cases import apply, case_of, findings_of
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


def test_a_place_that_training_does_not_hold_is_followed_too():
    """Three hospitals in training, where the lamp tells the answer; in the fourth, of the test set alone, it tells nothing."""
    rng = np.random.default_rng(97)
    frame = pd.DataFrame(rng.normal(size=(6000, 3)), columns=["a", "b", "c"])
    frame["target"] = rng.integers(0, 2, 6000)
    frame["a"] += 0.8 * frame.target
    frame["hospital"] = np.r_[rng.choice(["north", "south", "east"], 4500), np.full(1500, "west")]
    frame["lamp"] = np.where(frame.hospital == "west", 0.75, 1.5 * frame.target) + rng.normal(size=6000)
    train, test = frame[:3000], frame[3000:].reset_index(drop=True)
    forest = RandomForestClassifier(50, min_samples_leaf=5, random_state=0).fit(train[["a", "b", "c", "lamp"]], train.target)

    found = findings_of(RULE, case_of(train, test=test, model=forest, target="target", groups="hospital"))

    assert (found[0].subject.names, found[0].subject.detail) == (("lamp",), "hospital = west")
