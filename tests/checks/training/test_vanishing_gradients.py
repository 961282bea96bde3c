"""vanishing-gradients: it is the layers near the input that starve."""

import numpy as np

from cases import findings_of
from cases.runs import SEEN, case, chain, falling, stuck, with_layer

RULE = "vanishing-gradients"
STARVING = [1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 0.1]


def broken():
    """The case on which the rule must fire."""
    return case(chain(STARVING, curves=(stuck(),)))


def healthy():
    """The case on which it must stay silent."""
    return case(chain([0.05, 0.08, 0.1, 0.1]))


def test_names_the_layer_next_to_the_input():
    """Not the deepest one: gradients come from the other end."""
    found = findings_of(RULE, broken())

    assert found[0].subject.names == ("0",)
    assert found[0].severity == "error"


def test_stays_silent_the_other_way_round():
    """Small gradients at the output are no starving input."""
    assert findings_of(RULE, case(chain(STARVING[::-1], curves=(stuck(),)))) == []


def test_stays_silent_on_branches_that_start_at_zero():
    """Their first step has no gradient, the others have."""
    late = np.full(len(SEEN), 0.1)
    late[0] = 0.0
    run = with_layer(chain([0.1, 0.1, 0.1, 0.1], curves=(stuck(),)), "0", gradient_norm=late)

    assert findings_of(RULE, case(run)) == []


def test_stays_silent_where_the_net_learns():
    """A thousandth arrives, and the loss falls all the same."""
    assert findings_of(RULE, case(chain([2e-5, 1e-3, 0.1], curves=(falling(end=0.1),)))) == []
