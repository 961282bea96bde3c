"""Slices: all at once, confirmed elsewhere."""

import numpy as np
import pytest

from rung.stats.slices import Hit, apart, confirm, expected_by, rarity, screen


def rows(n=4000, seed=0, planted=0.0):
    """Forty yes/no conditions on ten columns; errors of one in five, more where conditions 3 and 17 meet."""
    rng = np.random.default_rng(seed)
    member = rng.random((n, 40)) < 0.25
    wrong = rng.random(n) < 0.2 + planted * (member[:, 3] & member[:, 17])
    return member, np.repeat(np.arange(10), 4), wrong - 0.2, np.full(n, 0.16)


def strongest(member, column, excess, variance):
    """What is carried over to other rows: strongest first, each by itself."""
    hits = screen(member, column, excess, variance, min_rows=15, count=60)
    inside = [member[:, list(hit.conditions)].all(axis=1) for hit in hits]
    sums, spreads = ([float(values[rows].sum()) for rows in inside] for values in (excess, variance))
    return apart(hits, member, np.array(sums), np.array(spreads), count=8)


def both(seed=0, planted=0.0):
    """Found on 4,000 rows, confirmed on 4,000 others."""
    member, column, excess, variance = rows(seed=seed, planted=planted)
    hits = strongest(member, column, excess, variance)
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

    assert strongest(member, column, excess, variance)[0].conditions == (8,)


def test_the_simpler_of_two_alike_is_likelier():
    """Among forty conditions there are 780 pairs to be lucky with."""
    assert rarity(Hit(conditions=(1,), n=50, z=3.0), 40) < rarity(Hit(conditions=(1, 9), n=50, z=3.5), 40)


def test_a_graver_slice_inside_a_chosen_one_is_told_as_well():
    """A wide slice with a few errors more, and a narrow one in it with many; what merely surrounds the narrow one is not."""
    rng = np.random.default_rng(7)
    member, column, _, variance = rows(n=8000)
    member[:, 10] |= member[:, 3] & member[:, 17]
    wrong = rng.random(len(member)) < 0.2 + 0.15 * member[:, 10] + 0.5 * (member[:, 3] & member[:, 17])
    told = [hit.conditions for hit in strongest(member, column, wrong - wrong.mean(), variance)]

    assert set(told[:2]) == {(10,), (3, 17)}
    assert not {(3,), (17,)} & set(told)


def test_most_of_the_level_goes_to_the_first():
    """The same excess is surer in first place than in third, and in no place surer than if it were alone."""
    member, _, excess, variance = rows(planted=0.4)
    hits = [Hit(conditions=(place, 20), n=200, z=3.0) for place in (3, 4, 5)]
    same = np.tile(member[:, [3]], (1, 40))
    lows = [each.excess.low for each in confirm(hits, same, lambda _: (excess, variance), 0.01)]
    alone = confirm(hits[:1], same, lambda _: (excess, variance), 0.01)[0].excess.low

    assert alone > lows[0] > lows[1] > lows[2]


def test_conditions_of_one_column_are_not_joined():
    """Two ranges of the same number never meet in a slice."""
    member, _, excess, variance = rows(planted=0.4)
    hits = strongest(member, np.zeros(40, dtype=int), excess, variance)

    assert all(len(hit.conditions) == 1 for hit in hits)


def test_expected_by_like_score():
    """Two groups, two levels of score: each row gets the mean of its own cell."""
    score, group = np.repeat([0.1, 0.9, 0.1, 0.9], 100), np.repeat([0, 0, 1, 1], 100)
    outcome = np.repeat([0.0, 1.0, 0.5, 0.25], 100)
    mean, variance = expected_by(score, outcome, group, bins=2)

    assert mean == pytest.approx(outcome)
    assert variance == pytest.approx(0.0)
