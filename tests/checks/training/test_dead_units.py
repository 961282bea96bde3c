"""dead-units: silent on every row, counted by unit and not by entries."""

import numpy as np

from cases import findings_of
from cases.runs import activation, case, falling, healthy_run, stuck

RULE = "dead-units"
ALIVE = np.linspace(0.2, 0.8, 64)


def with_dead(count: int, rows: int = 512, born: bool = True, **changes):
    """A healthy net with so many dead units of 64 behind layer 0."""
    activity = ALIVE.copy()
    activity[:count] = 0.0
    run = healthy_run(**changes)
    dead = activation(1, "ReLU", activity, rows, first=activity if born else ALIVE)
    return healthy_run(layers=(run.layers[0], dead, run.layers[2]), **changes)


def broken():
    """The case on which the rule must fire."""
    return case(with_dead(40))


def healthy():
    """The case on which it must stay silent."""
    return case(with_dead(6))


def test_counts_forty_dead_of_sixty_four():
    """Though only half of all entries are zero."""
    found = findings_of(RULE, broken())

    assert found[0].message.startswith("40 of 64 units of '1' are 0 on all 512 rows")
    assert found[0].subject.names == ("1", "0")
    assert "50% of all entries are zero" in found[0].evidence[0].reading


def test_tells_units_that_died_from_units_born_dead():
    """The experiment that is proposed differs."""
    assert findings_of(RULE, case(with_dead(40)))[0].remedy.experiment == "initialise-anew"
    assert findings_of(RULE, case(with_dead(40, born=False)))[0].remedy.experiment == "lower-rate"


def test_a_silent_layer_is_an_error():
    """Nothing before it can learn."""
    assert findings_of(RULE, case(with_dead(64, curves=(stuck(),))))[0].severity == "error"


def test_stays_silent_on_sparse_layers():
    """Nine entries of ten are zero, but each unit fires now and then."""
    run = healthy_run()
    sparse = activation(1, "ReLU", np.full(64, 0.02))

    assert findings_of(RULE, case(layers=(run.layers[0], sparse, run.layers[2]))) == []


def test_needs_rows():
    """One batch of 32 shows units silent that are alive."""
    assert findings_of(RULE, case(with_dead(40, rows=32))) == []


def test_is_a_note_in_a_wide_layer_that_learns_well():
    """Half of 256 units rest and the loss is near nothing."""
    activity = np.concatenate([np.zeros(140), np.full(116, 0.3)])
    run = healthy_run(curves=(falling(end=0.05),))
    found = findings_of(
        RULE, case(healthy_run(curves=(falling(end=0.05),), layers=(run.layers[0], activation(1, "ReLU", activity), run.layers[2])))
    )

    assert [each.severity for each in found] == ["note"]
