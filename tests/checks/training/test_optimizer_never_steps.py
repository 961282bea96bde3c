"""optimizer-never-steps: backward without an update, or updates that change nothing."""

from dataclasses import replace

import numpy as np

from cases import findings_of
from cases.runs import SEEN, case, healthy_run, stuck_run, with_loop, with_optimizer, with_parameters, with_steps
from rung.inputs.history_loop import Pattern

RULE = "optimizer-never-steps"
WHERE = healthy_run().loop.patterns[0].where


def never():
    """The loop clears, computes, and goes on."""
    run = with_optimizer(stuck_run(n_steps=0, counted="backward"), steps=0)
    pattern = Pattern(kinds=("zero_grad", "forward", "loss", "backward"), where=WHERE[:4], optimizer=-1, count=256)
    still = with_steps(with_parameters(with_parameters(run, "0", changed=0), "2", changed=0), update_ratio=np.zeros(len(SEEN)))
    return with_loop(still, steps=0, patterns=(pattern,))


def broken():
    """The case on which the rule must fire."""
    return case(never())


def healthy():
    """The case on which it must stay silent."""
    return case()


def test_names_the_line_of_the_backward_pass():
    """After which the step is missing."""
    found = findings_of(RULE, broken())

    assert found[0].subject.where.line == 23
    assert "256 times" in found[0].message


def test_sees_updates_that_change_nothing():
    """A wrapper that swallows the step."""
    run = with_parameters(with_parameters(stuck_run(), "0", changed=0), "2", changed=0)

    assert "change nothing" in findings_of(RULE, case(run))[0].message


def test_stays_silent_on_accumulation():
    """One update to sixteen batches."""
    run = with_loop(with_optimizer(healthy_run(), steps=16), steps=16)

    assert findings_of(RULE, case(run)) == []


def test_sees_an_optimizer_that_was_only_asked_to_clear():
    """It was made before rung watched."""
    assert len(findings_of(RULE, case(replace(never(), optimizers=())))) == 1


def test_stays_silent_without_an_optimizer():
    """Gradients for their own sake, or updates written by hand."""
    alone = with_loop(replace(never(), optimizers=()), zero_grads=0)
    by_hand = with_steps(replace(never(), optimizers=()), update_ratio=np.full(len(SEEN), 1e-3))

    assert findings_of(RULE, case(alone)) + findings_of(RULE, case(by_hand)) == []
