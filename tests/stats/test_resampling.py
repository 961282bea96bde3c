"""Seeds are stable; bootstrap and permutation keep their promises."""

import math

import numpy as np
import pytest

from rung.stats.resampling import bootstrap_interval, bootstrap_mean, bootstrap_rows, derive_seed, permutation_p, permutation_test, rng_for


def test_seeds_are_the_same_in_every_process() -> None:
    """The number is written down here: a new version must not change it."""
    assert derive_seed(0, "out_of_fold") == 3105368157815698537
    assert derive_seed(0, "a") != derive_seed(1, "a") != derive_seed(1, "b")
    assert rng_for(3, "x").random() == rng_for(3, "x").random()


def test_seed_and_name_do_not_run_into_each_other() -> None:
    """Seed 1 with name '2x' is not seed 12 with name 'x'."""
    assert derive_seed(1, "2x") != derive_seed(12, "x")


def test_permutation_p_by_hand() -> None:
    """One of three nulls is as large: (1 + 1) / (1 + 3)."""
    assert permutation_p(2.0, [1.0, 2.0, 0.5]) == 0.5
    assert permutation_p(math.nan, [1.0]) == 1.0


def test_permutation_test_of_noise_is_uniform() -> None:
    """Unrelated columns are called related 5 % of the time."""
    rng = np.random.default_rng(0)
    p = [
        permutation_test(lambda a, b: abs(float(a @ b)), rng.normal(size=20), rng.normal(size=20), n_permutations=99, seed=i).p
        for i in range(400)
    ]

    assert np.mean(np.array(p) <= 0.05) == pytest.approx(0.05, abs=0.03)


@pytest.mark.parametrize("values", [[], [2.0]])
def test_bootstrap_of_too_little_is_nan(values: list[float]) -> None:
    """One row has no spread."""
    assert math.isnan(bootstrap_mean(values).low)


def test_bootstrap_mean_covers() -> None:
    """Skewed loss differences, 60 rows: the truth is inside about 93 % of the time."""
    rng = np.random.default_rng(1)
    inside = [i.low <= 1 <= i.high for i in (bootstrap_mean(rng.exponential(size=60), n_resamples=400, seed=s) for s in range(400))]

    assert 0.89 < np.mean(inside) < 0.98


def test_strata_shrink_the_interval_when_they_explain_the_values() -> None:
    """Between-class spread does not count when class sizes are fixed; sizes above and below the switch agree."""
    rng = np.random.default_rng(2)
    for n in (2_000, 40_000):
        y = rng.integers(0, 2, n)
        x = 10.0 * y + rng.normal(size=n)
        loose, tight = bootstrap_mean(x, seed=1), bootstrap_mean(x, strata=y, seed=1)

        assert loose.width == pytest.approx(2 * 1.96 * x.std() / math.sqrt(n), rel=0.07)
        assert tight.width == pytest.approx(2 * 1.96 / math.sqrt(n), rel=0.07)


def test_groups_widen_the_interval() -> None:
    """Ten rows an entity that all say the same are one row's worth."""
    rng = np.random.default_rng(3)
    x = np.repeat(rng.normal(size=200), 10)

    interval = bootstrap_mean(x, groups=np.repeat(np.arange(200), 10), seed=0)

    assert interval.width == pytest.approx(2 * 1.96 * x.std() / math.sqrt(200), rel=0.1)


def test_bootstrap_interval_takes_any_statistic() -> None:
    """The median of 100 normals: standard error about 1.2533 / 10."""
    x = np.random.default_rng(4).normal(size=400)

    interval = bootstrap_interval(lambda a: float(np.median(a)), x, seed=0)

    assert interval.width == pytest.approx(2 * 1.96 * 1.2533 / 20, rel=0.25)
    assert math.isnan(bootstrap_interval(lambda a: float(np.median(a)), np.empty(0)).low)


def test_bootstrap_rows_keep_strata_sizes() -> None:
    """Each draw has as many of each class as the data."""
    y = np.array([0, 0, 0, 1, 1])

    for rows in bootstrap_rows(5, 5, strata=y):
        assert np.bincount(y[rows]).tolist() == [3, 2]
