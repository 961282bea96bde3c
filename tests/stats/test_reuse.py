"""Optimism by choosing on the test set, against simulated analysts."""

import numpy as np
import pytest

from rung.stats.reuse import optimism


def analyst(rng, k=20, error=0.02, skill=0.0, shared=0.0):
    """k models on one test set: true skills, row noise of which a part is shared by all; the best is chosen. Returns estimate and truth."""
    truth = rng.normal(0, skill, k)
    common = rng.normal(0, error * np.sqrt(shared))
    own = rng.normal(0, error * np.sqrt(1 - shared), k)
    scores, best = truth + common + own, int(np.argmax(truth + own))
    sketches = rng.normal(0, 1, (1, 64)) * error * np.sqrt(shared) * np.sqrt(1_000) + rng.normal(0, 1, (k, 64)) * error * np.sqrt(
        1 - shared
    ) * np.sqrt(1_000)
    return optimism(scores, np.full(k, error), sketches, 1_000, best), float(own[best])


@pytest.mark.parametrize(("skill", "shared"), [(0.0, 0.0), (0.01, 0.0), (0.05, 0.0), (0.005, 0.9), (0.02, 0.9)])
def test_expected_optimism_is_unbiased(skill, shared):
    """Over many analysts the mean estimate is near the mean truth, for equal models and for truly better ones."""
    rng = np.random.default_rng(0)
    pairs = [analyst(rng, skill=skill, shared=shared) for _ in range(400)]
    estimate, truth = np.mean([each.expected for each, _ in pairs]), np.mean([own for _, own in pairs])

    assert estimate == pytest.approx(truth, abs=0.006)


def test_bound_holds_for_an_analyst_who_builds_on_the_answers():
    """Votes of coin-flip classifiers, each turned by the answer of the test set: the gain stays below the bound."""
    rng, n = np.random.default_rng(1), 500
    for k in (10, 50, 200):
        gains = []
        for _ in range(30):
            y = rng.integers(0, 2, n) * 2 - 1
            votes = rng.integers(0, 2, (k, n)) * 2 - 1
            turned = votes * np.sign(votes @ y)[:, None]
            gains.append((np.sign(turned.sum(axis=0) + 0.5) == y).mean() - 0.5)
        bound = optimism(np.zeros(k), np.full(k, 0.5 / np.sqrt(n)), None, n, 0).at_most

        assert np.mean(gains) <= bound


def test_one_model_has_no_optimism():
    assert optimism([0.8], [0.01], None, 100, 0).expected == 0.0
