"""Distances against scipy; null levels by simulation at several sizes."""

import math

import numpy as np
import pytest
from scipy import stats as st
from scipy.spatial.distance import jensenshannon

from rung.stats.divergence import (
    bin_counts,
    categories_two_sample,
    jensen_shannon,
    ks_critical,
    ks_two_sample,
    pool_rare,
    psi,
    psi_p,
    psi_threshold,
    total_variation,
)


@pytest.mark.parametrize(("n", "m"), [(30, 30), (100, 100), (1000, 50), (50, 5000), (2000, 2000)])
def test_psi_threshold_keeps_its_level(n: int, m: int) -> None:
    """Two samples of one law exceed it about 5 % of the time."""
    rng = np.random.default_rng(0)
    over = []
    for _ in range(800):
        a, b = bin_counts(rng.normal(size=n), rng.normal(size=m))
        over.append(psi(a, b) > psi_threshold(n, m, a.size))

    assert 0.02 < np.mean(over) < 0.085


def test_a_constant_psi_limit_would_cry_wolf_on_small_samples() -> None:
    """Ten bins, 50 rows each, no change: the customary 0.25 is exceeded most of the time, our limit seldom."""
    rng = np.random.default_rng(1)
    shares = np.full(10, 0.1)
    values = np.array([psi(rng.multinomial(50, shares), rng.multinomial(50, shares)) for _ in range(400)])

    assert np.mean(values > 0.25) > 0.5
    assert np.mean(values > psi_threshold(50, 50, 10)) < 0.06


def test_psi_p_and_threshold_agree() -> None:
    """At the threshold the p-value is alpha."""
    assert psi_p(psi_threshold(200, 300, 10, 0.01), 200, 300, 10) == pytest.approx(0.01)


def test_psi_by_hand() -> None:
    """Counts 10, 30 and 30, 10: shares 10.5/41 and 30.5/41; PSI = 2 * (20/41) * log(30.5/10.5) = 1.0404."""
    assert psi([10, 30], [30, 10]) == pytest.approx(2 * 20 / 41 * math.log(30.5 / 10.5))


def test_bins_hold_equal_shares_and_survive_ties() -> None:
    """A column that is mostly zero gets fewer bins, never an empty reference bin."""
    x = np.r_[np.zeros(80), np.arange(1.0, 21)]
    a, b = bin_counts(x, np.r_[x, -5.0])

    assert a.min() > 0
    assert a.size < 10
    assert a.sum() == 100
    assert b.sum() == 101


@pytest.mark.parametrize(("n", "m"), [(8, 12), (60, 80), (500, 3000)])
def test_ks_equals_scipy(n: int, m: int) -> None:
    """Distance exactly, p-value exactly or within a tenth of itself."""
    rng = np.random.default_rng(1)
    x, y = rng.normal(size=n), rng.normal(0.2, 1, m)
    expected = st.ks_2samp(x, y)

    ours = ks_two_sample(x, y)

    assert ours.statistic == pytest.approx(expected.statistic)
    assert ours.p == pytest.approx(expected.pvalue, rel=0.15)


@pytest.mark.parametrize(("n", "m"), [(40, 40), (100, 1000), (3000, 3000)])
def test_ks_critical_keeps_its_level(n: int, m: int) -> None:
    """Two samples of one law exceed it at most 5 % of the time, and not far less often."""
    rng = np.random.default_rng(2)
    over = [ks_two_sample(rng.random(n), rng.random(m)).statistic > ks_critical(n, m) for _ in range(400)]

    assert 0.015 < np.mean(over) < 0.085


def test_jensen_shannon_equals_scipy() -> None:
    """The square of scipy's distance; 1 bit without overlap."""
    p, q = [1, 2, 0, 5], [3, 1, 1, 0]

    assert jensen_shannon(p, q) == pytest.approx(jensenshannon(p, q, base=2) ** 2)
    assert jensen_shannon([1, 0], [0, 1]) == 1.0
    assert jensen_shannon([1, 2], [2, 4]) == 0.0


def test_categories_equal_scipy_when_none_is_rare() -> None:
    """Chi-squared of a two-row table."""
    a, b = [50, 60, 70], [80, 40, 30]
    expected = st.chi2_contingency([a, b], correction=False)

    ours = categories_two_sample(a, b)

    assert (ours.statistic, ours.p) == pytest.approx((expected.statistic, expected.pvalue))


def test_rare_categories_share_a_cell() -> None:
    """Two rare ones join, a single rare one stays."""
    a, b = pool_rare([50, 2, 1], [50, 1, 2])

    assert (a.tolist(), b.tolist()) == ([50, 3], [50, 3])
    assert pool_rare([50, 40, 1], [50, 40, 2])[0].size == 3


@pytest.mark.parametrize("n", [40, 400])
def test_category_tests_keep_their_level_with_a_long_tail(n: int) -> None:
    """A thousand names, most seen once."""
    rng = np.random.default_rng(3)
    shares = 1 / np.arange(1, 1001)
    shares /= shares.sum()
    draws = [(rng.multinomial(n, shares), rng.multinomial(2 * n, shares)) for _ in range(200)]

    assert np.mean([categories_two_sample(a, b).p <= 0.05 for a, b in draws]) < 0.1
    assert np.mean([total_variation(a, b, n_permutations=99).p <= 0.05 for a, b in draws[:100]]) < 0.13


def test_total_variation_tells_distance_from_chance() -> None:
    """Under no difference the excess is near 0 though the value is not; a true shift keeps its size."""
    rng = np.random.default_rng(4)
    shares = np.full(100, 0.01)
    same = total_variation(rng.multinomial(200, shares), rng.multinomial(200, shares))
    moved = total_variation([5000, 5000], [7000, 3000])

    assert same.value > 0.2
    assert same.excess < 0.06
    assert moved.excess == pytest.approx(0.2, abs=0.01)


@pytest.mark.filterwarnings("error")
def test_empty_samples_say_nothing() -> None:
    """NaN distances and p = 1."""
    empty = np.empty(0)

    assert ks_two_sample(empty, [1.0]).p == 1.0
    assert math.isnan(psi([0, 0], [1, 2]))
    assert math.isnan(psi_threshold(0, 5, 10))
    assert psi_p(math.nan, 5, 5, 10) == 1.0
    assert psi_threshold(5, 5, 1) == math.inf
    assert math.isnan(ks_critical(0, 4))
    assert math.isnan(jensen_shannon([], []))
    assert categories_two_sample([0, 0], [3, 4]).p == 1.0
    assert total_variation([], []).p == 1.0
    assert bin_counts(empty, [1.0, 2.0])[1].tolist() == [2.0]
    assert psi(*bin_counts(np.ones(5), np.ones(7))) == 0.0


def test_negative_counts_are_refused() -> None:
    """A count is not negative."""
    with pytest.raises(ValueError, match="negative"):
        psi([1, -1], [1, 1])
