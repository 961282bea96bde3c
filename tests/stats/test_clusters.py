"""Clusters of rows, and what they are worth."""

import numpy as np
import pytest

from rung.stats.clusters import independent_share


def test_clusters_of_one_answer_count_once():
    """50 clusters of 8 equal rows are 50 rows."""
    codes = np.repeat(np.arange(50), 8)

    assert independent_share(codes, np.random.default_rng(0).normal(size=50)[codes]) == pytest.approx(1 / 8, rel=0.01)


def test_clusters_that_do_not_differ_cost_nothing():
    """Rows drawn without regard to the cluster: nearly all of them count."""
    rng = np.random.default_rng(1)

    assert independent_share(np.repeat(np.arange(100), 5), rng.normal(size=500)) > 0.8


def test_the_variance_of_the_mean_is_that_of_so_many_rows():
    """Half of the variance lies between clusters; simulated means spread as the share foretells."""
    rng = np.random.default_rng(2)
    codes = np.repeat(np.arange(60), 10)
    drawn = [rng.normal(size=60)[codes] + rng.normal(size=600) for _ in range(400)]
    share = np.mean([independent_share(codes, each) for each in drawn])

    assert np.var([each.mean() for each in drawn]) == pytest.approx(2 / (600 * share), rel=0.2)
