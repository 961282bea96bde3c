"""Order tests against statsmodels and hand-worked numbers; levels by simulation."""

import math
import time

import numpy as np
import pytest
from statsmodels.sandbox.stats.runs import runstest_1samp
from statsmodels.tsa.stattools import acf

from rung.stats.sequence import autocorrelation, best_lag, change_point, lag_correlations, likeness, runs_about_median, runs_test


@pytest.mark.parametrize("n", [20, 200])
def test_runs_equal_statsmodels(n: int) -> None:
    """z and p, with and without the small-sample correction."""
    x = np.random.default_rng(0).integers(0, 2, n)
    z, p = runstest_1samp(x, cutoff=0.5, correction=True)

    ours = runs_test(x)

    assert (ours.z, ours.p) == pytest.approx((z, p))


def test_runs_by_hand() -> None:
    """0 0 0 1 1 1: two runs where four are expected."""
    ours = runs_test([0, 0, 0, 1, 1, 1])

    assert (ours.n_runs, ours.expected) == (2, 4.0)
    assert ours.z < 0


def test_sorted_values_run() -> None:
    """A sorted column has two runs about its median; a shuffled one is nothing."""
    x = np.arange(500.0)

    assert runs_about_median(x).p < 1e-10
    assert runs_about_median(np.random.default_rng(1).permutation(x)).p > 0.01


def test_autocorrelation_equals_statsmodels() -> None:
    """Value at lag 3."""
    x = np.cumsum(np.random.default_rng(2).normal(size=200))

    assert autocorrelation(x, 3).value == pytest.approx(acf(x, nlags=3)[3])


def test_autocorrelation_interval_holds_zero_for_noise() -> None:
    """95 % of the time."""
    rng = np.random.default_rng(3)
    inside = [not autocorrelation(rng.normal(size=80)).excludes(0) for _ in range(600)]

    assert np.mean(inside) == pytest.approx(0.95, abs=0.03)


def test_lag_correlations_equal_the_slow_sum() -> None:
    """Each lag compared with a dot product of the overlapping rows."""
    rng = np.random.default_rng(4)
    a, b = rng.normal(size=50), rng.normal(size=50)
    x, y = a - a.mean(), b - b.mean()
    lags, r = lag_correlations(a, b, 10)

    assert r[lags == 3] == pytest.approx(x[:-3] @ y[3:] / math.sqrt((x[:-3] @ x[:-3]) * (y[3:] @ y[3:])))
    assert r[lags == -2] == pytest.approx(x[2:] @ y[:-2] / math.sqrt((x[2:] @ x[2:]) * (y[:-2] @ y[:-2])))
    assert r[lags == 0] == pytest.approx(np.corrcoef(a, b)[0, 1])


@pytest.mark.parametrize("shift", [-7, 0, 1, 40])
def test_best_lag_finds_the_shift(shift: int) -> None:
    """Labels moved by some rows against their prediction."""
    rng = np.random.default_rng(5)
    signal = rng.normal(size=600)
    y = np.roll(signal + rng.normal(size=600), shift)

    found = best_lag(signal, y)

    assert found.lag == shift
    assert abs(found.correlation) > found.threshold
    assert found.p <= 0.01


def test_best_lag_of_unrelated_series_is_seldom_found() -> None:
    """At most a few in a hundred."""
    rng = np.random.default_rng(6)
    found = [best_lag(rng.normal(size=200), rng.integers(0, 2, 200), n_permutations=49, seed=s) for s in range(100)]

    assert np.mean([abs(f.correlation) > f.threshold for f in found]) <= 0.06


def test_best_lag_is_not_fooled_by_two_slow_series() -> None:
    """Unrelated random walks agree at many lags; none stands out."""
    rng = np.random.default_rng(7)
    walks = [best_lag(np.cumsum(rng.normal(size=400)), np.cumsum(rng.normal(size=400)), n_permutations=19, seed=s) for s in range(60)]

    assert np.mean([abs(w.correlation) > w.threshold for w in walks]) <= 0.05


def test_best_lag_of_many_rows_is_quick() -> None:
    """100,000 rows within a few seconds."""
    rng = np.random.default_rng(8)
    x = rng.normal(size=100_000)
    start = time.perf_counter()

    assert best_lag(x, np.roll(x, 5), n_permutations=19).lag == 5
    assert time.perf_counter() - start < 5


def test_change_point_finds_a_step() -> None:
    """One standard deviation at row 120 of 300."""
    rng = np.random.default_rng(9)
    x = rng.normal(size=300) + (np.arange(300) >= 120)

    change = change_point(x)

    assert abs(change.index - 120) < 12
    assert change.p < 0.01
    assert change.after - change.before == pytest.approx(1, abs=0.4)


@pytest.mark.parametrize("n", [20, 300])
def test_change_point_keeps_its_level(n: int) -> None:
    """Heavy-tailed noise without a change."""
    rng = np.random.default_rng(10)
    p = [change_point(rng.standard_t(3, n), n_permutations=39, seed=s).p for s in range(150)]

    assert np.mean(np.array(p) <= 0.05) < 0.11


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("x", [[], [1.0], [2.0] * 50, [np.nan] * 20])
def test_too_little_order_says_nothing(x: list[float]) -> None:
    """Empty, single, constant and missing."""
    assert runs_about_median(x).p == 1.0
    assert math.isnan(autocorrelation(x).value)
    assert best_lag(x, x).p == 1.0
    assert change_point(x).p == 1.0


def test_many_rows_without_order_are_not_found() -> None:
    """Above the switch to limits and blocks, noise stays noise and a small step is seen."""
    rng = np.random.default_rng(11)
    noise, other = rng.normal(size=50_000), rng.normal(size=50_000)
    stepped = noise + 0.1 * (np.arange(50_000) >= 20_000)

    assert best_lag(noise, other, n_permutations=9).p > 0.01
    assert change_point(noise, n_permutations=99).p > 0.02
    found = change_point(stepped, n_permutations=99)
    assert found.p == pytest.approx(0.01)
    assert abs(found.index - 20_000) < 2000


def test_likeness_is_the_mean_autocorrelation() -> None:
    """Against statsmodels, lag by lag; its sums are over fewer pairs, weighted here by their number."""
    x = np.cumsum(np.random.default_rng(12).normal(size=200))
    lags = acf(x, nlags=5, fft=False)[1:]

    assert likeness(x).correlation == pytest.approx(lags.sum() * 200 / sum(200 - lag for lag in range(1, 6)), rel=1e-6)


@pytest.mark.parametrize("columns", [1, 4])
def test_likeness_keeps_its_level(columns: int) -> None:
    """Skewed independent rows; indicators of several classes count for less than as many independent columns."""
    rng = np.random.default_rng(13)
    p = [likeness(rng.multinomial(1, [1 / 4] * 4, 150)[:, :columns] if columns > 1 else rng.exponential(size=150)).p for _ in range(600)]

    assert np.mean(np.array(p) < 0.05) < 0.065
    assert np.mean(np.array(p) < 0.005) < 0.012
