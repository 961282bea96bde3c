"""Learning curves: power laws are recovered, curves that are not well behaved give no forecast."""

import numpy as np
import pytest

from rung.stats.learning_curve import curve_points, forecast

SIZES = np.array([100.0, 200.0, 400.0, 800.0, 1600.0])


def curve(means, noise=0.002, seed=0, folds=5, draws=2):
    rng = np.random.default_rng(seed)
    means = np.asarray(means, dtype=float)[:, None, None]
    spread = noise * np.sqrt(SIZES[-1] / SIZES)[: len(means), None, None]
    fold = rng.normal(0, 0.02, (1, folds, 1))  # rows of a fold are easy or hard at every size
    return curve_points(SIZES[: len(means)], means + fold + rng.normal(size=(len(means), folds, draws)) * spread)


def law(x, a=0.9, b=0.15, c=0.5):
    return a - b * (x / SIZES[-1]) ** -c


def test_a_power_law_is_forecast():
    """The gain at twice the rows of an exact law, within its interval and near it."""
    truth = law(2 * SIZES[-1]) - law(SIZES[-1])
    found = forecast(curve(law(SIZES)), 2.0, chance=0.5, best=1.0)

    assert found.gain.value == pytest.approx(truth, rel=0.3)
    assert found.gain.low < truth < found.gain.high


def test_intervals_cover_over_many_laws():
    """80 % intervals over laws of many exponents hold the truth at least that often where the law is exact."""
    rng, hits = np.random.default_rng(1), []
    for seed in range(120):
        c, b = rng.uniform(0.2, 1.2), rng.uniform(0.02, 0.2)
        found = forecast(curve(law(SIZES, b=b, c=c), seed=seed), 2.0, chance=0.5, best=1.0)
        truth = law(2 * SIZES[-1], b=b, c=c) - law(SIZES[-1], b=b, c=c)
        hits += [] if found.gain is None else [found.gain.low <= truth <= found.gain.high]

    assert len(hits) > 100
    assert np.mean(hits) >= 0.75


@pytest.mark.parametrize(
    ("means", "why"),
    [
        ([0.70, 0.75, 0.72, 0.78, 0.80], "not well behaved"),
        ([0.80, 0.78, 0.74, 0.70, 0.66], "not well behaved"),
        ([0.50, 0.501, 0.502, 0.501, 0.502], "not left chance"),
        ([0.70, 0.75], "fewer than three"),
    ],
)
def test_abstains_where_the_curve_is_not_well_behaved(means, why):
    """A dip, a fall, a score at chance, two sizes: no forecast, and the reason."""
    found = forecast(curve(means), 2.0, chance=0.5, best=1.0)

    assert found.gain is None
    assert why in found.why


def test_no_forecast_beyond_perfection():
    found = forecast(curve([0.90, 0.95, 0.98, 0.992, 0.998]), 2.0, chance=0.5, best=1.0)

    assert found.gain is None or found.gain.high <= 0.002 + 0.03
