"""plateaued-loss: an early fall, then nothing."""

import numpy as np

from cases import findings_of
from cases.runs import LN10, case, curve_of

RULE = "plateaued-loss"
STEPS = np.arange(300)


def fallen(start: float, level: float) -> np.ndarray:
    """A fall within the first tenth to a level that is kept."""
    return level + (start - level) * np.exp(-STEPS / 6) + np.random.default_rng(0).normal(0, 0.01, len(STEPS))


def broken():
    """The case on which the rule must fire."""
    return case(curves=(curve_of(fallen(5.0, LN10)),), n_steps=600)


def healthy():
    """The case on which it must stay silent."""
    return case()


def test_warns_at_the_level_of_a_constant_guess():
    """From a bad start down to ln 10, and no further."""
    assert [each.severity for each in findings_of(RULE, broken())] == ["warning"]


def test_is_a_note_in_a_short_run():
    """Many nets rest at that level before they begin to learn."""
    assert [each.severity for each in findings_of(RULE, case(curves=(curve_of(fallen(5.0, LN10)),)))] == ["note"]


def test_is_a_note_elsewhere():
    """It may be the floor of the noise."""
    assert [each.severity for each in findings_of(RULE, case(curves=(curve_of(fallen(2.3, 1.2)),)))] == ["note"]


def test_stays_silent_where_nearly_all_is_learned():
    """A converged run is flat as well."""
    assert findings_of(RULE, case(curves=(curve_of(fallen(2.3, 0.1)),))) == []
