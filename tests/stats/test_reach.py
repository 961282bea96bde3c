"""How far one more value may lie."""

import numpy as np
import pytest
from scipy import stats

from rung.stats.reach import CHANCES, limits

LIGHT = {"normal": stats.norm(), "uniform": stats.uniform(), "exponential": stats.expon(), "t(5)": stats.t(5)}
HEAVY = {
    "t(3)": stats.t(3),
    "lognormal": stats.lognorm(1),
    "lognormal(2)": stats.lognorm(2),
    "pareto": stats.pareto(1.0),
    "weibull": stats.weibull_min(0.5),
}


def passed(law, n, level, draws=60):
    """Mean chance that a further value passes the upper limit."""
    rng = np.random.default_rng(0)
    return float(np.mean([law.sf(limits(law.rvs(size=n, random_state=rng))[1][level]) for _ in range(draws)]))


@pytest.mark.parametrize("name", LIGHT | HEAVY)
def test_chance_to_pass_is_kept_with_enough_rows(name):
    """Within a factor of ten at one in a million, from 2,500 rows, for light and heavy tails."""
    assert passed((LIGHT | HEAVY)[name], 2500, 1, 25) < 10 * CHANCES[1]


@pytest.mark.parametrize("name", LIGHT | HEAVY)
def test_few_rows_are_no_licence(name):
    """At 150 rows one in ten thousand holds within a factor of three."""
    assert passed((LIGHT | HEAVY)[name], 150, 0) < 3 * CHANCES[0]


def test_limits_of_a_normal_stay_near():
    """2,500 rows: one in a hundred million within twice its true place."""
    _, high = limits(np.random.default_rng(1).normal(size=2500))

    assert 5.6 < high[2] < 12


def test_small_values_of_a_positive_column_are_seen():
    """A thousandth of a length between 7 and 28 lies beyond, though the range is near to 0; a fifth of an income does not."""
    low, _ = limits(np.random.default_rng(2).uniform(7, 28, 400))

    assert low[0] > 0.014
    assert limits(np.random.default_rng(3).normal(35_000, 13_000, 5_000).clip(700))[0][2] < 800


def test_never_inside_what_was_seen_and_survives_the_odd():
    """Constants, two values, no values."""
    rng = np.random.default_rng(3)
    for values in (
        np.ones(50),
        rng.integers(0, 2, 50).astype(float),
        rng.poisson(3, 300).astype(float),
        np.array([np.nan, 1.0]),
        np.r_[np.zeros(95), 1e9 * np.ones(5)],
    ):
        low, high = limits(values)
        known = values[np.isfinite(values)]
        assert all(each <= known.min() for each in low)
        assert all(each >= known.max() for each in high)
    assert limits(np.array([])) == ((), ())
