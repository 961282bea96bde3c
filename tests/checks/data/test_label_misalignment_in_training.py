"""label-misalignment, seen in a training run."""

import numpy as np
import pytest
from sklearn.datasets import load_digits

from cases import findings_of, run_rule
from cases.runs import LN10, case, falling, healthy_run, stuck, with_batches, with_probe
from rung.inputs.history_probes import Pairing

RULE = "label-misalignment"
X, Y = load_digits(return_X_y=True)
ORDER = np.random.default_rng(0).permutation(len(X))[:640]
X, Y = X[ORDER], Y[ORDER].astype(float)


def fed(targets: np.ndarray, curve=None, x: np.ndarray = X):
    """Digits in batches of 32, with these targets."""
    run = healthy_run(curves=(curve or falling(),))
    return case(with_batches(run, sample=x, sample_targets=targets, target_order=targets, sizes=np.full(len(x) // 32, 32.0)))


def witnessed(given):
    """What the training run shows of the rule; it needs no table."""
    run, found = run_rule(RULE, given)
    assert run.outcome in ("found", "clear"), run.reason + run.traceback
    return found


def test_stays_silent_on_pairs_that_belong_together():
    """Digits and their labels, whatever becomes of the run."""
    assert witnessed(fed(Y)) + witnessed(fed(Y, stuck())) == []


@pytest.mark.parametrize("lag", [1, -2, 32])
def test_finds_the_order_that_brings_the_signal_back(lag):
    """A row, two rows, a batch."""
    found = witnessed(fed(np.roll(Y, lag)))

    assert [(each.confidence, each.severity) for each in found] == [("near-certain", "critical")]


def test_finds_targets_sorted_within_each_batch():
    """And inputs that are not."""
    found = witnessed(fed(np.sort(Y.reshape(-1, 32), axis=1).ravel()))

    assert "sorted within each batch" in found[0].message


def test_a_shuffle_without_a_way_back_is_possible_only_where_nothing_is_learned():
    """It cannot be told from a hard task otherwise."""
    shuffled = np.random.default_rng(1).permutation(Y)
    found = witnessed(fed(shuffled, stuck(LN10)))

    assert [(each.confidence, each.severity) for each in found] == [("possible", "warning")]
    assert witnessed(fed(shuffled)) == []


def test_reads_the_pairs_of_the_data_set():
    """The collate function changed some."""
    found = findings_of(RULE, case(with_probe(healthy_run(), pairing=Pairing(compared=64, changed=40))))

    assert "40 of 64 rows" in found[0].message


def test_rows_that_come_back_prove_nothing():
    """A row agrees with itself in the next epoch, also under a wrong target."""
    shuffled = np.random.default_rng(1).permutation(Y)
    found = witnessed(fed(np.tile(shuffled, 2), stuck(LN10), np.tile(X, (2, 1))))

    assert len(found) == 1
