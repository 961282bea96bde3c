"""unnormalised-inputs: raw scales, and harm."""

from dataclasses import replace

import numpy as np
import pytest

from cases import findings_of
from cases.runs import case, curve_of, falling, healthy_run, stuck, with_batches, with_layer

RULE = "unnormalised-inputs"


def fed(mean, std, curve, **given):
    """The healthy net on inputs of this mean and spread."""
    run = healthy_run(curves=(curve,))
    inputs = replace(
        run.batches.inputs, mean=np.broadcast_to(mean, (20,)).astype(float), std=np.broadcast_to(std, (20,)).astype(float), **given
    )
    return with_batches(run, inputs=inputs)


BAD = curve_of(falling().value * 20)


def broken():
    """The case on which the rule must fire."""
    return case(fed(np.geomspace(0.1, 900, 20), np.geomspace(0.05, 600, 20), BAD))


def healthy():
    """The case on which it must stay silent."""
    return case(fed(0.0, 1.0, falling()))


def test_names_the_largest_column():
    """By its position."""
    assert findings_of(RULE, broken())[0].subject.names == ("input 19",)


@pytest.mark.parametrize(("mean", "std"), [(0.0, 1.0), (8.0, 6.0), (0.5, 0.3), (0.0, 3.0)])
def test_stays_silent_on_digestible_scales(mean, std):
    """Standardised, pixels to 16, pixels to 1, a little wide: even where nothing is learned."""
    assert findings_of(RULE, case(fed(mean, std, stuck()))) == []


def test_stays_silent_where_the_net_learns():
    """Raw, and no harm done."""
    assert findings_of(RULE, case(fed(100.0, 80.0, falling(end=0.1)))) == []


def test_stays_silent_before_a_norm():
    """The first layer scales by itself."""
    run = with_layer(fed(100.0, 80.0, BAD), "0", type_name="BatchNorm1d")

    assert findings_of(RULE, case(run)) == []


def test_stays_silent_on_tokens():
    """Numbers of words are no measures."""
    assert findings_of(RULE, case(fed(5000.0, 3000.0, stuck(), token_like=True))) == []
