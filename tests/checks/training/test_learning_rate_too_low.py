"""learning-rate-too-low: hardly moved, hardly learned."""

import numpy as np

from cases import findings_of
from cases.runs import LN10, SEEN, case, falling, healthy_run, stuck, with_loop, with_steps

RULE = "learning-rate-too-low"


def stepping(ratio: float, curve, **changes):
    """All updates of this size."""
    return with_steps(healthy_run(curves=(curve,), **changes), update_ratio=np.full(len(SEEN), ratio))


def broken():
    """The case on which the rule must fire."""
    return case(stepping(1e-6, stuck()))


def healthy():
    """The case on which it must stay silent."""
    return case(stepping(1e-3, falling()))


def test_adds_up_all_updates():
    """256 steps of a millionth."""
    assert "at most 0.03% of their size" in findings_of(RULE, broken())[0].message


def test_stays_silent_on_fine_tuning():
    """Good from the start: small steps are right."""
    assert findings_of(RULE, case(stepping(1e-6, stuck(0.3)))) == []
    assert findings_of(RULE, case(stepping(1e-6, stuck(), pretrained=True))) == []


def test_stays_silent_on_a_flat_loss_with_usual_steps():
    """Another fault."""
    assert findings_of(RULE, case(stepping(1e-3, stuck()))) == []


def test_stays_silent_on_small_steps_that_learn():
    """An embedding of rare words moves little as a whole."""
    assert findings_of(RULE, case(stepping(1e-5, falling()))) == []


def test_a_loss_that_is_divided_is_no_good_start():
    """A thousandth of the loss of a guess, because the loop divides by the rows: the factor is named."""
    run = with_loop(stepping(1e-6, stuck(LN10 / 1000, noise=2e-5)), backward_scale=np.full(64, 1e-3))
    found = findings_of(RULE, case(run))

    assert "multiplied by 0.001 before backward()" in found[0].message
    assert "loss.backward()" in found[0].remedy.patch
