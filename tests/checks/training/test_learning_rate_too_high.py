"""learning-rate-too-high: large steps and harm, both."""

from dataclasses import replace

import numpy as np
import pytest

from cases import findings_of
from cases.runs import SEEN, activation, case, curve_of, falling, healthy_run, stuck, with_steps

RULE = "learning-rate-too-high"


def stepping(ratio: float, curve):
    """All updates of this size."""
    return with_steps(healthy_run(curves=(curve,)), update_ratio=np.full(len(SEEN), ratio))


def broken():
    """The case on which the rule must fire."""
    return case(stepping(0.5, curve_of(2.3 * np.exp(np.arange(256) / 60))))


def healthy():
    """The case on which it must stay silent."""
    return case(stepping(0.02, falling()))


def test_names_rate_and_line():
    """The optimizer's own setting."""
    found = findings_of(RULE, broken())

    assert "Adam, rate 0.001 (train.py:12)" in found[0].message
    assert found[0].remedy.patch == "lr=0.0001"


@pytest.mark.parametrize("curve", [falling(), falling(noise=0.4)])
def test_stays_silent_on_large_steps_that_learn(curve):
    """What matters is harm."""
    assert findings_of(RULE, case(stepping(0.5, curve))) == []


def test_stays_silent_on_harm_without_large_steps():
    """The loss is stuck for another reason."""
    assert findings_of(RULE, case(stepping(1e-3, stuck()))) == []


def test_names_steps_that_jump_to_nothing_learned():
    """Adam at 0.3 sits at ln 10."""
    assert "only 0% of the loss is gained" in findings_of(RULE, case(stepping(2.0, stuck())))[0].message


def test_a_run_that_broke_counts():
    """NaN after a climb."""
    values = np.concatenate([np.geomspace(2.3, 1e30, 30), np.full(226, np.nan)])

    assert "no longer finite" in findings_of(RULE, case(stepping(0.5, curve_of(values))))[0].message


def test_stays_silent_on_weights_that_start_at_nothing():
    """The first updates of a linear model from zero are as large as it; a hard task gains little."""
    ratio = np.full(len(SEEN), 0.005)
    ratio[:12] = 0.2
    run = with_steps(healthy_run(curves=(stuck(2.2, noise=0.1),)), update_ratio=ratio)
    run = replace(run, parameters=tuple(replace(each, initial_std=0.0, initial_constant=True, initial_mean=0.0) for each in run.parameters))

    assert findings_of(RULE, case(run)) == []


def dying(first: float, curve, alive: float = 0.9):
    """First updates of this size, after which 56 of 64 rectifiers are silent; `alive` of them fired at the start."""
    start = np.where(np.arange(64) < 64 * alive, 0.5, 0.0)
    run = with_steps(healthy_run(curves=(curve,)), update_ratio=np.r_[np.full(5, first), np.full(len(SEEN) - 5, 0.02)])
    return case(replace(run, layers=(*run.layers, activation(1, "ReLU", np.where(np.arange(64) < 8, 0.5, 0.0), first=start))))


def test_units_that_die_after_large_first_steps_are_a_harm():
    """A part of the loss is gained all the same."""
    found = findings_of(RULE, dying(0.2, falling(end=1.0)))

    assert [each.confidence for each in found] == ["possible"]
    assert "units of '" in found[0].message


def test_stays_silent_where_units_were_dead_before_where_steps_are_small_and_where_the_run_learns():
    """Each by itself."""
    assert findings_of(RULE, dying(0.2, falling(end=1.0), alive=0.1)) == []
    assert findings_of(RULE, dying(0.05, falling(end=1.0))) == []
    assert findings_of(RULE, dying(0.2, falling(end=0.1))) == []
