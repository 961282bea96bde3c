"""Clusters of rows, and what they are worth."""

import numpy as np
import pytest

from rung.stats.clusters import independent_share, spread_between


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


@pytest.mark.parametrize("between", [0.0, 0.25, 1.0])
def test_the_spread_between_clusters_is_what_their_rows_do_not_bring(between):
    """Forty clusters of unequal size, drawn 200 times: the mean estimate is the variance that was put in."""
    rng = np.random.default_rng(3)
    codes = np.repeat(np.arange(40), rng.integers(5, 40, 40))
    drawn = [spread_between(codes, rng.normal(0, between**0.5, 40)[codes] + rng.normal(size=len(codes))) for _ in range(200)]

    assert np.mean(drawn) == pytest.approx(between, rel=0.1, abs=0.02)


def test_two_clusters_have_no_spread_to_tell():
    """One difference is no sample of differences."""
    assert spread_between([0, 0, 1, 1], [0.0, 1.0, 5.0, 6.0]) == 0.0
