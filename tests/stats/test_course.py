"""Noisy curves: noise, level, trend, turns."""

import numpy as np
import pytest
from scipy import stats

from rung.stats.course import blocks, lag_one, level, noise_sd, reversals, running_median, trend


@pytest.mark.parametrize("sd", [0.01, 0.3])
def test_noise_is_found_under_a_curved_course(sd):
    """The course is taken out, ten jumps do not count."""
    steps = np.arange(2000)
    values = 3 * np.exp(-steps / 300) + np.random.default_rng(0).normal(0, sd, 2000)
    values[::200] += 50

    assert noise_sd(values) == pytest.approx(sd, rel=0.08)


def test_a_level_covers_the_truth_at_its_error():
    """Within two standard errors in about 95 of 100 stretches, correlated neighbours included."""
    rng, hits = np.random.default_rng(1), 0
    for _ in range(400):
        noise = rng.normal(0, 1, 200)
        for place in range(1, 200):
            noise[place] += 0.5 * noise[place - 1]
        found = level(noise)
        hits += abs(found.value) < 2 * found.error

    assert 0.90 < hits / 400 <= 0.995


def test_trend_agrees_with_scipy():
    """Kendall's tau and the Theil-Sen slope."""
    values = np.random.default_rng(2).normal(0, 1, 40) + np.arange(40) * 0.05
    found = trend(values)

    assert found.tau == pytest.approx(stats.kendalltau(np.arange(40), values).statistic)
    assert found.slope == pytest.approx(stats.theilslopes(values).slope)


def test_trend_has_the_stated_size():
    """|z| > 2.58 in one of a hundred curves without a trend."""
    rng = np.random.default_rng(3)
    beyond = [abs(trend(rng.normal(0, 1, 15)).z) > 2.576 for _ in range(3000)]

    assert np.mean(beyond) < 0.013


def test_neighbours_of_noise_and_of_a_zigzag():
    """Near zero for noise, -1 for a zigzag."""
    noise = np.random.default_rng(4).normal(0, 1, 3000)
    zigzag = (-1.0) ** np.arange(100) + np.linspace(0, 30, 100)

    assert -0.2 < lag_one(noise) < 0.0
    assert lag_one(zigzag) < -0.97


def test_noise_has_no_turns():
    """None in 299 of 300 curves of independent noise, for every length."""
    rng = np.random.default_rng(5)
    turns = [reversals(blocks(rng.normal(0, 1, n), 12), floor=0.0) for n in (60, 240, 1000) for _ in range(1000)]

    assert np.mean(np.array(turns) > 0) <= 1 / 300


def test_a_wave_has_its_turns():
    """Three periods turn five times or more."""
    values = np.sin(np.arange(300) * 2 * np.pi / 100) + np.random.default_rng(6).normal(0, 0.1, 300)

    assert reversals(blocks(values, 24), floor=0.1) >= 2


def test_running_median_ignores_a_spike():
    """One spike is gone, the rest stays."""
    assert running_median([1, 1, 9, 1, 1], 3).tolist() == [1, 1, 1, 1, 1]
