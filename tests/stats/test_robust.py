"""Robust scale and fences against scipy and statsmodels; power transformation against scipy."""

import math

import numpy as np
import pytest
from scipy import stats as st
from statsmodels.stats.stattools import medcouple as reference_medcouple

from rung.stats.robust import adjusted_fences, medcouple, robust_scale, robust_z
from rung.stats.shape import kurtosis, skewness, skewness_change, yeo_johnson, yeo_johnson_lambda


def test_scale_equals_scipy() -> None:
    """MAD and interquartile range in normal standard deviations."""
    x = np.random.default_rng(0).exponential(size=101)

    assert robust_scale(x) == pytest.approx(st.median_abs_deviation(x, scale="normal"))
    assert robust_scale(x, "iqr") == pytest.approx(st.iqr(x) / 1.3489795)


def test_z_falls_back_when_most_values_are_equal() -> None:
    """MAD 0 but quartiles apart; and no spread at all."""
    x = np.r_[np.zeros(52), np.full(48, 5.0)]

    assert robust_z(x)[-1] == pytest.approx(5 / (5 / 1.34898), rel=1e-4)
    assert np.isnan(robust_z([3.0, 3.0, 3.0])).all()
    assert np.isnan(robust_z([1.0, 2.0, np.nan, 3.0])[2])


@pytest.mark.parametrize("seed", range(4))
def test_medcouple_equals_statsmodels(seed: int) -> None:
    """Skewed, symmetric, and with values tied at the median."""
    rng = np.random.default_rng(seed)
    for x in (rng.exponential(size=60), rng.normal(size=61), rng.poisson(2, 80).astype(float)):
        assert medcouple(x) == pytest.approx(float(reference_medcouple(x)), abs=1e-9)


def test_medcouple_of_many_rows_is_that_of_few() -> None:
    """Order statistics stand in for a million rows."""
    x = np.random.default_rng(1).lognormal(size=200_000)

    assert medcouple(x) == pytest.approx(medcouple(x[:1000]), abs=0.05)


def test_fences_bend_with_the_skew() -> None:
    """A lognormal column has 8 % outside the plain fences and under 2 % outside these; normal stays as it was."""
    rng = np.random.default_rng(2)
    x = rng.lognormal(size=5000)
    low, high = adjusted_fences(x)
    q1, q3 = np.quantile(x, [0.25, 0.75])

    assert np.mean(x > q3 + 1.5 * (q3 - q1)) > 0.06
    assert np.mean((x < low) | (x > high)) < 0.03
    plain = adjusted_fences(rng.normal(size=5000))
    assert plain == pytest.approx((-2.7, 2.7), abs=0.4)


def test_moments_equal_scipy() -> None:
    """Also far from zero and at extreme scales."""
    x = np.random.default_rng(3).exponential(size=500)
    for y in (x, 1e6 + x, 1e200 * x, 1e-200 * x):
        assert skewness(y) == pytest.approx(st.skew(x), rel=1e-6)
        assert kurtosis(y) == pytest.approx(st.kurtosis(x), rel=1e-6)


@pytest.mark.parametrize("lmbda", [-1.0, 0.0, 0.5, 2.0, 3.0])
def test_yeo_johnson_equals_scipy(lmbda: float) -> None:
    """Both signs, the two logarithmic cases among them."""
    x = np.linspace(-3, 5, 40)

    assert yeo_johnson(x, lmbda) == pytest.approx(st.yeojohnson(x, lmbda))


def test_best_power_equals_scipy() -> None:
    """Maximum likelihood of three shapes."""
    rng = np.random.default_rng(4)
    for x in (rng.lognormal(size=400), rng.normal(size=400), -rng.exponential(size=400)):
        assert yeo_johnson_lambda(x) == pytest.approx(st.yeojohnson(x)[1], abs=1e-4)


def test_skew_that_a_power_can_mend() -> None:
    """Lognormal loses its skew in any unit; a spike with an outlier does not."""
    x = np.random.default_rng(5).lognormal(3, 1, 2000)
    for unit in (1e-3, 1.0, 1e6):
        change = skewness_change(unit * x)

        assert change.before > 3
        assert abs(change.after) < 0.2


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("x", [[], [1.0], [2.0] * 9, [np.nan] * 3])
def test_no_spread_no_answer(x: list[float]) -> None:
    """Empty, single, constant, missing."""
    assert math.isnan(skewness(x))
    assert math.isnan(skewness_change(x).after)
    assert math.isnan(yeo_johnson_lambda(x))
    assert math.isnan(medcouple(x)) or medcouple(x) == 0
    assert len(adjusted_fences(x)) == 2
