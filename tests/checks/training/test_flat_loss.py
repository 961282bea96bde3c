"""flat-loss: nothing falls."""

import numpy as np

from cases import findings_of, run_rule
from cases.histories import log_of_losses
from cases.runs import LN10, case, curve_of, falling, healthy_run, stuck, with_loss

RULE = "flat-loss"


def broken():
    """The case on which the rule must fire."""
    return case(curves=(stuck(),))


def healthy():
    """The case on which it must stay silent."""
    return case()


def test_compares_with_a_constant_guess():
    """Flat at ln 10 says more than flat."""
    assert f"a constant guess scores {LN10:.4g}" in findings_of(RULE, broken())[0].message


def test_stays_silent_on_a_slow_fall():
    """Ten per cent over the run, under noise as large."""
    steps = np.arange(400)
    values = 2.3 - 0.25 * steps / 400 + np.random.default_rng(0).normal(0, 0.15, 400)

    assert findings_of(RULE, case(curves=(curve_of(values),))) == []


def test_stays_silent_on_a_loss_around_zero():
    """The loss of a policy says nothing by its level."""
    values = np.random.default_rng(0).normal(0, 0.1, 300)

    assert findings_of(RULE, case(with_loss(healthy_run(curves=(curve_of(values),)), name="own"))) == []


def test_stays_silent_on_a_model_that_was_good_before():
    """Fine-tuning starts far below a constant guess."""
    assert findings_of(RULE, case(curves=(stuck(0.2),))) == []


def test_waits_for_enough_steps():
    """Ten steps are no run."""
    assert findings_of(RULE, case(curves=(stuck(n=10),), n_steps=10)) == []


def test_reads_a_log_of_epochs():
    """Curves alone are enough."""
    flat = log_of_losses(0.69 + np.random.default_rng(0).normal(0, 0.003, 15))
    falls = log_of_losses(falling(15).value)

    assert run_rule(RULE, case(flat))[0].outcome == "found"
    assert run_rule(RULE, case(falls))[0].outcome == "clear"
