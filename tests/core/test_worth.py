"""How many repeats a gain needs, against simulation and the exact power of the t test."""

import numpy as np
import pytest
from scipy import stats

from rung.core.worth import repeats_needed


def exact(spread, gain, power=0.8, alpha=0.05):
    """Smallest n whose paired t test has the power, by the noncentral t distribution."""
    for n in range(2, 10_000):
        limit, shift = stats.t.ppf(1 - alpha / 2, n - 1), gain / spread * np.sqrt(n)
        if 1 - stats.nct.cdf(limit, n - 1, shift) + stats.nct.cdf(-limit, n - 1, shift) >= power:
            return n
    raise AssertionError


@pytest.mark.parametrize("ratio", [0.1, 0.3, 0.7, 1.0, 2.0])
def test_repeats_are_the_t_tests(ratio):
    """Within a run or two of the exact answer."""
    assert repeats_needed(1.0, ratio) == pytest.approx(exact(1.0, ratio), abs=max(2, 0.05 * exact(1.0, ratio)))


def test_a_set_up_without_luck_needs_one_run():
    assert repeats_needed(0.0, 0.01) == 1


def test_no_gain_is_never_shown():
    assert repeats_needed(1.0, 0.0) is None
    assert repeats_needed(float("nan"), 0.1) is None
