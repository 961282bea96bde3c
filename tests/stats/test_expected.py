"""Scores to expect without labels."""

import numpy as np
import pytest
from sklearn.isotonic import IsotonicRegression
from sklearn.metrics import roc_auc_score

from rung.stats.expected import calibrated, effective_rows, expected_auc, pooled


def test_pooling_is_isotonic_regression():
    """Against scikit-learn."""
    rng = np.random.default_rng(0)
    y, w = np.cumsum(rng.normal(size=40)) + rng.normal(size=40), rng.integers(1, 9, 40).astype(float)

    assert pooled(y, w) == pytest.approx(IsotonicRegression().fit_transform(np.arange(40), y, sample_weight=w))


def test_expected_auc_is_that_of_drawn_labels():
    """Labels drawn with the given chances: the mean AUC over draws."""
    rng = np.random.default_rng(0)
    chance = rng.beta(1, 2, 2_000)
    score = chance**0.5 + rng.normal(0, 0.1, 2_000)
    drawn = np.mean([roc_auc_score(rng.random(2_000) < chance, score) for _ in range(60)])

    assert expected_auc(score, chance) == pytest.approx(drawn, abs=0.004)


def test_calibrated_reads_the_meaning_off_bins():
    """Between bins interpolated, outside held, noise evened out."""
    told = calibrated([0.0, 0.2, 0.3, 0.9], [0.1, 0.3, 0.5, 0.7], [0.2, 0.1, 0.5, 0.6], [10, 10, 10, 10])

    assert told == pytest.approx([0.15, 0.15, 0.15, 0.6])
    assert np.isnan(calibrated([0.5], [], [], [])).all()


def test_effective_rows_by_hand():
    """(1 + 1 + 2)^2 / (1 + 1 + 4) = 16 / 6."""
    assert effective_rows([1, 1, 2]) == pytest.approx(16 / 6)
    assert effective_rows([0.0]) == 0.0
