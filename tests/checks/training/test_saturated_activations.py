"""saturated-activations: units at the flat ends on nearly every row."""

import numpy as np

from cases import findings_of
from cases.runs import activation, case, healthy_run, stuck

RULE = "saturated-activations"


def with_tanh(activity: np.ndarray, place: int = 1, **changes):
    """A tanh whose units are on their slope on these shares of the rows."""
    run = healthy_run(**changes)
    layers = (
        (run.layers[0], activation(1, "Tanh", activity), run.layers[2]) if place == 1 else (*run.layers, activation(3, "Sigmoid", activity))
    )
    return healthy_run(layers=layers, **changes)


def broken():
    """The case on which the rule must fire."""
    return case(with_tanh(np.concatenate([np.full(50, 0.02), np.full(14, 0.6)]), curves=(stuck(),)))


def healthy():
    """The case on which it must stay silent."""
    return case(with_tanh(np.full(64, 0.8)))


def test_counts_units():
    """Fifty of sixty-four."""
    assert findings_of(RULE, broken())[0].message.startswith("50 of 64 units of '1' (Tanh)")


def test_stays_silent_on_a_sure_classifier():
    """A sigmoid at the output saturates rightly."""
    assert findings_of(RULE, case(with_tanh(np.full(10, 0.01), place=3))) == []
