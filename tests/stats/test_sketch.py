"""A distribution as a list of cut points."""

import numpy as np
import pytest
from scipy.stats import ks_2samp, norm

from rung.stats.sketch import (
    bin_shares,
    coarse_cuts,
    cut_points,
    hashes,
    mass_distance,
    normal_scores,
    packed,
    shares_at,
    step_distance,
    unpacked,
)

LAWS = {
    "normal": lambda rng, n: rng.normal(size=n),
    "lognormal": lambda rng, n: rng.lognormal(0, 2, n),
    "counts": lambda rng, n: rng.poisson(3, n).astype(float),
    "two values": lambda rng, n: rng.integers(0, 2, n).astype(float),
    "mostly nought": lambda rng, n: np.where(rng.random(n) < 0.8, 0.0, rng.exponential(size=n)),
}


@pytest.mark.parametrize("name", LAWS)
@pytest.mark.parametrize("shift", [0.0, 0.3, 1.0])
def test_distance_to_the_sketch_is_that_to_the_rows(name, shift):
    """Never larger than scipy's, and at most 0.02 smaller."""
    rng = np.random.default_rng(0)
    a, b = LAWS[name](rng, 3_000), LAWS[name](rng, 2_000) + shift
    edges, below, upto = cut_points(a)
    sketched, exact = step_distance(below, upto, *shares_at(b, edges)), ks_2samp(a, b).statistic

    assert exact - 0.02 <= sketched <= exact + 1e-12
    assert edges.size <= 41


def test_bins_share_the_rows_and_sum_to_one():
    """Ten of them for a continuous column, fewer where values are heavy."""
    edges, _, upto = cut_points(np.random.default_rng(0).normal(size=5_000))
    shares = bin_shares(upto, coarse_cuts(upto))

    assert edges.size == 41
    assert shares.sum() == pytest.approx(1)
    assert shares == pytest.approx(np.full(10, 0.1), abs=0.03)


def test_chance_of_the_total_variation():
    """The mean over draws of two equal samples is what is foretold."""
    rng = np.random.default_rng(0)
    share = np.array([0.5, 0.3, 0.15, 0.05])
    pairs = [(rng.multinomial(300, share) / 300, rng.multinomial(500, share) / 500) for _ in range(800)]
    real = np.mean([np.abs(p - q).sum() / 2 for p, q in pairs])

    assert np.mean([mass_distance(p, q, 300, 500)[1] for p, q in pairs]) == pytest.approx(real, rel=0.03)


def test_normal_scores_inside_and_outside():
    """The known law comes back; a thousandfold value gets a far score; missing stays missing."""
    rng = np.random.default_rng(0)
    x = rng.lognormal(1, 0.4, 5_000)
    sketch = cut_points(x)
    told = normal_scores(x, *sketch, 5_000)

    assert np.quantile(np.abs(told - (np.log(x) - 1) / 0.4), 0.995) < 0.2
    assert normal_scores([x.mean() * 1000], *sketch, 5_000)[0] > 100
    assert norm.cdf(told).mean() == pytest.approx(0.5, abs=0.01)
    assert np.isnan(normal_scores([np.nan], *sketch, 5_000)[0])


def test_hashes_come_back_from_text():
    """Three bytes each."""
    codes = hashes([f"level {place}" for place in range(500)])

    assert np.array_equal(unpacked(packed(codes)), codes)
    assert len(packed(codes)) == 4 * codes.size
