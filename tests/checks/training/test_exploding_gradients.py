"""exploding-gradients: read before clipping, and before any step could do harm."""

import numpy as np

from cases import findings_of
from cases.runs import SEEN, case, chain, falling, stuck, with_steps

RULE = "exploding-gradients"


def flooded(**changes):
    """Each layer multiplies the gradient by thirty."""
    run = chain([1e5, 3e3, 1e2, 3.0], curves=(stuck(50.0, noise=5.0),), **changes)
    return with_steps(run, gradient_norm_before=np.full(len(SEEN), 1e5), gradient_norm=np.full(len(SEEN), 1.0))


def broken():
    """The case on which the rule must fire."""
    return case(flooded())


def healthy():
    """The case on which it must stay silent."""
    return case()


def test_names_the_layer_with_the_largest_gradient():
    """The one nearest the input."""
    assert findings_of(RULE, broken())[0].subject.names == ("0",)


def test_is_seen_through_clipping():
    """The norm after clipping is one: an explosion cannot be read off it."""
    assert "1e+05" in findings_of(RULE, broken())[0].message


def test_sees_single_spikes_where_the_run_breaks():
    """A thousand times the usual norm at one step."""
    norms = np.full(len(SEEN), 0.5)
    norms[10] = 5e3
    run = with_steps(chain([0.1, 0.1, 0.1], curves=(stuck(),)), gradient_norm_before=norms)

    assert len(findings_of(RULE, case(run))) == 1


def test_stays_silent_where_the_net_learns():
    """A loss summed over the batch has large gradients by its unit."""
    run = chain([1e3, 1e3, 1e3], curves=(falling(end=0.1),))

    assert findings_of(RULE, case(with_steps(run, gradient_norm_before=np.full(len(SEEN), 2e3)))) == []
