"""frozen-parameters: called in every pass, never moved."""

import numpy as np

from cases import findings_of, run_rule
from cases.runs import SEEN, case, healthy_run, with_layer, with_parameters

RULE = "frozen-parameters"
NONE = np.full(len(SEEN), np.nan)


def cut():
    """The graph is cut behind layer 0: no gradient ever reaches it."""
    run = with_layer(healthy_run(), "0", output_cut=True, gradient_norm=np.zeros(len(SEEN)))
    return with_parameters(run, "0", gradient_norm=NONE, gradient_missing=len(SEEN), changed=0)


def untrainable(**changes):
    """Layer 0 does not ask for gradients."""
    return with_parameters(healthy_run(**changes), "0", requires_grad=False, gradient_norm=NONE, gradient_missing=len(SEEN), changed=0)


def broken():
    """The case on which the rule must fire."""
    return case(cut())


def healthy():
    """The case on which it must stay silent."""
    return case()


def test_names_layer_parameters_and_the_cut():
    """Both tensors of layer 0."""
    found = findings_of(RULE, broken())

    assert found[0].subject.names == ("0", "0.weight", "0.bias")
    assert "the graph is cut behind '0'" in found[0].message


def test_names_a_fresh_layer_that_is_frozen():
    """requires_grad=False on random weights."""
    assert "freshly initialised" in findings_of(RULE, case(untrainable()))[0].message


def test_stays_silent_on_a_loaded_backbone():
    """Frozen on purpose: a state dict was loaded, or the weights are no fresh start."""
    assert findings_of(RULE, case(untrainable(pretrained=True))) == []
    assert findings_of(RULE, case(with_parameters(untrainable(), "0", initial_std=0.19))) == []


def test_stays_silent_on_a_teacher():
    """Of its net nothing is trainable, and its own student is elsewhere."""
    run = with_parameters(untrainable(), "2", requires_grad=False, gradient_missing=len(SEEN), gradient_norm=NONE, changed=0)

    assert run_rule(RULE, case(run))[0].outcome == "skipped"


def test_stays_silent_on_tied_weights():
    """They move under another name."""
    assert findings_of(RULE, case(with_parameters(cut(), "0", tied_to="2.weight"))) == []


def test_says_nothing_where_nothing_moves_at_all():
    """Then it is the loop, not a layer."""
    run = with_parameters(cut(), "2", gradient_norm=NONE, gradient_missing=len(SEEN), changed=0)

    assert run_rule(RULE, case(run))[0].reason == "no parameter had a gradient at all"


def unheld(final_std: float = float("nan"), **changes):
    """The optimizer was given what asks for gradients, so that the rest was not looked at step by step."""
    run = untrainable()
    spread = next(each for each in run.parameters if each.path == "0.weight").initial_std
    return with_parameters(run, "0", optimizer=-1, group=-1, seen=0, final_std=final_std if final_std == final_std else spread, **changes)


def test_names_a_fresh_frozen_layer_that_the_optimizer_was_not_given():
    """`filter(lambda p: p.requires_grad, ...)` over a backbone whose weights were never loaded."""
    assert "0.weight" in findings_of(RULE, case(unheld()))[0].subject.names


def test_stays_silent_on_an_average_that_is_moved_by_hand():
    """A momentum encoder takes no gradient and moves all the same."""
    assert findings_of(RULE, case(unheld(final_std=0.2))) == []
