"""gradients-cleared-before-step: the update finds nothing."""

import numpy as np

from cases import findings_of
from cases.runs import SEEN, case, healthy_run, stuck_run, with_loop, with_steps
from rung.inputs.history_loop import Pattern

RULE = "gradients-cleared-before-step"
WHERE = healthy_run().loop.patterns[0].where


def late(norm: float):
    """zero_grad stands below backward."""
    pattern = Pattern(kinds=("forward", "loss", "backward", "zero_grad", "step"), where=WHERE, count=256, last=256)
    return with_steps(with_loop(stuck_run(), patterns=(pattern,)), gradient_norm=np.full(len(SEEN), norm))


def broken():
    """The case on which the rule must fire."""
    return case(late(0.0))


def healthy():
    """The case on which it must stay silent."""
    return case()


def test_names_the_line():
    """Of the clearing."""
    assert findings_of(RULE, broken())[0].subject.where.line == 23


def test_stays_silent_where_another_optimizer_is_cleared():
    """The gradients that arrive are not zero."""
    assert findings_of(RULE, case(late(0.3))) == []
