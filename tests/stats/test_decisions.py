"""Thresholds from costs and floors."""

import numpy as np
import pytest

from rung.stats.decisions import Aim, best_threshold, row_costs, tune


def drawn(n=6000, seed=0, slope=1.0):
    """Labels of 20 % positives drawn from true probabilities; the score is p, or stretched."""
    rng = np.random.default_rng(seed)
    z = rng.normal(-1.8, 1.3, n)
    y = rng.random(n) < 1 / (1 + np.exp(-z))
    return y, 1 / (1 + np.exp(-slope * z))


def test_the_costs_alone_set_the_threshold_of_true_probabilities():
    """C_FP / (C_FP + C_FN), whatever the share of positives: Elkan (2001), and no other threshold is much better."""
    y, p = drawn()
    aim = Aim(cost_fp=1.0, cost_fn=4.0)
    found = tune(y, p, aim, probabilities=True)

    assert aim.fair == pytest.approx(0.2)
    assert found.threshold == pytest.approx(0.2, abs=0.03)


def test_best_threshold_by_hand():
    """Five rows: calling the first three costs one alarm (1), any other cut costs a miss (3) or more."""
    y, score = np.array([True, False, True, False, False]), np.array([0.9, 0.8, 0.7, 0.2, 0.1])

    assert best_threshold(y, score, Aim(cost_fp=1.0, cost_fn=3.0)) == pytest.approx(0.45)


def test_stretched_probabilities_are_mended_before_the_costs_speak():
    """Log-odds times 3: the costs' own threshold is wrong for them, the regret of the chosen one is small on new rows."""
    aim = Aim(cost_fp=1.0, cost_fn=9.0)
    found = tune(*drawn(slope=3.0), aim, probabilities=True)
    y, p = drawn(slope=3.0, seed=1, n=40_000)
    best = row_costs(y, p >= best_threshold(y, p, aim), aim).mean()

    assert found.way != "as the costs say"
    assert row_costs(y, p >= found.threshold, aim).mean() <= 1.05 * best


def test_a_recall_floor_holds_on_rows_that_did_not_choose():
    """Nine in ten positives found, by cross-fitted calls."""
    y, p = drawn()
    found = tune(y, p, Aim(min_recall=0.9), probabilities=True)

    assert found.called[y].mean() == pytest.approx(0.9, abs=0.02)


def test_a_precision_floor_is_kept_with_the_most_recall():
    """The lowest threshold at which three in four calls are right."""
    y, p = drawn()
    found = tune(y, p, Aim(min_precision=0.75), probabilities=True)

    assert y[found.called].mean() == pytest.approx(0.75, abs=0.06)


def test_the_interval_holds_the_threshold():
    """And is no point."""
    found = tune(*drawn(slope=3.0), Aim(cost_fp=1.0, cost_fn=9.0), probabilities=False)

    assert found.low <= found.threshold <= found.high
    assert found.low < found.high


def test_few_rows_are_not_followed_in_their_luck():
    """300 rows of true probabilities: over fifty draws the chosen threshold costs less on new rows than the one of least cost seen."""
    aim, (y, p) = Aim(cost_fp=1.0, cost_fn=4.0), drawn(seed=99, n=40_000)
    costs = {"chosen": [], "seen": []}
    for seed in range(50):
        few = drawn(n=300, seed=seed)
        costs["chosen"].append(row_costs(y, p >= tune(*few, aim, probabilities=True).threshold, aim).mean())
        costs["seen"].append(row_costs(y, p >= best_threshold(*few, aim), aim).mean())
    best = row_costs(y, p >= aim.fair, aim).mean()

    assert np.mean(costs["chosen"]) <= 1.02 * best
    assert np.mean(costs["seen"]) > 1.02 * best


def test_a_score_that_no_smooth_map_mends_is_cut_where_it_cost_least():
    """Chances stand in two steps with an odd score between them: the logistic map cuts elsewhere, and dearer."""
    rng = np.random.default_rng(0)
    p = rng.random(6000)
    y = rng.random(6000) < np.where(p > 0.9, 0.7, 0.05)
    found = tune(y, p, Aim(cost_fp=1.0, cost_fn=2.0), probabilities=True)

    assert found.way == "least cost seen"
    assert found.threshold == pytest.approx(0.9, abs=0.02)


def test_a_score_that_points_the_wrong_way_calls_all_or_none():
    """High scores mean fewer positives: no cut of them is worth anything."""
    y, p = drawn(n=800)

    assert tune(y, 1 - p, Aim(cost_fp=1.0, cost_fn=19.0), probabilities=True).called.mean() >= 0.99
    assert tune(y, 1 - p, Aim(cost_fp=5.0, cost_fn=1.0), probabilities=True).called.mean() <= 0.01
