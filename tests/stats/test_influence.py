"""Influence of rows on a score, against DeLong's variance and the bootstrap."""

import numpy as np
import pytest

from rung.stats.delong import delong_paired
from rung.stats.influence import auc_influence, error_of, r2_influence
from rung.stats.metrics import r2


def test_auc_error_is_delongs():
    """The paired error from influences equals DeLong's for the same two models."""
    rng = np.random.default_rng(0)
    y = rng.random(400) < 0.3
    a, b = y + rng.normal(size=400), y + rng.normal(size=400)
    test = delong_paired(y, a, b)

    assert error_of(auc_influence(y, a) - auc_influence(y, b)) == pytest.approx((test.high - test.low) / 2 / 1.959964, rel=0.01)


def test_r2_error_is_the_bootstraps():
    """The error of R2 agrees with resampled rows."""
    rng = np.random.default_rng(1)
    y = rng.normal(size=600)
    said = y + rng.normal(size=600)
    draws = [rng.integers(0, 600, 600) for _ in range(800)]
    spread = np.std([r2(y[rows], said[rows]) for rows in draws])

    assert error_of(r2_influence(y, said)) == pytest.approx(spread, rel=0.12)


def test_one_class_has_no_influence():
    """Without a second class there is no score to pull."""
    assert not auc_influence(np.ones(5), np.arange(5.0)).any()
    assert not r2_influence(np.ones(5), np.arange(5.0)).any()
