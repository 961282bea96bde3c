"""Small questions that the recorder asks of values."""

from __future__ import annotations

import warnings

import numpy as np

from rung.record.script import values


def test_counting_says_nothing_of_its_own():
    """Whole numbers that wrap around: no warning of rung's arithmetic stands in the program's output."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")

        assert not values.counts(np.array([2**63 - 1, -(2**63), 5]))
        assert values.counts(np.array([2**63 - 2, 2**63 - 1]))
