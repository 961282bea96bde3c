"""Spread and tails of residuals."""

import numpy as np
import pytest
from statsmodels.stats.diagnostic import het_breuschpagan

from rung.stats.residuals import koenker, share_of_largest


def test_koenker_equals_statsmodels():
    """On ranks as the only regressor."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=300)
    e = rng.normal(size=300) * np.exp(0.3 * x)
    ranks = np.argsort(np.argsort(x)) + 1.0
    trusted = het_breuschpagan(e - e.mean(), np.column_stack([np.ones(300), ranks]))

    assert koenker(e, x).p == pytest.approx(trusted[1], rel=1e-6)


def test_equal_spread_is_seldom_called_unequal():
    """One in twenty at five per cent."""
    rng = np.random.default_rng(1)
    p = [koenker(rng.normal(size=200), rng.normal(size=200)).p for _ in range(400)]

    assert np.mean(np.array(p) < 0.05) == pytest.approx(0.05, abs=0.03)


def test_a_normal_curve_gives_its_known_share():
    """2 (z phi(z) + 1 - Phi(z)) at z = 2.576 is 0.085."""
    assert share_of_largest(np.random.default_rng(2).normal(size=200_000), 0.01) == pytest.approx(0.085, abs=0.003)


def test_too_few_rows_say_nothing():
    """No crash, no verdict."""
    assert koenker([1.0, 2.0], [1.0, 2.0]).p == 1.0
    assert np.isnan(share_of_largest([], 0.01))
