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
