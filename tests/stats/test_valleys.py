"""Two hills are seen, one hill of any shape is not cut in two."""

import numpy as np
import pytest

from rung.stats.valleys import deepest_valley


@pytest.mark.parametrize("share", [0.03, 0.2, 0.5])
def test_finds_the_valley(share: float) -> None:
    """Six standard deviations apart, the smaller hill on the right."""
    rng = np.random.default_rng(0)
    x = np.sort(rng.normal(6 * (rng.random(1500) < share)))

    valley = deepest_valley(x)

    assert valley is not None
    assert 2 < valley.at < 5
    assert valley.p < 1e-4


@pytest.mark.parametrize("n", [50, 500, 5000])
@pytest.mark.parametrize("shape", ["normal", "exponential", "uniform", "standard_cauchy"])
def test_one_hill_stays_one(shape: str, n: int) -> None:
    """The p-value falls below 0.01 in at most 2 of 100 samples."""
    rng = np.random.default_rng(n)
    valleys = [deepest_valley(np.sort(getattr(rng, shape)(size=n))) for _ in range(100)]

    assert sum(v is not None and v.p < 0.01 for v in valleys) <= 2
