"""Calibration against statsmodels, with the sides named right."""

import math

import numpy as np
import pytest
import statsmodels.api as sm
from scipy.special import expit, logit

from rung.stats.calibration import calibration_error, calibration_line, over_prediction, reliability_bins


@pytest.fixture
def honest() -> tuple[np.ndarray, np.ndarray]:
    """3,000 labels drawn from their own probabilities."""
    rng = np.random.default_rng(0)
    p = rng.beta(1, 3, 3000)
    return (rng.random(3000) < p).astype(int), p


def test_line_equals_statsmodels(honest: tuple[np.ndarray, np.ndarray]) -> None:
    """Intercept, slope, their errors, and the intercept at slope one."""
    y, p = honest
    odds = logit(np.clip(p, 1e-6, 1 - 1e-6))
    fit = sm.GLM(y, sm.add_constant(odds), family=sm.families.Binomial()).fit()
    large = sm.GLM(y, np.ones(len(y)), family=sm.families.Binomial(), offset=odds).fit()

    line = calibration_line(y, p)

    assert line.converged
    assert (line.intercept.value, line.slope.value) == pytest.approx(fit.params, abs=1e-5)
    assert (line.slope.low, line.slope.high) == pytest.approx(fit.conf_int()[1], abs=1e-4)
    assert line.in_the_large.value == pytest.approx(large.params[0], abs=1e-5)


def test_too_extreme_predictions_have_slope_below_one(honest: tuple[np.ndarray, np.ndarray]) -> None:
    """Log-odds times three: slope a third, and not over-predicted on one side only."""
    y, p = honest
    line = calibration_line(y, expit(3 * logit(np.clip(p, 1e-4, 1 - 1e-4))))

    assert line.slope.high < 0.5
    assert calibration_line(y, p).slope.low < 1 < calibration_line(y, p).slope.high


def test_over_prediction_has_a_side(honest: tuple[np.ndarray, np.ndarray]) -> None:
    """Predictions raised by 0.1 are 0.1 too high; the bins then lie below the diagonal."""
    y, p = honest
    raised = np.clip(p + 0.1, 0, 1)
    bins = reliability_bins(y, raised)

    assert over_prediction(y, raised).low > 0.05
    assert not over_prediction(y, p).excludes(0)
    assert np.mean(bins.observed < bins.predicted) > 0.8
    assert bins.counts.sum() == 3000


@pytest.mark.parametrize("n", [50, 500, 3000])
def test_calibration_error_of_an_honest_model_is_what_chance_gives(n: int) -> None:
    """Labels drawn from the predictions: level 5 %, value near its stated null mean."""
    rng = np.random.default_rng(1)
    tests = []
    for s in range(120):
        p = rng.beta(1, 3, n)
        tests.append(calibration_error(rng.random(n) < p, p, n_draws=99, seed=s))

    assert np.mean([t.p <= 0.05 for t in tests]) < 0.11
    assert np.mean([t.value - t.expected_if_calibrated for t in tests]) == pytest.approx(0, abs=0.004)


def test_calibration_error_finds_a_shift(honest: tuple[np.ndarray, np.ndarray]) -> None:
    """0.1 too high everywhere is an error of about 0.1."""
    y, p = honest
    found = calibration_error(y, np.clip(p + 0.1, 0, 1))

    assert found.p < 0.01
    assert found.value == pytest.approx(0.1, abs=0.02)


def test_large_and_small_draws_agree() -> None:
    """Above the switch to the normal limit the null mean is the same."""
    rng = np.random.default_rng(2)
    p = rng.random(50_000)
    y = rng.random(50_000) < p

    quick, slow = calibration_error(y, p, n_draws=500), calibration_error(y, p, n_draws=60)

    assert quick.expected_if_calibrated == pytest.approx(slow.expected_if_calibrated, rel=0.15)


@pytest.mark.filterwarnings("error")
def test_what_cannot_be_fitted_is_nan() -> None:
    """No rows, one class, a constant, or perfect separation."""
    assert math.isnan(calibration_line([], []).slope.value)
    assert math.isnan(calibration_line([1, 1], [0.2, 0.9]).slope.value)
    constant = calibration_line([0, 1, 1, 0], [0.3] * 4)
    assert math.isnan(constant.slope.value)
    assert constant.in_the_large.value == pytest.approx(logit(0.5) - logit(0.3))
    assert not calibration_line([0, 0, 1, 1], [0.1, 0.2, 0.8, 0.9]).converged
    assert math.isnan(over_prediction([], []).value)
    assert reliability_bins([], []).counts.size == 0
    assert calibration_error([], []).p == 1.0
    assert calibration_line([0, 1, 1, 0, 1], [0.0, 1.0, 0.0, 1.0, 1.0]).converged


def test_what_is_no_probability_is_refused() -> None:
    """Log-odds handed over by mistake."""
    with pytest.raises(ValueError, match="expected 0"):
        over_prediction([0, 1], [-1.0, 2.0])
