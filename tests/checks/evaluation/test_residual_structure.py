"""residual-structure: what a regression left to be learnt."""

from sklearn.linear_model import Ridge

from cases import findings_of
from cases.evaluation import broken_by, real_case, sound_case

RULE = "residual-structure"


def broken():
    """The case on which the rule must fire."""
    return broken_by(RULE, task="regression")


def healthy():
    """The case on which it must stay silent."""
    return sound_case("regression")


def test_names_the_column_that_bends():
    """A square that a straight line cannot follow."""
    assert findings_of(RULE, broken())[0].subject.names == ("angle",)


def test_stays_silent_on_a_real_table():
    """Diabetes, where a line is as good as anything."""
    assert [each for each in findings_of(RULE, real_case("diabetes", Ridge())) if each.weight] == []


def forward(known_before):
    """Years in order; from the last ones on (or always) the target hangs on the square of x3, which the straight line has not."""
    import numpy as np

    from cases.build import case_of
    from cases.evaluation import table

    frame = table(3000, task="regression").assign(day=np.arange(3000.0))
    bent = np.ones(3000, dtype=bool) if known_before else frame.day >= 2200
    frame["target"] += np.where(bent, 1.5 * (np.minimum(frame.x3**2, 6) - 1), 0.0)
    train, test = frame[:2200], frame[2200:].reset_index(drop=True)
    numbers = ["x0", "x1", "x2", "x3"]
    return case_of(train, test=test, model=Ridge().fit(train[numbers], train["target"]), target="target", time="day")


def test_a_relation_that_moved_since_training_was_not_left_behind():
    """Nothing in the training rows could have taught it: no warning; where it was there all along, a warning."""
    assert [each for each in findings_of(RULE, forward(known_before=False)) if each.weight] == []
    assert [each.subject.names for each in findings_of(RULE, forward(known_before=True)) if each.weight] == [("x3",)]
