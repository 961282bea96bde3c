"""diverging-loss: a loss that climbs beyond its noise."""

import numpy as np
import pytest

from cases import findings_of
from cases.runs import case, curve_of, falling, stuck

RULE = "diverging-loss"
STEPS = np.arange(200)


def broken():
    """The case on which the rule must fire."""
    return case(curves=(curve_of(2.3 * np.exp(STEPS / 80)),))


def healthy():
    """The case on which it must stay silent."""
    return case()


def test_sees_a_loss_that_fell_first():
    """Down for a quarter, then up beyond the start."""
    values = np.where(STEPS < 50, 2.3 - STEPS * 0.02, 1.3 * np.exp((STEPS - 50) / 60))

    assert len(findings_of(RULE, case(curves=(curve_of(values),)))) == 1


@pytest.mark.parametrize("noise", [0.05, 0.3, 1.0])
def test_stays_silent_on_noise(noise):
    """Noise of small batches, however strong, is no climb."""
    found = [findings_of(RULE, case(curves=(stuck(2.3, 300, noise, seed),))) for seed in range(10)]

    assert found == [[]] * 10


def test_stays_silent_on_a_fall_with_a_late_wobble():
    """The last stretch lies a little above the lowest."""
    values = falling(200, noise=0.1).value + np.where(STEPS > 180, 0.05, 0.0)

    assert findings_of(RULE, case(curves=(curve_of(values),))) == []
