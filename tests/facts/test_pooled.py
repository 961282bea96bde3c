"""Two measurements of one difference, taken together."""

import math

import pytest

from rung.core.experiment import Estimate
from rung.facts.score import pooled


def estimate(value, half, n=100):
    return Estimate(value=value, low=value - half, high=value + half, n=n)


def test_equal_measurements_halve_the_variance():
    """The mean of two, and a half width of one over the root of two."""
    found = pooled(estimate(0.1, 0.05), estimate(0.3, 0.05))

    assert found.value == pytest.approx(0.2)
    assert found.high - found.value == pytest.approx(0.05 / math.sqrt(2))


def test_the_surer_one_counts_more():
    """A half width of a third counts nine times."""
    assert pooled(estimate(0.0, 0.03), estimate(1.0, 0.09)).value == pytest.approx(0.1)


def test_a_measurement_without_an_interval_says_nothing():
    """The first alone is left."""
    first = estimate(0.1, 0.05)

    assert pooled(first, Estimate(value=0.5, low=float("nan"), high=float("nan"), n=3)) == first
