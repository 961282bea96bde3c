"""exploding-weights: growth that does not settle."""

import numpy as np

from cases import findings_of
from cases.runs import SEEN, case, curve_of, healthy_run, with_layer

RULE = "exploding-weights"
CLIMB = curve_of(2.3 * np.exp(np.arange(256) / 100))


def grown(factor: float, curves=(CLIMB,), settles: bool = False):
    """Layer 0 grows by this factor over the run."""
    share = np.minimum(1.0, SEEN / 40) if settles else SEEN / SEEN[-1]
    run = healthy_run(curves=curves)
    return with_layer(run, "0", weight_norm=run.layers[0].weight_norm * factor**share)


def broken():
    """The case on which the rule must fire."""
    return case(grown(40))


def healthy():
    """The case on which it must stay silent."""
    return case(grown(3, curves=healthy_run().curves))


def test_names_the_layer():
    """And how far it grew."""
    found = findings_of(RULE, broken())

    assert found[0].subject.names == ("0",)
    assert "-fold and still grow" in found[0].message


def test_stays_silent_on_growth_that_levels_off():
    """Early growth is usual."""
    assert findings_of(RULE, case(grown(12, settles=True))) == []


def test_stays_silent_on_a_head_that_starts_at_zero():
    """It must grow."""
    run = healthy_run(curves=(CLIMB,))
    growing = np.concatenate([[0.0], np.linspace(0.1, 1.5, len(SEEN) - 1)])

    assert findings_of(RULE, case(with_layer(run, "2", weight_norm=growing))) == []
