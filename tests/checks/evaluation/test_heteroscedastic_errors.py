"""heteroscedastic-errors: a note where the spread grows with the prediction."""

from cases import findings_of
from cases.evaluation import broken_by, sound_case

RULE = "heteroscedastic-errors"


def broken():
    """The case on which the rule must fire."""
    return broken_by(RULE, task="regression")


def healthy():
    """The case on which it must stay silent."""
    return sound_case("regression")


def test_is_a_note_with_the_ratio():
    """Most real quantities do so."""
    found = findings_of(RULE, broken())

    assert found[0].severity == "note"
    assert "times as wide" in found[0].message


def test_equal_spread_is_silent():
    """Normal noise of one width."""
    assert findings_of(RULE, healthy()) == []
