"""How much windows differ by themselves: levels on series that wander, power on those that do not."""

import math

import numpy as np
import pytest
from scipy.signal import lfilter

from rung.stats.distributions import kolmogorov_tail
from rung.stats.natural import MEAN_SQUARE, SPREAD, excess_at, forward_excess, natural_p, window_sizes
from rung.stats.sketch import coarse_cuts, cut_points, shares_at, step_distance

N, M = 4_000, 400


def series(kind, rng, n):
    """A series of n rows whose level moves in some way."""
    noise = rng.normal(size=n)
    if kind == "independent":
        return noise
    if kind == "autoregressive":
        return lfilter([1], [1, -0.95], rng.normal(size=n + 500))[500:]
    if kind == "random walk":
        return noise + 0.01 * np.cumsum(rng.normal(size=n))
    if kind == "season":
        return noise + 0.5 * np.sin(np.arange(n) / n * 6 * np.pi + rng.uniform(0, 6))
    return noise + np.arange(n) / n  # a trend


def p_values(x):
    """(against sampling, against windows too) for the rows after the first N."""
    rng = np.random.default_rng(0)
    edges, below, upto = cut_points(x[:N])
    codes = np.minimum(np.searchsorted(edges, x[:N]), edges.size - 1)
    coarse = np.searchsorted(coarse_cuts(upto), np.arange(upto.size), "left")
    excess = forward_excess(codes, edges.size, coarse, rng)
    distance = step_distance(below, upto, *shares_at(x[N:], edges))
    root = math.sqrt(N * (len(x) - N) / len(x))
    plain = kolmogorov_tail((root + 0.12 + 0.11 / root) * distance)
    wander, windows = excess_at([(each.rows, each.windows, each.step) for each in excess], len(x) - N)
    return plain, max(plain, natural_p(distance, MEAN_SQUARE * (1 / N + 1 / (len(x) - N)), wander, windows))


@pytest.mark.parametrize("kind", ["independent", "autoregressive", "random walk", "season", "trend"])
def test_level_holds_however_the_series_wanders(kind):
    """At most 4 of 60 continuations pass one in a hundred, where the law of sampling alone accuses a third of them and more."""
    found = np.array([p_values(series(kind, np.random.default_rng(seed), N + M)) for seed in range(60)])

    assert (found[:, 1] < 0.01).sum() <= 4
    assert kind == "independent" or (found[:, 0] < 0.01).mean() > 0.3


def test_power_is_left_where_nothing_wanders():
    """Independent rows, a shift of half a deviation: still one in ten thousand."""
    hits = 0
    for seed in range(20):
        x = np.random.default_rng(seed).normal(size=N + M)
        x[N:] += 0.5
        hits += p_values(x)[1] < 1e-4

    assert hits >= 15


def test_constants_of_kolmogorov():
    """Mean and spread of the squared variable, by its distribution function."""
    grid = np.linspace(1e-4, 4, 40_001)
    tail = np.array([kolmogorov_tail(float(each)) for each in grid])
    step = grid[1] - grid[0]
    mean, fourth = (2 * grid * tail).sum() * step, (4 * grid**3 * tail).sum() * step

    assert mean == pytest.approx(MEAN_SQUARE, rel=1e-3)
    assert math.sqrt(fourth - mean**2) / mean == pytest.approx(SPREAD, abs=0.01)


def test_sizes_leave_eight_windows_and_stop_at_thirty_rows():
    """Short tables have none."""
    assert window_sizes(300) == []
    assert window_sizes(4_000) == [333, 166, 83, 41]


def test_excess_between_and_beyond_the_sizes():
    """Interpolated on logarithms; carried on with a slope between -1 and 1; nothing from nothing."""
    walk = [(100, 40, 0.001), (200, 20, 0.002), (400, 10, 0.004)]

    assert excess_at(walk, 200)[0] == pytest.approx(0.002)
    assert excess_at(walk, 800)[0] == pytest.approx(0.008)
    assert excess_at([(100, 40, 0.0), (200, 20, 0.0)], 120) == (0.0, 40)
    assert excess_at([], 10) == (0.0, 0)
