"""optimizer-holds-other-parameters: gradients that nobody uses."""

from dataclasses import replace

import numpy as np

from cases import findings_of
from cases.runs import SEEN, case, healthy_run, stuck_run, with_parameters
from rung.inputs.history_model import Parameter

RULE = "optimizer-holds-other-parameters"


def lost(*layers: str, **changes):
    """No optimizer holds these layers."""
    run = healthy_run()
    for layer in layers:
        run = with_parameters(run, layer, optimizer=-1, group=-1, changed=0, **changes)
    return run


def stale():
    """The optimizer was made for another model: it holds tensors that never have a gradient."""
    run = lost("0", "2")
    old = Parameter(path="optimizer0.group0[0]", layer=None, shape=(64, 20), optimizer=0, group=0, seen=16, gradient_missing=16)
    return replace(run, parameters=(*run.parameters, old))


def broken():
    """The case on which the rule must fire."""
    return case(stale())


def healthy():
    """The case on which it must stay silent."""
    return case()


def test_a_model_that_nobody_holds_is_critical():
    """With the tensors that are held in its place."""
    found = findings_of(RULE, broken())

    assert found[0].severity == "critical"
    assert "1 tensors that belong to no watched model" in found[0].message


def test_names_the_part_that_is_left_out():
    """Layer 0 only."""
    found = findings_of(RULE, case(lost("0")))

    assert found[0].subject.names == ("0", "0.weight", "0.bias")
    assert found[0].severity == "error"


def test_training_the_head_of_a_loaded_net_is_a_note():
    """The rest is no fresh start."""
    assert [each.severity for each in findings_of(RULE, case(lost("0", initial_std=0.19)))] == ["note"]


def test_stays_silent_on_a_teacher():
    """It gets no gradients."""
    run = lost("0", requires_grad=False, gradient_norm=np.full(len(SEEN), np.nan), gradient_missing=len(SEEN))

    assert findings_of(RULE, case(run)) == []


def test_stays_silent_where_a_closure_moves_weights_by_hand():
    """They change without an optimizer."""
    run = with_parameters(stuck_run(), "0", optimizer=-1)

    assert findings_of(RULE, case(run)) == []


def test_a_small_head_is_the_whole_output():
    """A new last layer that no optimizer holds is an error whatever its share; a single scale is a note."""
    run = lost("2")
    small = [replace(each, shape=(1, *each.shape[1:])) if each.path == "2.weight" else each for each in run.parameters]
    large = [replace(each, shape=(4096, *each.shape[1:])) if each.path == "0.weight" else each for each in small]
    vectors = [replace(each, fan_in=0, shape=(1,)) if each.layer == "2" else each for each in large]

    assert findings_of(RULE, case(replace(run, parameters=tuple(large))))[0].severity == "error"
    assert findings_of(RULE, case(replace(run, parameters=tuple(vectors))))[0].severity == "note"
