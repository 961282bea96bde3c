"""heavy-tailed-errors: a hundredth of the rows rules the squared error."""

from cases import findings_of
from cases.evaluation import broken_by, sound_case

RULE = "heavy-tailed-errors"


def broken():
    """The case on which the rule must fire."""
    return broken_by(RULE, task="regression")


def healthy():
    """The case on which it must stay silent."""
    return sound_case("regression")


def test_lists_the_rows_farthest_first():
    """20 of 2,000 rows."""
    found = findings_of(RULE, broken())

    assert len(found[0].subject.rows) == 20
    assert found[0].severity == "note"


def test_normal_errors_are_silent():
    """A normal curve gives 0.085."""
    assert findings_of(RULE, healthy()) == []
