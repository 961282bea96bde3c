"""graph-cut-at-loss: no way back from the loss."""

import numpy as np

from cases import findings_of
from cases.runs import SEEN, case, line, stuck_run, with_loop, with_parameters

RULE = "graph-cut-at-loss"


def silent():
    """Not one parameter has a gradient."""
    run = stuck_run()
    for layer in ("0", "2"):
        run = with_parameters(run, layer, gradient_norm=np.full(len(SEEN), np.nan), gradient_missing=len(SEEN), changed=0)
    return run


def broken():
    """The case on which the rule must fire."""
    return case(with_loop(silent(), leaf_losses=256, loss_leaf_where=line(22)))


def healthy():
    """The case on which it must stay silent."""
    return case()


def test_names_the_line_of_the_new_tensor():
    """backward() starts at nothing."""
    found = findings_of(RULE, broken())

    assert found[0].subject.where.line == 22
    assert "no operation made" in found[0].message


def test_sees_an_output_without_a_graph():
    """The loss has operations, but none leads to the model."""
    assert "no gradient in any parameter" in findings_of(RULE, case(silent()))[0].message


def test_stays_silent_where_one_layer_has_gradients():
    """A cut inside the net is another rule's."""
    run = with_parameters(stuck_run(), "0", gradient_norm=np.full(len(SEEN), np.nan), gradient_missing=len(SEEN), changed=0)

    assert findings_of(RULE, case(run)) == []
