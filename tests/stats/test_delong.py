"""DeLong's variance against the quadratic formula, and coverage by simulation."""

import math

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from rung.stats.delong import auc_interval, delong_paired, macro_auc


def _quadratic(y: np.ndarray, scores: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """AUCs and covariance straight from DeLong et al. (1988): every pair compared."""
    aucs, tens, ones = [], [], []
    for s in scores:
        wins = (s[y == 1][:, None] > s[y == 0]) + 0.5 * (s[y == 1][:, None] == s[y == 0])
        aucs.append(wins.mean())
        tens.append(wins.mean(axis=1))
        ones.append(wins.mean(axis=0))
    m, n = int(y.sum()), int((1 - y).sum())
    return np.array(aucs), np.cov(tens) / m + np.cov(ones) / n


@pytest.fixture
def two_models() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """120 rows and two correlated, tied scores."""
    rng = np.random.default_rng(3)
    y = (rng.random(120) < 0.3).astype(int)
    a = np.round(rng.normal(y, 1.0), 1)
    return y, a, np.round(0.5 * a + rng.normal(0.3 * y, 1.0), 1)


def test_paired_difference_equals_the_quadratic_formula(two_models: tuple[np.ndarray, np.ndarray, np.ndarray]) -> None:
    """The fast midranks give the covariance of all pairs."""
    y, a, b = two_models
    aucs, covariance = _quadratic(y, [a, b])
    error = math.sqrt(covariance[0, 0] + covariance[1, 1] - 2 * covariance[0, 1])

    test = delong_paired(y, a, b)

    assert test.difference == pytest.approx(aucs[0] - aucs[1])
    assert (test.high - test.low) / 2 == pytest.approx(1.959964 * error, rel=1e-6)


def test_auc_interval_holds_sklearns_auc(two_models: tuple[np.ndarray, np.ndarray, np.ndarray]) -> None:
    """The centre is the AUC itself."""
    y, a, _ = two_models

    interval = auc_interval(y, a)

    assert interval.value == pytest.approx(roc_auc_score(y, a))
    assert 0 < interval.low < interval.value < interval.high < 1


def test_perfect_ranking_still_has_a_width() -> None:
    """Ten of each class ranked perfectly do not prove an AUC of one."""
    interval = auc_interval([0] * 10 + [1] * 10, list(range(20)))

    assert interval.value == 1.0
    assert interval.high == pytest.approx(1.0)
    assert 0.7 < interval.low < 0.95


@pytest.mark.parametrize("y", [[], [1], [0, 0, 0], [1, 1]])
def test_one_class_gives_nan(y: list[int]) -> None:
    """Without both classes there is nothing to rank."""
    assert math.isnan(auc_interval(y, np.zeros(len(y))).low)
    assert delong_paired(y, np.zeros(len(y)), np.zeros(len(y))).p == 1.0


def test_same_ranking_is_no_difference() -> None:
    """A monotone copy of a score differs from it by nothing."""
    rng = np.random.default_rng(0)
    y, a = rng.integers(0, 2, 50), rng.normal(size=50)

    assert delong_paired(y, a, np.exp(a)).p == 1.0


@pytest.mark.parametrize(("n_positive", "auc", "floor"), [(10, 0.8, 0.9), (50, 0.8, 0.92), (200, 0.95, 0.92)])
def test_coverage(n_positive: int, auc: float, floor: float) -> None:
    """The 95 % interval holds the true AUC about 95 % of the time."""
    from scipy.stats import norm

    rng, shift = np.random.default_rng(5), norm.ppf(auc) * math.sqrt(2)
    y = np.r_[np.ones(n_positive), np.zeros(3 * n_positive)]
    intervals = [auc_interval(y, rng.normal(shift * y)) for _ in range(600)]

    assert np.mean([i.low <= auc <= i.high for i in intervals]) > floor


def test_paired_level() -> None:
    """Two equally good noisy copies of one score are told apart 5 % of the time."""
    rng = np.random.default_rng(6)
    y = np.r_[np.ones(60), np.zeros(140)]
    p = []
    for _ in range(600):
        base = rng.normal(y)
        p.append(delong_paired(y, base + rng.normal(size=200), base + rng.normal(size=200)).p)

    assert np.mean(np.array(p) < 0.05) == pytest.approx(0.05, abs=0.025)


def test_macro_auc_of_one_class_is_delongs() -> None:
    """Value of scikit-learn, error of the interval on the plain scale."""
    rng = np.random.default_rng(5)
    y = rng.integers(0, 2, 300)
    score = rng.normal(size=300) + y
    value, error = macro_auc(y, np.column_stack([-score, score]), [1])
    paired = delong_paired(y, score, np.zeros(300))  # against a constant: the error is the score's own

    assert value == pytest.approx(roc_auc_score(y, score))
    assert error == pytest.approx((paired.high - paired.low) / (2 * 1.959964), rel=0.02)


def test_macro_auc_error_is_the_spread_over_samples() -> None:
    """Four classes whose areas depend on each other."""
    rng, seen = np.random.default_rng(6), []
    for _ in range(300):
        y, scores = rng.integers(0, 4, 200), rng.normal(size=(200, 4))
        scores[np.arange(200), y] += 1
        seen.append(macro_auc(y, scores / np.abs(scores).sum(axis=1, keepdims=True), range(4)))
    values, errors = np.array(seen).T

    assert errors.mean() == pytest.approx(values.std(), rel=0.12)
