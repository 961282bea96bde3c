"""bad-initialisation: all equal, all zero, too large, too small."""

from dataclasses import replace

import pytest

from cases import findings_of
from cases.runs import case, curve_of, falling, healthy_run, stuck

RULE = "bad-initialisation"


def started(layers=("0",), curves=None, **changes):
    """The weight matrices of some layers start otherwise."""
    run = healthy_run(**({"curves": curves} if curves else {}))
    return replace(
        run, parameters=tuple(replace(each, **changes) if each.layer in layers and each.fan_in else each for each in run.parameters)
    )


def broken():
    """The case on which the rule must fire."""
    return case(started(initial_constant=True, initial_mean=0.05, initial_std=0.0))


def healthy():
    """The case on which it must stay silent."""
    return case()


def test_names_equal_weights_of_a_hidden_layer():
    """Their units stay copies."""
    found = findings_of(RULE, broken())

    assert found[0].subject.names == ("0", "0.weight")
    assert "copies of one another" in found[0].message


def test_names_zeros_that_never_move():
    """Both matrices at zero pass no gradient."""
    run = started(("0", "2"), initial_constant=True, initial_mean=0.0, initial_std=0.0, changed=0)

    assert "never moved" in findings_of(RULE, case(run))[0].message


def test_stays_silent_on_a_head_or_branch_of_zeros_that_moves():
    """It learns from the second step on."""
    assert findings_of(RULE, case(started(("2",), initial_constant=True, initial_mean=0.0, initial_std=0.0))) == []
    assert findings_of(RULE, case(started(("0",), initial_constant=True, initial_mean=0.0, initial_std=0.0))) == []


def test_names_weights_too_large_where_the_first_loss_is_far_off():
    """Standard deviation 3 over 20 inputs."""
    found = findings_of(RULE, case(started(curves=(curve_of(40 * falling().value),), initial_std=3.0)))

    assert "too large" in found[0].message


def test_names_weights_too_small_where_nothing_is_learned():
    """All hidden matrices near nothing."""
    assert "too small" in findings_of(RULE, case(started(("0", "2"), (stuck(),), initial_std=1e-4)))[0].message


@pytest.mark.parametrize("std", [3.0, 1e-4])
def test_stays_silent_where_the_net_learns_all_the_same(std):
    """A scale that a norm puts right does no harm."""
    assert findings_of(RULE, case(started(("0", "2"), (falling(end=0.1),), initial_std=std))) == []


@pytest.mark.parametrize("gain", [0.58, 1.0, 1.41, 2.0])
def test_usual_scales_are_sound(gain):
    """Whatever becomes of the run."""
    assert findings_of(RULE, case(started(("0",), (stuck(),), initial_std=gain / 20**0.5))) == []
