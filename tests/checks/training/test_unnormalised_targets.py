"""unnormalised-targets: most of the run is spent on the way to the mean."""

import numpy as np

from cases import findings_of
from cases.runs import case, curve_of, falling, healthy_run, with_batches, with_loss
from rung.inputs.history_loop import Channels

RULE = "unnormalised-targets"
STEPS = np.arange(256)


def regression(mean: float, std: float, curve):
    """A squared error against targets of this mean and spread."""
    run = with_loss(
        healthy_run(curves=(curve,)),
        name="mse_loss",
        constant_loss=std**2,
        target_integral=False,
        input_shape=(32, 1),
        target_shape=(32, 1),
    )
    targets = Channels(
        rows=512, mean=np.array([mean]), std=np.array([std]), low=np.array([mean - 3 * std]), high=np.array([mean + 3 * std])
    )
    return with_batches(run, targets=targets)


def broken():
    """The case on which the rule must fire."""
    return case(regression(150.0, 77.0, curve_of(28000 - 40 * STEPS)))


def healthy():
    """The case on which it must stay silent."""
    return case(regression(0.0, 1.0, falling(start=1.0, end=0.3)))


def test_compares_with_guessing_the_mean():
    """The run ends worse than that."""
    assert "guessing the mean scores 5929" in findings_of(RULE, broken())[0].message


def test_stays_silent_where_the_net_learns_on_raw_targets():
    """Long enough, or with a bias at the mean."""
    assert findings_of(RULE, case(regression(150.0, 77.0, falling(start=28000, end=2500, noise=100)))) == []


def test_stays_silent_on_classes():
    """Class numbers are no measures."""
    assert findings_of(RULE, case()) == []
