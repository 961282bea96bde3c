"""overfitting-curve: the validation loss turns while training goes on."""

import numpy as np
import pytest

from cases import findings_of, run_rule
from cases.histories import log_of_losses
from cases.runs import case

RULE = "overfitting-curve"
EPOCHS = np.arange(30)
FALL = 0.05 + 0.7 * np.exp(-EPOCHS / 6)


def turned(rise: float, noise: float = 0.01, seed: int = 0) -> np.ndarray:
    """A validation loss that is lowest at epoch 8 and then rises by `rise` an epoch."""
    rng = np.random.default_rng(seed)
    return 0.4 + 0.35 * np.exp(-EPOCHS / 3) + np.maximum(EPOCHS - 8, 0) * rise + rng.normal(0, noise, len(EPOCHS))


def broken():
    """The case on which the rule must fire."""
    return case(log_of_losses(FALL, turned(0.02)))


def healthy():
    """The case on which it must stay silent."""
    return case(log_of_losses(FALL, turned(0.0)))


def test_names_the_epoch_to_stop_at():
    """Within three epochs of the truth."""
    found = findings_of(RULE, broken())

    assert found[0].subject.detail.startswith("epoch")
    assert abs(int(found[0].subject.detail.split()[1]) - 9) <= 3


@pytest.mark.parametrize("noise", [0.01, 0.05, 0.1])
def test_stays_silent_on_a_noisy_plateau(noise):
    """A gap between the curves, and a bad evaluation here and there, are no evidence."""
    found = [findings_of(RULE, case(log_of_losses(FALL, turned(0.0, noise, seed)))) for seed in range(20)]

    assert sum(map(len, found)) == 0


def test_stays_silent_while_training_stands_still():
    """Both losses rise together: something else is wrong."""
    assert findings_of(RULE, case(log_of_losses(np.full(30, 0.7), turned(0.02)))) == []


def test_needs_evaluations():
    """Without a validation loss it says what it needs."""
    run, _ = run_rule(RULE, case(log_of_losses(FALL)))

    assert (run.outcome, run.reason) == ("skipped", "the history holds no validation loss")
