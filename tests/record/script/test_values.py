"""Small questions that the recorder asks of values."""

from __future__ import annotations

import warnings

import numpy as np

from rung.record.script import values


def test_counting_says_nothing_of_its_own():
    """Whole numbers that wrap around: no warning of rung's arithmetic stands in the program's output."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")

        assert not values.tells_rows(np.array([2**63 - 2, 2**63 - 1]))
        assert values.tells_rows(np.array([2**63 - 1, -(2**63), 5] * 12))


def test_labels_in_blocks_say_nothing_of_their_rows():
    """Two folds of a sorted table have the same labels, and other rows; a drawn vector is like no other."""
    drawn = np.random.default_rng(0).integers(0, 2, 60)

    assert not values.tells_rows(np.repeat(["ten", "eleven", "twelve", "thirteen"], 30).astype(object))
    assert not values.tells_rows(np.repeat([0, 1], 500))
    assert values.tells_rows(drawn)
    assert values.tells_rows(np.sort(drawn.astype(float) + np.linspace(0, 0.5, 60)))
