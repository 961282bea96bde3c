"""Correlations equal pandas', VIF equals statsmodels'."""

import numpy as np
import pandas as pd
import pytest
from statsmodels.stats.outliers_influence import variance_inflation_factor

from rung.stats.correlation import correlation_matrix, vif


@pytest.fixture
def table() -> np.ndarray:
    """200 rows of five related columns, far from zero."""
    rng = np.random.default_rng(0)
    return 1e6 + rng.normal(size=(200, 2)) @ rng.normal(size=(2, 5)) + 0.5 * rng.normal(size=(200, 5))


def test_pearson_with_missing_values_equals_pandas(table: np.ndarray) -> None:
    """Each pair uses the rows both know."""
    table[np.random.default_rng(1).random(table.shape) < 0.2] = np.nan

    assert correlation_matrix(table) == pytest.approx(pd.DataFrame(table).corr().to_numpy(), abs=1e-6)


def test_spearman_equals_pandas(table: np.ndarray) -> None:
    """Ranks of whole columns."""
    expected = pd.DataFrame(table).corr("spearman").to_numpy()

    assert correlation_matrix(table, "spearman") == pytest.approx(expected, abs=1e-9)


@pytest.mark.filterwarnings("error")
def test_constant_and_short_columns_are_nan() -> None:
    """Also a constant whose mean is not representable."""
    x = np.column_stack([np.full(50, 0.1), np.arange(50.0), np.full(50, np.nan)])

    matrix = correlation_matrix(x)

    assert np.isnan(matrix[[0, 2]]).all()
    assert matrix[1, 1] == pytest.approx(1.0)
    assert correlation_matrix(np.empty((0, 2))).shape == (2, 2)


def test_unknown_method_is_refused(table: np.ndarray) -> None:
    """The two known ones are named."""
    with pytest.raises(ValueError, match="'pearson' or 'spearman'"):
        correlation_matrix(table, "kendall")


def test_vif_equals_statsmodels(table: np.ndarray) -> None:
    """With the constant that statsmodels wants handed over."""
    design = np.column_stack([np.ones(200), table - 1e6])
    expected = [variance_inflation_factor(design, j) for j in range(1, 6)]

    assert vif(table) == pytest.approx(expected, rel=1e-4)


def test_vif_of_copies_is_infinite_and_touches_nobody_else(table: np.ndarray) -> None:
    """A copy, a sum of two columns, and a constant."""
    x = table[:, :3] - 1e6
    full = np.column_stack([x, x[:, 0], np.ones(200)])

    factors = vif(full)

    assert np.isinf(factors[[0, 3]]).all()
    assert np.isfinite(factors[[1, 2]]).all()
    assert np.isnan(factors[4])
