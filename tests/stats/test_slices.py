"""Slices: all at once, confirmed elsewhere."""

import numpy as np
import pytest

from rung.stats.slices import confirm, expected_by, strongest


def rows(n=4000, seed=0, planted=0.0):
    """Forty yes/no conditions on ten columns; errors of one in five, more where conditions 3 and 17 meet."""
    rng = np.random.default_rng(seed)
    member = rng.random((n, 40)) < 0.25
    wrong = rng.random(n) < 0.2 + planted * (member[:, 3] & member[:, 17])
    return member, np.repeat(np.arange(10), 4), wrong - 0.2, np.full(n, 0.16)


def both(seed=0, planted=0.0):
    """Found on 4,000 rows, confirmed on 4,000 others."""
    member, column, excess, variance = rows(seed=seed, planted=planted)
    hits = strongest(member, column, excess, variance, min_rows=15, count=8)
    other = rows(seed=seed + 1000, planted=planted)
    return hits, confirm(hits, other[0], lambda _: (other[2], other[3]), 0.01)


def test_a_pair_is_found_and_confirmed():
    """Half again as many errors where both conditions hold."""
    hits, confirmed = both(planted=0.4)

    assert hits[0].conditions == (3, 17)
    assert confirmed[0].p < 1e-6
    assert confirmed[0].excess.low < 0.4 < confirmed[0].excess.high


def test_noise_is_confirmed_no_more_often_than_declared():
    """200 tables without a slice: about one in a hundred has any confirmed (alpha 0.01, one-sided, over all hits)."""
    alarms = sum(any(each.p < 0.01 for each in both(seed=10 + seed)[1]) for seed in range(200))

    assert alarms <= 7


def test_one_condition_is_told_where_one_is_enough():
    """The simpler slice wins over its own halves."""
    rng = np.random.default_rng(5)
    member, column, _, variance = rows()
    excess = (rng.random(len(member)) < 0.2 + 0.4 * member[:, 8]) - 0.2

    assert strongest(member, column, excess, variance, min_rows=15, count=8)[0].conditions == (8,)


def test_conditions_of_one_column_are_not_joined():
    """Two ranges of the same number never meet in a slice."""
    member, _, excess, variance = rows(planted=0.4)
    hits = strongest(member, np.zeros(40, dtype=int), excess, variance, min_rows=15, count=8)

    assert all(len(hit.conditions) == 1 for hit in hits)


def test_expected_by_like_score():
    """Two groups, two levels of score: each row gets the mean of its own cell."""
    score, group = np.repeat([0.1, 0.9, 0.1, 0.9], 100), np.repeat([0, 0, 1, 1], 100)
    outcome = np.repeat([0.0, 1.0, 0.5, 0.25], 100)
    mean, variance = expected_by(score, outcome, group, bins=2)

    assert mean == pytest.approx(outcome)
    assert variance == pytest.approx(0.0)
