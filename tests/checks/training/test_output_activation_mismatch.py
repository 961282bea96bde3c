"""output-activation-mismatch: what reaches the loss, by its numbers."""

import numpy as np
import pytest

from cases import findings_of
from cases.runs import case, healthy_run, with_batches, with_loss
from rung.inputs.history_loop import Channels

RULE = "output-activation-mismatch"
SOFTMAX = {
    "input_rows_sum_to_one": 1.0,
    "input_low": 0.0,
    "input_high": 0.98,
    "input_in_unit": 1.0,
    "input_below_zero": 0.0,
    "producer": "5",
    "producer_type": "Softmax",
}
SQUARE = {"name": "mse_loss", "input_shape": (32, 1), "target_shape": (32, 1), "target_integral": False}


def head(kind: str, low: float, high: float, mean: float = 0.0, std: float = 1.0):
    """A squared error whose input comes from this activation, and these targets."""
    run = with_loss(healthy_run(), **SQUARE, producer="5", producer_type=kind, target_low=low, target_high=high)
    return with_batches(
        run, targets=Channels(rows=500, mean=np.array([mean]), std=np.array([std]), low=np.array([low]), high=np.array([high]))
    )


def broken():
    """The case on which the rule must fire."""
    return case(with_loss(healthy_run(), **SOFTMAX))


def healthy():
    """The case on which it must stay silent."""
    return case(with_loss(healthy_run(), input_rows_log_normalised=1.0, input_high=-0.01, producer_type="LogSoftmax"))


def test_names_the_floor_of_softmax_twice():
    """1.4612 for ten classes."""
    found = findings_of(RULE, broken())

    assert "below 1.4612" in found[0].message
    assert found[0].subject.names[0] == "5"


def test_sigmoid_before_a_loss_with_logits():
    """By the range, whatever made it."""
    given = {
        "name": "binary_cross_entropy_with_logits",
        "input_shape": (32,),
        "input_in_unit": 1.0,
        "input_low": 0.01,
        "input_high": 0.99,
        "producer_type": "sigmoid",
    }

    assert "its own sigmoid" in findings_of(RULE, case(with_loss(healthy_run(), **given)))[0].message


def test_two_sigmoids_before_binary_cross_entropy():
    """All probabilities between 0.5 and 0.731."""
    given = {"name": "binary_cross_entropy", "input_shape": (32,), "input_low": 0.5, "input_high": 0.73, "producer_type": "sigmoid"}

    assert "twice" in findings_of(RULE, case(with_loss(healthy_run(), **given)))[0].message


def test_relu_on_the_scores():
    """No class can be ruled out."""
    given = {"input_below_zero": 0.0, "input_low": 0.0, "producer_type": "ReLU"}

    assert "cuts the scores" in findings_of(RULE, case(with_loss(healthy_run(), **given)))[0].message


@pytest.mark.parametrize(
    ("kind", "low", "high"), [("ReLU", -2.0, 2.5), ("Sigmoid", 0.0, 4.0), ("Tanh", -2.0, 2.5), ("Softplus", -2.0, 2.0)]
)
def test_a_head_that_cannot_reach_the_target(kind, low, high):
    """Its range ends inside of the targets'."""
    assert "the targets go from" in findings_of(RULE, case(head(kind, low, high)))[0].message


@pytest.mark.parametrize(
    ("kind", "low", "high", "mean", "std"),
    [
        ("Sigmoid", 0.0, 1.0, 0.4, 0.3),
        ("Tanh", -1.0, 1.0, 0.0, 0.5),
        ("ReLU", 0.0, 90.0, 20.0, 15.0),
        ("Linear", -9.0, 9.0, 0.0, 3.0),
        ("LeakyReLU", -2.0, 2.0, 0.0, 1.0),
    ],
)
def test_stays_silent_where_the_head_holds_the_targets(kind, low, high, mean, std):
    """Pixels, scaled numbers, counts, free heads."""
    assert findings_of(RULE, case(head(kind, low, high, mean, std))) == []


def test_logits_that_happen_to_lie_in_the_unit_are_no_probabilities():
    """Three early batches prove nothing."""
    given = {"name": "binary_cross_entropy_with_logits", "input_shape": (4,), "calls": 3, "input_in_unit": 1.0, "producer_type": "Linear"}

    assert findings_of(RULE, case(with_loss(healthy_run(), **given))) == []
