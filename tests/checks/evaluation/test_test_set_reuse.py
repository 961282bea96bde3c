"""test-set-reuse: several models judged by the same test rows, the best picked."""

from cases.build import findings_of
from cases.scripts import read

RULE = "test-set-reuse"


def broken():
    """Seven models, one test part, the winner's score."""
    return read("many_models_one_test")


def healthy():
    """The winner is chosen by cross-validation."""
    return read("many_models_one_test", "twins")


def test_stays_silent_on_a_model_beside_its_dummy():
    """A baseline is no contestant."""
    assert findings_of(RULE, read("baseline_compared", "honest")) == []
