"""shape-broadcast: rows against all rows."""

import pytest

from cases import findings_of
from cases.runs import case, healthy_run, with_loss

RULE = "shape-broadcast"
CROSSED = {"name": "mse_loss", "input_shape": (32, 1), "target_shape": (32,), "broadcast": True, "broadcast_shape": (32, 32)}


def broken():
    """The case on which the rule must fire."""
    return case(with_loss(healthy_run(), **CROSSED))


def healthy():
    """The case on which it must stay silent."""
    return case(with_loss(healthy_run(), **{**CROSSED, "target_shape": (32, 1), "broadcast": False, "broadcast_shape": ()}))


def test_names_both_shapes_and_the_line():
    """And proposes to squeeze."""
    found = findings_of(RULE, broken())

    assert "(32, 1), the target (32,)" in found[0].message
    assert "squeeze(1)" in found[0].remedy.patch


def test_sees_a_loss_written_by_hand():
    """The same shapes, by subtraction."""
    assert len(findings_of(RULE, case(with_loss(healthy_run(), **{**CROSSED, "name": "own"})))) == 1


@pytest.mark.parametrize(
    ("left", "right", "made"), [((32, 10), (10,), (32, 10)), ((32, 10), (32, 1), (32, 10)), ((32, 3, 8), (1, 8), (32, 3, 8))]
)
def test_stays_silent_on_weights_and_shared_targets(left, right, made):
    """One side only is stretched."""
    given = {**CROSSED, "name": "own", "input_shape": left, "target_shape": right, "broadcast_shape": made}

    assert findings_of(RULE, case(with_loss(healthy_run(), **given))) == []
