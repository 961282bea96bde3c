"""Since when."""

import numpy as np
import pytest
from statsmodels.regression.linear_model import OLS
from statsmodels.stats.sandwich_covariance import cov_hac

from rung.stats.change import change_interval, long_run_variance


@pytest.mark.parametrize("memory", [0.0, 0.3])
def test_interval_covers_the_place(memory):
    """At least 88 of 100 intervals of 95 %, for independent rows and for those that depend on their neighbours."""
    from scipy.signal import lfilter

    hits, widths = 0, []
    for seed in range(100):
        rng = np.random.default_rng(seed)
        noise = lfilter([1], [1, -memory], rng.normal(size=600))
        found = change_interval(noise + 0.8 * (np.arange(600) >= 350))
        hits += found.low <= 350 <= found.high
        widths.append(found.high - found.low)

    assert hits >= 88
    assert np.median(widths) < 120


def test_nothing_to_find():
    """No change, too few rows, a constant."""
    assert change_interval(np.random.default_rng(0).normal(size=500)).p > 0.01
    assert change_interval([1.0, 2.0, 3.0]).index == 0
    assert change_interval(np.ones(100)).p == 1.0


def test_long_series_are_thinned_and_told_in_their_own_rows():
    """Positions are those of the series as given."""
    x = np.random.default_rng(0).normal(size=100_000)
    x[60_000:] += 0.5
    found = change_interval(x)

    assert found.low <= 60_000 <= found.high
    assert found.index == pytest.approx(60_000, abs=1_500)


def test_long_run_variance_is_newey_west():
    """Against statsmodels, where the dependence raises it."""
    from scipy.signal import lfilter

    x = lfilter([1], [1, -0.6], np.random.default_rng(0).normal(size=800))
    x = x - x.mean()
    lags = int(4 * (800 / 100) ** (2 / 9))
    theirs = float(cov_hac(OLS(x, np.ones(800)).fit(), nlags=lags, use_correction=False)[0, 0]) * 800

    assert long_run_variance(x) == pytest.approx(theirs, rel=0.01)
