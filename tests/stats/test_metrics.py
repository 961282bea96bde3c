"""Every score equals scikit-learn's where scikit-learn answers, and is NaN where it refuses."""

import math

import numpy as np
import pytest
from sklearn import metrics as sk

from rung.stats import metrics


@pytest.fixture(params=[0, 1, 2])
def scored(request: pytest.FixtureRequest) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Labels, tied probabilities and weights."""
    rng = np.random.default_rng(request.param)
    y = rng.integers(0, 2, 300)
    p = np.clip(np.round(0.3 * y + 0.7 * rng.random(300), 2), 0, 1)
    return y, p, rng.exponential(size=300)


def test_binary_scores_equal_sklearn(scored: tuple[np.ndarray, np.ndarray, np.ndarray]) -> None:
    """With and without weights."""
    y, p, w = scored
    for weights in (None, w):
        assert metrics.roc_auc(y, p, weights) == pytest.approx(sk.roc_auc_score(y, p, sample_weight=weights))
        assert metrics.average_precision(y, p, weights) == pytest.approx(sk.average_precision_score(y, p, sample_weight=weights))
        assert metrics.log_loss(y, p, weights) == pytest.approx(sk.log_loss(y, p, sample_weight=weights))
        assert metrics.brier(y, p, weights) == pytest.approx(sk.brier_score_loss(y, p, sample_weight=weights))


def test_multiclass_scores_equal_sklearn() -> None:
    """One column a class."""
    rng = np.random.default_rng(3)
    y, p = rng.integers(0, 4, 200), rng.dirichlet(np.ones(4), 200)

    assert metrics.auc_macro(y, p) == pytest.approx(sk.roc_auc_score(y, p, multi_class="ovr"))
    assert metrics.log_loss(y, p) == pytest.approx(sk.log_loss(y, p))
    assert metrics.brier(y, p) == pytest.approx(np.mean(np.sum((p - np.eye(4)[y]) ** 2, axis=1)))


def test_regression_scores_equal_sklearn() -> None:
    """With and without weights."""
    rng = np.random.default_rng(4)
    y = rng.normal(size=100)
    f, w = y + rng.normal(size=100), rng.exponential(size=100)
    for weights in (None, w):
        assert metrics.r2(y, f, weights) == pytest.approx(sk.r2_score(y, f, sample_weight=weights))
        assert metrics.mae(y, f, weights) == pytest.approx(sk.mean_absolute_error(y, f, sample_weight=weights))
        assert metrics.rmse(y, f, weights) == pytest.approx(sk.root_mean_squared_error(y, f, sample_weight=weights))


def test_label_scores_equal_sklearn_on_strings() -> None:
    """Labels may be anything that compares."""
    rng = np.random.default_rng(5)
    y, f = rng.choice(["a", "b", "c"], 100), rng.choice(["a", "b", "c"], 100)

    assert metrics.accuracy(y, f) == pytest.approx(sk.accuracy_score(y, f))
    assert metrics.balanced_accuracy(y, f) == pytest.approx(sk.balanced_accuracy_score(y, f))


def test_gini_by_hand() -> None:
    """Pairs (1 > 0): three of four won, AUC 0.75, Gini 0.5."""
    assert metrics.normalised_gini([0, 1, 0, 1], [0.1, 0.3, 0.5, 0.9]) == pytest.approx(0.5)


def test_certain_and_wrong_stays_finite() -> None:
    """A probability of zero for what happened costs 36 nats, not infinity."""
    assert metrics.log_loss([1], [0.0]) == pytest.approx(36.04, abs=0.01)


@pytest.mark.filterwarnings("error")
def test_nothing_to_score_is_nan() -> None:
    """No rows, one class, a constant target."""
    empty = np.empty(0)
    answers = [
        metrics.roc_auc(empty, empty),
        metrics.roc_auc([1, 1], [0.2, 0.3]),
        metrics.average_precision([0, 0], [0.2, 0.3]),
        metrics.auc_macro([1, 1], [[0.1, 0.9], [0.2, 0.8]]),
        metrics.log_loss(empty, empty),
        metrics.r2([2, 2], [1, 2]),
        metrics.r2([2], [1]),
        metrics.rmse(empty, empty),
        metrics.accuracy(empty, empty),
        metrics.balanced_accuracy(empty, empty),
    ]

    assert all(math.isnan(a) for a in answers)


def test_what_does_not_belong_together_is_refused() -> None:
    """Lengths and labels are the caller's business."""
    with pytest.raises(ValueError, match="lengths differ"):
        metrics.roc_auc([0, 1], [0.5])
    with pytest.raises(ValueError, match="0 or 1"):
        metrics.roc_auc([0, 2], [0.5, 0.1])
    with pytest.raises(ValueError, match="do not fit"):
        metrics.log_loss([0, 3], [[0.5, 0.5], [0.5, 0.5]])
