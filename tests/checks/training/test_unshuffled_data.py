"""unshuffled-data: the order of the targets, not the sampler's name."""

import numpy as np
import pytest

from cases import findings_of
from cases.runs import case, healthy_run, with_batches, with_loss

RULE = "unshuffled-data"
RNG = np.random.default_rng(0)


def ordered(targets: np.ndarray, loader: str = "SequentialSampler", **loss):
    """These targets, as they were fed."""
    return case(with_loss(with_batches(healthy_run(), target_order=targets.astype(float), loader=loader), **loss))


def broken():
    """The case on which the rule must fire."""
    return ordered(np.repeat(np.arange(10), 100))


def healthy():
    """The case on which it must stay silent."""
    return ordered(RNG.permutation(np.repeat(np.arange(10), 100)))


def test_sees_sorted_numbers():
    """A regression target that rises."""
    assert len(findings_of(RULE, ordered(np.sort(RNG.normal(size=500)), name="mse_loss"))) == 1


@pytest.mark.parametrize(
    "targets",
    [RNG.normal(size=500), np.tile(np.arange(10), 50), RNG.integers(0, 2, 400), np.ones(300)],
    ids=["numbers", "in turn", "two", "one"],
)
def test_stays_silent_without_a_pattern(targets):
    """Read in order, but the order says nothing."""
    assert findings_of(RULE, ordered(targets)) == []


def test_stays_silent_on_sequences():
    """A text is read in order on purpose."""
    assert findings_of(RULE, ordered(np.repeat(np.arange(10), 100), target_shape=(32, 24))) == []


def test_needs_rows():
    """Fifty are too few."""
    assert findings_of(RULE, ordered(np.repeat(np.arange(2), 25))) == []


def test_stays_silent_on_targets_that_drift_from_batch_to_batch():
    """A model that makes its own targets, as with temporal differences: within a batch they have no order."""
    drift = np.repeat(np.linspace(0, 3, 40), 32) + RNG.normal(0, 0.3, 1280)

    assert findings_of(RULE, ordered(drift, name="mse_loss")) == []


def test_rows_that_follow_each_other_in_time_are_a_note_where_the_run_learns():
    """A slow wave is not sorted."""
    wave = np.sin(np.arange(1280) / 60)

    assert [each.severity for each in findings_of(RULE, ordered(wave, name="mse_loss"))] == ["note"]


def test_one_batch_of_all_rows_has_no_order():
    """Every step sees the whole sorted table: nothing is forgotten in turn. Two batches in turn are an order."""
    fed = {"target_order": np.tile(np.repeat(np.arange(10.0), 100), 5), "sizes": np.full(40, 1000.0)}

    assert findings_of(RULE, case(with_batches(healthy_run(), fingerprints=np.full(40, 7, dtype=np.uint64), **fed))) == []
    assert (
        len(findings_of(RULE, case(with_batches(healthy_run(), fingerprints=np.tile(np.array([7, 8], dtype=np.uint64), 20), **fed)))) == 1
    )
