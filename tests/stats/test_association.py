"""Column power against scikit-learn and scipy, centred where there is nothing to know."""

import math
import time

import numpy as np
import pytest
from scipy import stats as st
from sklearn.metrics import roc_auc_score

from rung.stats.association import (
    auc_columns,
    binned_auc_columns,
    binned_r2_columns,
    correlation_ratio,
    cross_fitted_auc,
    equal_frequency_codes,
    null_auc_sd,
    spearman_columns,
    spearman_p,
)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_auc_columns_equal_sklearn(share: float) -> None:
    """Ties and missing values, rare and common positives."""
    rng = np.random.default_rng(0)
    y = (rng.random(300) < share).astype(int)
    x = np.round(rng.normal(y[:, None], 2, (300, 4)), 0)
    x[rng.random(x.shape) < 0.2] = np.nan
    expected = [roc_auc_score(y[~np.isnan(c)], c[~np.isnan(c)]) for c in x.T]

    assert auc_columns(x, y) == pytest.approx(expected)


def test_auc_columns_of_odd_columns() -> None:
    """Constant is one half, all missing is NaN, infinities rank."""
    x = np.array([[1, np.nan, -np.inf], [1, np.nan, 0], [1, np.nan, np.inf]], dtype=float)

    aucs = auc_columns(x, [0, 0, 1])

    assert aucs[0] == 0.5
    assert math.isnan(aucs[1])
    assert aucs[2] == 1.0


def test_auc_of_a_large_table_is_quick() -> None:
    """50,000 x 40 is a tenth of the promise (100,000 x 200 in two seconds); the bound is loose for busy machines."""
    rng = np.random.default_rng(1)
    x, y = rng.normal(size=(50_000, 40)), rng.random(50_000) < 0.3
    start = time.perf_counter()

    auc_columns(x, y)

    assert time.perf_counter() - start < 1.5


def test_null_auc_sd_is_that_of_noise() -> None:
    """Two hundred noise columns scatter as stated."""
    rng = np.random.default_rng(2)
    y = np.r_[np.ones(30), np.zeros(120)]

    spread = auc_columns(rng.normal(size=(150, 500)), y).std()

    assert spread == pytest.approx(null_auc_sd(30, 120), rel=0.1)


@pytest.mark.parametrize("n", [40, 200, 2000])
def test_binned_auc_is_centred_under_no_association(n: int) -> None:
    """The folds of a useless column do not pull its AUC to one side."""
    rng = np.random.default_rng(3)
    y = (np.arange(n) < n // 4).astype(int)
    aucs = binned_auc_columns(rng.normal(size=(n, 200)), y)

    assert aucs.mean() == pytest.approx(0.5, abs=4 * aucs.std() / math.sqrt(200) + 0.002)


def test_binned_auc_sees_what_rank_auc_cannot() -> None:
    """A U shape, and values that are missing only for positives."""
    rng = np.random.default_rng(4)
    x = rng.normal(size=2000)
    y = np.abs(x) > 1
    z = np.where(y & (rng.random(2000) < 0.8), np.nan, rng.normal(size=2000))
    table = np.column_stack([x, z])

    assert abs(auc_columns(table, y)[0] - 0.5) < 0.05
    assert binned_auc_columns(table, y).min() > 0.85


@pytest.mark.parametrize("n_cells", [2, 50, 400])
def test_many_categories_are_no_advantage(n_cells: int) -> None:
    """Random labels, up to one for each row, stay at one half."""
    rng = np.random.default_rng(5)
    y = rng.integers(0, 2, 400)
    aucs = np.array([cross_fitted_auc(rng.integers(0, n_cells, 400), y, seed=s) for s in range(100)])

    assert aucs.mean() == pytest.approx(0.5, abs=0.012)


def test_equal_frequency_codes_balance_and_give_missing_its_own_bin() -> None:
    """Ten rows and four missing in two bins: five, five, four."""
    codes = equal_frequency_codes(np.r_[np.arange(10.0), [np.nan] * 4], 2)

    assert np.bincount(codes).tolist() == [5, 5, 4]


def test_spearman_equals_scipy() -> None:
    """Correlation and p-value, missing rows left out."""
    rng = np.random.default_rng(6)
    y = rng.normal(size=60)
    x = np.round(y + rng.normal(size=60), 0)
    expected = st.spearmanr(x, y)

    r = spearman_columns(np.r_[x, np.nan], np.r_[y, 3.0])

    assert r[0] == pytest.approx(expected.statistic)
    assert spearman_p(r, [60])[0] == pytest.approx(expected.pvalue, rel=1e-6)
    assert spearman_p([np.nan], [60])[0] == 1.0


def test_binned_r2_of_a_u_shape() -> None:
    """y = x^2: no rank correlation, nearly all of the variance."""
    x = np.random.default_rng(7).uniform(-1, 1, 3000)
    noise = np.random.default_rng(8).normal(size=3000)

    r2 = binned_r2_columns(np.column_stack([x, noise]), x**2)

    assert abs(spearman_columns(x, x**2)[0]) < 0.06
    assert r2[0] > 0.95
    assert -0.03 < r2[1] < 0.005


def test_correlation_ratio_is_the_adjusted_r2_of_the_groups() -> None:
    """Against statsmodels, and centred at 0 under chance."""
    import statsmodels.api as sm

    rng = np.random.default_rng(9)
    groups = rng.integers(0, 5, 100)
    y = groups * 0.3 + rng.normal(size=100)
    expected = sm.OLS(y, np.eye(5)[groups]).fit().rsquared_adj

    assert correlation_ratio(groups, y) == pytest.approx(expected)
    chance = [correlation_ratio(rng.integers(0, 20, 60), rng.normal(size=60)) for _ in range(400)]
    assert np.mean(chance) == pytest.approx(0, abs=0.02)


@pytest.mark.filterwarnings("error")
def test_nothing_to_associate_is_nan() -> None:
    """No rows, one class, a constant."""
    empty = np.empty((0, 2))

    assert np.isnan(auc_columns(empty, [])).all()
    assert np.isnan(binned_auc_columns(np.ones((3, 1)), [1, 1, 1])).all()
    assert np.isnan(binned_r2_columns(empty, [])).all()
    assert np.isnan(spearman_columns(np.ones((5, 1)), np.arange(5))).all()
    assert math.isnan(correlation_ratio([], []))
    assert math.isnan(null_auc_sd(0, 3))
