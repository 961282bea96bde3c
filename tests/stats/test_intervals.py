"""Intervals agree with statsmodels and scipy, and keep their promises in simulation."""

import math

import numpy as np
import pytest
from scipy import stats as st
from statsmodels.stats import proportion

from rung.stats.intervals import (
    corrected_resampled_t,
    hanley_mcneil_sd,
    mean_interval,
    minimum_detectable_auc,
    minimum_detectable_difference,
    minimum_detectable_proportion,
    newcombe,
    wilson,
    wilson_bounds,
)


@pytest.mark.parametrize(("k", "n"), [(0, 1), (0, 10), (3, 10), (10, 10), (189, 200), (5, 100_000)])
@pytest.mark.parametrize("level", [0.8, 0.95, 0.99])
def test_wilson_equals_statsmodels(k: int, n: int, level: float) -> None:
    """One share's bounds are statsmodels' Wilson bounds."""
    expected = proportion.proportion_confint(k, n, 1 - level, "wilson")

    ours = wilson(k, n, level)

    assert (ours.low, ours.high) == pytest.approx(expected, abs=1e-12)


def test_wilson_of_no_rows_is_nan() -> None:
    """Nothing seen, nothing said."""
    interval = wilson(0, 0)

    assert all(math.isnan(v) for v in (interval.value, interval.low, interval.high))
    assert not interval.excludes(0.5)


def test_wilson_bounds_refuse_more_successes_than_rows() -> None:
    """A share above one is the caller's mistake."""
    with pytest.raises(ValueError, match="between 0 and n"):
        wilson_bounds([3], [2])


def test_newcombe_reproduces_the_paper() -> None:
    """Newcombe (1998), table II: 56/70 - 48/80 = 0.2000, method 10 gives 0.0524 to 0.3339."""
    interval = newcombe(56, 70, 48, 80)

    assert interval.value == pytest.approx(0.2)
    assert (round(interval.low, 4), round(interval.high, 4)) == (0.0524, 0.3339)


def test_newcombe_equals_statsmodels_at_the_edge() -> None:
    """All against none."""
    expected = proportion.confint_proportions_2indep(10, 10, 0, 20, method="newcomb", compare="diff")

    interval = newcombe(10, 10, 0, 20)

    assert (interval.low, interval.high) == pytest.approx(expected, abs=1e-10)


def test_mean_interval_equals_scipy() -> None:
    """Student's interval, non-finite values left out."""
    x = np.random.default_rng(0).normal(3, 2, 17)
    expected = st.t.interval(0.9, 16, x.mean(), st.sem(x))

    interval = mean_interval(np.r_[x, np.nan, np.inf], 0.9)

    assert (interval.low, interval.high) == pytest.approx(expected)


@pytest.mark.parametrize("values", [[], [1.0], [np.nan]])
def test_mean_interval_of_too_little_is_nan(values: list[float]) -> None:
    """No spread, no bounds."""
    assert math.isnan(mean_interval(values).low)


def test_corrected_resampled_t_by_hand() -> None:
    """d = 1, 2, 3: mean 2, sd 1; factor sqrt(1/3 + 1/4) = 0.7638; t = 2.6186; at 2 degrees p = 1 - t / sqrt(t2 + 2)."""
    test = corrected_resampled_t([1.0, 2.0, 3.0], n_train=80, n_test=20)

    assert test.p == pytest.approx(1 - 2.61861 / math.sqrt(2.61861**2 + 2), abs=1e-6)
    assert test.high - test.difference == pytest.approx(4.302653 * 0.763763, rel=1e-5)


def test_corrected_resampled_t_of_equal_folds() -> None:
    """All folds the same and not zero is as certain as it gets; all zero is nothing."""
    assert corrected_resampled_t([0.1, 0.1, 0.1], 8, 2).p == 0.0
    assert corrected_resampled_t([0.0, 0.0], 8, 2).p == 1.0
    assert corrected_resampled_t([0.3], 8, 2).p == 1.0
    assert corrected_resampled_t([0.3, 0.3], 8, 2).p == 1.0


def _fold_gaps(rng: np.random.Generator) -> list[float]:
    """Score gaps, over 20 random splits of one table, of two predictors that are equally good on the whole."""
    x = rng.normal(size=(60, 2))
    y, gaps = x.sum(axis=1) + rng.normal(size=60), []
    for _ in range(20):
        order = rng.permutation(60)
        train, test = order[:48], order[48:]
        slopes = (x[train] * y[train, None]).sum(axis=0) / (x[train] ** 2).sum(axis=0)
        errors = np.mean((y[test, None] - slopes * x[test]) ** 2, axis=0)
        gaps.append(float(errors[0] - errors[1]))
    return gaps


def test_corrected_resampled_t_keeps_its_level_where_the_plain_test_does_not() -> None:
    """Overlapping training sets make the plain test reject equals more than half the time."""
    rng = np.random.default_rng(4)
    gaps = [_fold_gaps(rng) for _ in range(300)]

    plain = np.mean([st.ttest_1samp(g, 0).pvalue < 0.05 for g in gaps])
    corrected = np.mean([corrected_resampled_t(g, 48, 12).p < 0.05 for g in gaps])

    assert plain > 0.3
    assert corrected < 0.1


def test_minimum_detectable_difference_has_the_power_it_states() -> None:
    """A shift of that size is found in 80 % of simulated samples."""
    n, rng = 100, np.random.default_rng(1)
    shift = minimum_detectable_difference(2.0, n)

    draws = rng.normal(shift, 2.0, (4000, n))
    found = st.ttest_1samp(draws, 0, axis=1).pvalue < 0.05

    assert np.mean(found) == pytest.approx(0.8, abs=0.03)


def test_minimum_detectable_proportion_by_hand() -> None:
    """(1.95996 + 0.84162) * sqrt(0.1 * 0.9 * (1/500 + 1/500)) = 0.05316."""
    assert minimum_detectable_proportion(0.1, 500, 500) == pytest.approx(0.053156, abs=1e-5)
    assert math.isnan(minimum_detectable_proportion(0.1, 0, 5))


def test_minimum_detectable_auc_falls_with_rows() -> None:
    """Ten positives can hide a large loss, a thousand cannot."""
    few, many = minimum_detectable_auc(10, 190, 0.8), minimum_detectable_auc(1000, 19_000, 0.8)

    assert few > 0.15
    assert many < 0.03
    assert math.isnan(hanley_mcneil_sd(0.8, 0, 10))
