"""wrong-softmax-axis: shares among rows in place of classes."""

import pytest

from cases import findings_of
from cases.runs import case, healthy_run, line, with_loss
from rung.inputs.history_loop import SoftmaxCall

RULE = "wrong-softmax-axis"


def called(axis: int, shape=(32, 10), batch_axis=0, **given):
    """One softmax."""
    return case(
        softmaxes=(
            SoftmaxCall(name="softmax", axis=axis, shape=shape, batch_axis=batch_axis, where=line(8), module="head", calls=256, **given),
        )
    )


def broken():
    """The case on which the rule must fire."""
    return called(0, feeds_loss=True)


def healthy():
    """The case on which it must stay silent."""
    return called(1, feeds_loss=True)


def test_names_the_module_and_the_line():
    """Where it is called."""
    found = findings_of(RULE, broken())

    assert (found[0].subject.names[0], found[0].subject.where.line) == ("head", 8)


def test_sees_an_attention_over_queries():
    """The second last axis of a square table."""
    assert "queries" in findings_of(RULE, called(2, (16, 2, 24, 24)))[0].message


@pytest.mark.parametrize(
    ("axis", "shape", "batch_axis"),
    [(0, (64, 64), 0), (3, (16, 2, 24, 24), 0), (1, (16, 24, 8), 0), (0, (24, 8), None), (1, (32, 10, 5), 0)],
)
def test_stays_silent(axis, shape, batch_axis):
    """A batch against itself, keys, slots, unknown axes, dense classes."""
    assert findings_of(RULE, called(axis, shape, batch_axis)) == []


def test_sees_log_shares_that_do_not_add_up_over_the_classes():
    """A tensor's own method is not a call of the library: the numbers at the loss tell."""
    run = with_loss(healthy_run(), name="nll_loss", input_low=-6.0, input_high=-0.3, input_rows_log_normalised=0.0)

    assert len(findings_of(RULE, case(run))) == 1
    assert findings_of(RULE, case(with_loss(run, input_rows_log_normalised=1.0))) == []
