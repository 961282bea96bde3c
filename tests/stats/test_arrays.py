"""Cleaning, ranking, coding and spreading."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some
from scipy import stats as st

from rung.stats.arrays import as_labels, as_matrix, codes_of, finite_pair, folds_of, granularity, midranks, spread_ties


@given(some.lists(some.integers(-5, 5), max_size=40))
def test_midranks_equal_scipy(values: list[int]) -> None:
    """Ties share their mean rank."""
    assert np.array_equal(midranks(values), st.rankdata(values))


@given(some.lists(some.integers(-50, 50), max_size=60))
def test_spreading_keeps_order_and_leaves_single_values(values: list[int]) -> None:
    """Rows of one value stay between their neighbours and are told apart."""
    ordered = np.sort(np.array(values, dtype=float))
    spread = spread_ties(ordered)

    assert np.all(np.diff(spread) > 0) or len(set(values)) < 2
    assert np.all(np.abs(spread - ordered) <= 50)


def test_rounded_normals_are_normal_again_once_spread() -> None:
    """Whole numbers lose their steps: the KS distance to the smooth law becomes that of continuous data."""
    x = np.sort(np.round(np.random.default_rng(0).normal(0, 5, 4000)))

    before, after = (st.kstest(v, st.norm(0, 5).cdf).statistic for v in (x, spread_ties(x)))

    assert before > 0.03
    assert after < 0.02


def test_codes_mark_missing_with_minus_one() -> None:
    """NaN is no category; strings code in sorted order."""
    assert codes_of([2.5, np.nan, 1.0, 2.5]).tolist() == [1, -1, 0, 1]
    assert codes_of(np.array(["b", "a"])).tolist() == [1, 0]


def test_folds_are_balanced_in_each_class() -> None:
    """Each fold gets its share of the rare class."""
    y = np.r_[np.ones(10), np.zeros(90)]
    fold = folds_of(100, 5, np.random.default_rng(0), y)

    assert np.bincount(fold).tolist() == [20] * 5
    assert np.bincount(fold[y == 1], minlength=5).tolist() == [2] * 5


def test_granularity_sees_the_smallest_step() -> None:
    """Floating dust is no step."""
    assert granularity(np.array([0.0, 0.1, 0.30000000000000004, 0.3])) == pytest.approx(0.1)
    assert np.isnan(granularity(np.array([])))
    assert np.isnan(granularity(np.array([4.0, 4.0])))


def test_wrong_shapes_are_refused() -> None:
    """Never guessed."""
    with pytest.raises(ValueError, match="one dimension"):
        as_labels([[0, 1]])
    with pytest.raises(ValueError, match="lengths differ"):
        finite_pair([1.0], [1.0, 2.0])
    with pytest.raises(ValueError, match="matrix"):
        as_matrix(np.zeros((1, 1, 1)))
