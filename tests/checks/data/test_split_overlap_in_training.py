"""split-overlap, seen in a training run."""

import numpy as np
import pytest

from cases import run_rule
from cases.runs import case, healthy_run, with_batches

RULE = "split-overlap"


def validated(rows: range, trained: int = 512, reach: float = 1.0):
    """Findings where these rows were validated on, and the first `trained` trained on. `reach`: rows there may be over rows looked at."""
    prints = {"row_hashes": np.arange(trained, dtype=np.uint64), "valid_row_hashes": np.array(rows, dtype=np.uint64), "valid_reach": reach}
    run, found = run_rule(RULE, case(with_batches(healthy_run(), **prints)))
    assert run.outcome in ("found", "clear"), run.reason + run.traceback
    return found


def test_finds_rows_on_both_sides():
    """Half of the validation rows were trained on."""
    found = validated(range(412, 612))

    assert [each.severity for each in found] == ["critical"]
    assert "100 of 200 validation rows (50%)" in found[0].message


def test_finds_a_validation_set_taken_from_the_training_rows():
    """All of it, but only a part of training."""
    assert [each.severity for each in validated(range(100))] == ["critical"]


@pytest.mark.parametrize("rows", [range(512, 712), range(505, 712), range(712)], ids=["apart", "seven by chance", "both sets are scored"])
def test_stays_silent(rows):
    """No overlap, a few equal rows, and training rows that are scored beside the others."""
    assert validated(rows) == []


def test_scoring_the_training_rows_alone_is_a_note():
    """No validation set was made."""
    assert [each.severity for each in validated(range(512))] == ["note"]


def test_training_rows_scored_and_looked_at_in_part_are_a_note():
    """One batch of sixteen was afforded: the other fifteen may well be the rest of the training rows."""
    assert [each.severity for each in validated(range(32), reach=16.0)] == ["note"]
    assert [each.severity for each in validated(range(32), reach=4.0)] == ["critical"]


def drawn(validated: int, seed: int = 0):
    """Findings where training windows were drawn at random from 2,000, and `validated` validation windows likewise from the same ones or others."""
    draws = np.random.default_rng(seed).integers(0, 2_000, 700)
    seen, repeats = np.unique(draws, return_counts=True)
    own = np.random.default_rng(seed + 1).integers(0, 2_000, validated)
    rows = np.unique(np.concatenate([own, np.arange(5_000, 5_000 + 120 - validated)]))
    prints = {"row_hashes": seen.astype(np.uint64), "row_repeats": repeats.astype(float), "valid_row_hashes": rows.astype(np.uint64)}
    return run_rule(RULE, case(with_batches(healthy_run(), **prints)))[1]


def test_windows_drawn_from_the_training_text_are_an_overlap_and_a_repeated_passage_is_none():
    """Training windows meet themselves about a third of the time; so would validation windows from the same text."""
    assert [each.severity for each in drawn(120)] == ["critical"]
    assert drawn(35) == []
