"""gradient-accumulation-bug: old gradients, or sums in place of means."""

from dataclasses import replace

import numpy as np
import pytest

from cases import findings_of
from cases.histories import run_without_zero_grad
from cases.runs import SEEN, case, healthy_run, with_loop, with_loss, with_optimizer, with_steps
from rung.inputs.history_loop import Pattern

RULE = "gradient-accumulation-bug"
WHERE = healthy_run().loop.patterns[0].where


def accumulated(passes: int, scale: float, lines=None):
    """So many backward passes to an update, the loss multiplied by `scale`."""
    kinds = ("zero_grad", *("forward", "loss", "backward") * passes, "step")
    where = (WHERE[0], *([*WHERE[1:4]] * passes if lines is None else lines), WHERE[4])
    return with_loop(healthy_run(), patterns=(Pattern(kinds=kinds, where=where, count=64, last=64),), backward_scale=np.full(64, scale))


def broken():
    """The case on which the rule must fire."""
    return case(run_without_zero_grad())


def healthy():
    """The case on which it must stay silent."""
    return case(accumulated(4, 0.25))


def test_a_forgotten_clearing_is_critical():
    """Named with the line of the backward pass."""
    found = findings_of(RULE, broken())

    assert found[0].severity == "critical"
    assert "never" in found[0].message


def test_names_an_accumulation_that_is_not_scaled():
    """Four means added up."""
    assert "4 times too large" in findings_of(RULE, case(accumulated(4, 1.0)))[0].message


def test_stays_silent_on_gradients_cleared_by_hand():
    """No zero_grad is called, and nothing is left in place."""
    run = with_steps(run_without_zero_grad(), carried_norm=np.zeros(len(SEEN)))

    assert findings_of(RULE, case(run)) == []


@pytest.mark.parametrize("change", [{"reduction": "sum"}, {}])
def test_stays_silent_on_sums_and_on_different_losses(change):
    """A summed loss needs no factor; two losses start at two lines."""
    run = accumulated(2, 1.0, None if change else [*WHERE[1:4], WHERE[1], WHERE[2], WHERE[0]])

    assert findings_of(RULE, case(with_loss(run, **change))) == []


def test_stays_silent_on_closures():
    """L-BFGS calls backward as often as it needs."""
    assert findings_of(RULE, case(with_optimizer(accumulated(5, 1.0), closure=True))) == []


def test_sees_a_clearing_once_an_epoch():
    """One update in thirty is clean."""
    run = run_without_zero_grad()
    dirty = replace(run.loop.patterns[0], count=248)
    clean = Pattern(kinds=("zero_grad", *dirty.kinds), count=8, last=240)

    assert "only 8 times" in findings_of(RULE, case(with_loop(run, patterns=(dirty, clean), zero_grads=8)))[0].message
