"""oscillating-loss: swings of the line itself, not fuzz around it."""

import numpy as np
import pytest

from cases import findings_of
from cases.runs import case, curve_of, falling, healthy_run, stuck
from rung.inputs.history_model import SchedulerRecord

RULE = "oscillating-loss"
STEPS = np.arange(300)
SWING = 1.2 + 0.6 * np.sin(STEPS / 12)


def broken():
    """The case on which the rule must fire."""
    return case(curves=(curve_of(np.maximum(SWING, 2.3 - STEPS / 20)),))


def healthy():
    """The case on which it must stay silent."""
    return case()


def test_sees_a_zigzag_from_step_to_step():
    """Each step jumps to the other side of the valley."""
    values = 1.0 + 0.5 * (-1.0) ** STEPS + 1.3 * np.exp(-STEPS / 10)

    assert len(findings_of(RULE, case(curves=(curve_of(values),)))) == 1


@pytest.mark.parametrize("noise", [0.1, 0.4, 0.8])
def test_stays_silent_on_the_noise_of_small_batches(noise):
    """Independent noise has no turns, however strong."""
    found = [findings_of(RULE, case(curves=(falling(400, noise=noise, seed=seed),))) for seed in range(10)]
    flat = [findings_of(RULE, case(curves=(stuck(1.0, 400, noise, seed),))) for seed in range(10)]

    assert found + flat == [[]] * 20


def test_stays_silent_on_warm_restarts():
    """The schedule swings the loss on purpose."""
    run = healthy_run(curves=(curve_of(SWING),), schedulers=(SchedulerRecord(type_name="CosineAnnealingWarmRestarts", calls=300),))

    assert findings_of(RULE, case(run)) == []
