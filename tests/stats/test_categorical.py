"""Categories against scipy and scikit-learn; bias corrections against simulation."""

import math

import numpy as np
import pytest
from scipy import stats as st
from sklearn.metrics import mutual_info_score

from rung.stats.categorical import (
    category_auc,
    contingency,
    cramers_v,
    cross_fitted_means,
    entropy,
    independence_test,
    mutual_information,
    theils_u,
)


@pytest.fixture
def pair() -> tuple[np.ndarray, np.ndarray]:
    """Two related label columns, strings and numbers."""
    rng = np.random.default_rng(0)
    a = rng.integers(0, 4, 200)
    b = np.where(rng.random(200) < 0.5, a, rng.integers(0, 4, 200))
    return np.array(["d", "a", "c", "b"])[a], b


def test_table_and_plain_measures_equal_the_libraries(pair: tuple[np.ndarray, np.ndarray]) -> None:
    """Counts, Cramer's V, mutual information, entropy."""
    a, b = pair

    assert np.array_equal(contingency(a, b), st.contingency.crosstab(a, b).count)
    assert cramers_v(a, b, corrected=False) == pytest.approx(st.contingency.association(contingency(a, b).astype(int)))
    assert mutual_information(a, b, corrected=False) == pytest.approx(mutual_info_score(a, b))
    assert entropy([1, 2, 5]) == pytest.approx(st.entropy([1, 2, 5]))


def test_bias_corrections_centre_chance_on_zero() -> None:
    """Unrelated columns of twelve and six labels, 400 rows: plain figures are far above 0, corrected ones are not."""
    rng = np.random.default_rng(1)
    pairs = [(rng.integers(0, 12, 400), rng.integers(0, 6, 400)) for _ in range(200)]

    assert np.mean([mutual_information(a, b, corrected=False) for a, b in pairs]) > 0.06
    assert np.mean([mutual_information(a, b) for a, b in pairs]) == pytest.approx(0, abs=0.01)
    assert np.mean([cramers_v(a, b, corrected=False) for a, b in pairs]) > 0.15
    assert np.mean([cramers_v(a, b) for a, b in pairs]) < 0.06


def test_theils_u_is_one_sided() -> None:
    """b knows a's half, a knows b whole: H(a) = 2 bits, H(b) = 1 bit."""
    a = np.repeat([0, 1, 2, 3], 10)
    b = a // 2

    assert theils_u(a, b) == pytest.approx(0.5)
    assert theils_u(b, a) == pytest.approx(1.0)


def test_own_row_never_enters_its_rate() -> None:
    """A key with one row each gets the overall mean, nothing of its own label."""
    y = np.r_[np.zeros(50), np.ones(50)]

    means = cross_fitted_means(np.arange(100), y)

    assert abs(np.corrcoef(means, y)[0, 1]) < 0.5
    assert category_auc(np.arange(100), y) == pytest.approx(0.5, abs=1e-9)


def test_a_telling_category_is_found() -> None:
    """Rates 0.9 against 0.1."""
    rng = np.random.default_rng(2)
    a = rng.integers(0, 2, 500)
    y = rng.random(500) < np.where(a == 1, 0.9, 0.1)

    assert category_auc(np.where(a == 1, "x", "y"), y) == pytest.approx(0.9, abs=0.04)


def test_independence_uses_chi2_where_counts_allow(pair: tuple[np.ndarray, np.ndarray]) -> None:
    """The same statistic and p-value as scipy."""
    table = contingency(*pair)
    expected = st.chi2_contingency(table, correction=False)

    test = independence_test(table)

    assert test.method == "chi2"
    assert (test.statistic, test.p, test.dof) == pytest.approx((expected.statistic, expected.pvalue, expected.dof))


def test_independence_of_a_tiny_table_is_exact() -> None:
    """Fisher's tea: 3 of 4 and 1 of 4 gives p = 0.4857."""
    test = independence_test([[3, 1], [1, 3]])

    assert test.method == "fisher"
    assert test.p == pytest.approx(0.4857, abs=1e-4)


@pytest.mark.parametrize(("n", "k"), [(30, 8), (60, 20)])
def test_sparse_tables_keep_their_level(n: int, k: int) -> None:
    """Many rare categories: permutation answers, 5 % of the time falsely."""
    rng = np.random.default_rng(3)
    tests = [independence_test(contingency(rng.integers(0, k, n), rng.random(n) < 0.2), n_permutations=199, seed=s) for s in range(250)]

    assert {t.method for t in tests} <= {"permutation", "none"}
    assert np.mean([t.p <= 0.05 for t in tests]) < 0.09


@pytest.mark.filterwarnings("error")
def test_nothing_to_associate() -> None:
    """No rows or one label."""
    empty: list[int] = []

    assert math.isnan(mutual_information(empty, empty))
    assert math.isnan(theils_u(empty, empty))
    assert theils_u([1, 1], [1, 2]) == 1.0
    assert math.isnan(cramers_v([1, 1, 1], [1, 2, 3]))
    assert independence_test([[4, 0], [2, 0]]).method == "none"
    assert independence_test(np.zeros((0, 0))).p == 1.0
    assert contingency(empty, empty).shape == (0, 0)
