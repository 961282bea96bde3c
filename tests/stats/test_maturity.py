"""Early outcomes beside ripe ones."""

import numpy as np

from rung.stats.maturity import early_bias


def drawn(seed, *, fast=1.0, move=0.0, jump=0.0):
    """Twelve periods of 300 rows, labels that come by exponential waits; `fast` is how much sooner positives come; rates move by `move`, or jump at the end."""
    rng = np.random.default_rng(seed)
    period = np.repeat(np.arange(12), 300)
    rate = 0.2 + rng.normal(0, move, 12)[period] + jump * (period < 3)
    outcome = (rng.random(3600) < rate).astype(float)
    known = rng.exponential(np.where(outcome == 1, 1.0, fast)) < period + 0.5
    ripe = period >= 8
    return early_bias(outcome, known, ripe, period < 3, period, np.full(3600, np.nan))


def test_no_bias_where_waits_are_alike():
    """The interval holds zero, also where rates wander from period to period."""
    for move in (0.0, 0.05):
        found = [drawn(seed, move=move) for seed in range(60)]

        assert np.mean([each.excludes(0.0) for each in found if each]) <= 0.1


def test_what_comes_soon_is_overstated():
    """Positives four times as fast."""
    assert sum(each is not None and each.low > 0.02 for each in (drawn(seed, fast=4.0) for seed in range(20))) >= 18


def test_more_positives_than_ripe_rates_allow_are_a_change():
    """No delay puts more positives among all young rows than there are."""
    assert all(drawn(seed, jump=0.6) is None for seed in range(5))


def test_too_few_ripe_rows_tell_nothing():
    """Ninety of them."""
    n = 200
    ripe = np.arange(n) >= 110

    assert early_bias(np.tile([0.0, 1.0], 100), np.ones(n, bool), ripe, ~ripe, np.arange(n) // 20, np.full(n, np.nan)) is None
