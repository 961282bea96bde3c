"""Effect sizes against scipy and hand-worked numbers; coverage by simulation."""

import math

import numpy as np
import pytest
from scipy import stats as st

from rung.stats.effect_size import cliffs_delta, standardised_mean_difference, superiority, wasserstein, wasserstein_sd


def test_hedges_g_by_hand() -> None:
    """Means 2 and 4, both variances 1, df 4: d = -2, g = -2 * (1 - 3/15) = -1.6."""
    g = standardised_mean_difference([1, 2, 3], [3, 4, 5])

    assert g.value == pytest.approx(-1.6)


@pytest.mark.parametrize("n", [10, 100])
def test_hedges_g_covers(n: int) -> None:
    """A true distance of 0.5 sd lies inside 95 % of the time."""
    rng = np.random.default_rng(0)
    intervals = [standardised_mean_difference(rng.normal(0.5, 1, n), rng.normal(size=2 * n)) for _ in range(600)]

    assert np.mean([i.low <= 0.5 <= i.high for i in intervals]) == pytest.approx(0.95, abs=0.025)


def test_superiority_and_delta_by_hand() -> None:
    """x = 1, 3 over y = 2, 3: wins 3>2 and half of 3=3: 1.5 of 4."""
    assert superiority([1, 3], [2, 3]).value == pytest.approx(0.375)
    assert cliffs_delta([1, 3], [2, 3]).value == pytest.approx(-0.25)


def test_superiority_equals_mann_whitney() -> None:
    """U / nm."""
    rng = np.random.default_rng(1)
    x, y = rng.integers(0, 9, 50), rng.integers(2, 12, 70)

    assert superiority(x, y).value == pytest.approx(st.mannwhitneyu(x, y).statistic / 3500)


def test_wasserstein_equals_scipy() -> None:
    """Unequal sizes with ties."""
    rng = np.random.default_rng(2)
    x, y = rng.integers(0, 9, 50), rng.normal(5, 1, 33)

    assert wasserstein(x, y) == pytest.approx(st.wasserstein_distance(x, y))
    assert wasserstein_sd(x, x + 2.0) == pytest.approx(2.0 / x.std(ddof=1))


@pytest.mark.filterwarnings("error")
def test_too_little_is_nan() -> None:
    """Empty, single or constant samples."""
    assert math.isnan(standardised_mean_difference([], [1.0]).value)
    assert math.isnan(standardised_mean_difference([1, 1], [1, 1]).value)
    assert math.isnan(superiority([], [1.0]).value)
    assert math.isnan(wasserstein([], [1.0]))
    assert math.isnan(wasserstein_sd([3.0], [1.0]))
