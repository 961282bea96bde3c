"""wrong-loss: the function takes its input for something else."""

import numpy as np
import pytest

from cases import findings_of
from cases.histories import curve_of
from cases.runs import case, healthy_run, with_loop, with_loss

RULE = "wrong-loss"
NUMBERS = {"name": "mse_loss", "input_shape": (32,), "target_shape": (32,), "input_in_unit": 0.2}


def broken():
    """The case on which the rule must fire."""
    return case(with_loss(healthy_run(), name="nll_loss"))


def healthy():
    """The case on which it must stay silent."""
    return case(with_loss(healthy_run(), name="nll_loss", input_rows_log_normalised=1.0, input_high=-0.01))


def test_raw_scores_in_a_likelihood_loss():
    """They have no floor."""
    assert "raw scores" in findings_of(RULE, broken())[0].message


def test_probabilities_in_a_likelihood_loss():
    """Softmax without the logarithm."""
    assert "gets probabilities" in findings_of(RULE, case(with_loss(healthy_run(), name="nll_loss", input_rows_sum_to_one=1.0)))[0].message


def test_cross_entropy_over_one_output():
    """Always zero."""
    assert "single output" in findings_of(RULE, case(with_loss(healthy_run(), input_shape=(32, 1), target_high=0.0)))[0].message


def test_squared_error_against_class_numbers():
    """Likely, not certain: grades are numbers too."""
    found = findings_of(RULE, case(with_loss(healthy_run(), **NUMBERS)))

    assert [(each.confidence, each.severity) for each in found] == [("likely", "error")]


@pytest.mark.parametrize("name", ["binary_cross_entropy_with_logits", "binary_cross_entropy"])
def test_binary_targets_outside_zero_and_one(name):
    """1 and 2, or -1 and 1."""
    assert "from 1 to 2" in findings_of(RULE, case(with_loss(healthy_run(), name=name, target_low=1.0, target_high=2.0)))[0].message


def test_a_turned_sign():
    """The loss is maximised."""
    assert "maximised" in findings_of(RULE, case(with_loop(healthy_run(), backward_scale=np.full(64, -1.0))))[0].message


@pytest.mark.parametrize(
    "given",
    [
        {**NUMBERS, "target_integral": False},
        {**NUMBERS, "target_high": 1.0, "target_distinct": 2},
        {**NUMBERS, "target_high": 96.0, "target_distinct": 97},
        {**NUMBERS, "target_low": 1.0},
        {**NUMBERS, "class_counts": np.array([400.0, 60, 30, 10, 5, 2, 1, 1, 1, 1])},
        {"name": "mse_loss", "input_shape": (32, 10), "target_shape": (32, 10)},
    ],
    ids=["numbers", "yes or no", "many", "from one on", "counts", "one hot"],
)
def test_stays_silent_on_regression(given):
    """Whole numbers alone are no classes."""
    assert findings_of(RULE, case(with_loss(healthy_run(), **given))) == []


def run_of(values):
    """A run with these losses."""
    return healthy_run(curves=(curve_of(values),))


def test_a_loss_that_falls_ever_faster_has_no_floor():
    """A penalty with its sign turned; a log-density that narrows falls evenly and is a choice."""
    steps = np.linspace(0.0, 1.0, 400)
    noise = np.random.default_rng(0).normal(0, 0.5, 400)

    assert "no floor" in findings_of(RULE, case(run_of(20 + noise - 1e8 * steps**3)))[0].message
    assert findings_of(RULE, case(run_of(20 + noise - 2e3 * steps))) == []
    assert findings_of(RULE, case(run_of(20 + noise - 1e6 * steps))) == []
