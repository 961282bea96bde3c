"""Shares of a common effect, against games worked by hand."""

import numpy as np
import pytest

from rung.stats.shapley import coalitions, exact, sampled


def glove(coalition):
    """One left glove (player 0), two right ones: a pair is worth 1."""
    return float(0 in coalition and len(coalition) > 1)


def test_glove_game_by_hand():
    """Shapley's own example: the scarce glove gets two thirds."""
    shares = exact(3, glove)

    assert shares.values == pytest.approx([2 / 3, 1 / 6, 1 / 6])


def test_redundant_players_share_alike():
    """Two leaks of which either is enough: each answers for half."""
    shares = exact(2, lambda coalition: float(bool(coalition)))

    assert shares.values == pytest.approx([0.5, 0.5])


def test_weights_rebuild_the_values():
    """The values are the weighted sum of the coalitions' worths, exact or sampled."""
    for shares in (exact(3, glove), sampled(3, glove, np.random.default_rng(0), lambda pairs: pairs >= 5)):
        rebuilt = sum(glove(each) * row for each, row in shares.weights.items())

        assert rebuilt == pytest.approx(shares.values)


def test_sampled_orders_cover_the_truth():
    """With eight players the interval by sampled orders holds the exact value nearly always, and shares sum to the whole."""
    rng = np.random.default_rng(3)
    pairs = rng.normal(size=(8, 8))

    def worth(coalition):
        members = sorted(coalition)
        return float(pairs[np.ix_(members, members)].sum())

    truth = exact(8, worth).values
    shares = sampled(8, worth, rng, lambda done: done >= 30)

    assert shares.values.sum() == pytest.approx(worth(frozenset(range(8))))
    assert np.mean(np.abs(shares.values - truth) <= shares.half + 1e-9) >= 0.75


def test_counts_all_coalitions():
    """2^n of them."""
    assert len(list(coalitions(6))) == 64
