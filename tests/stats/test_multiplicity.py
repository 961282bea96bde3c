"""Adjustments equal statsmodels'; family-wise error by simulation."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from statsmodels.stats.multitest import multipletests

from rung.stats.multiplicity import benjamini_hochberg, effective_number_of_tests, holm, max_t, sidak


@settings(max_examples=25)
@given(some.lists(some.floats(0, 0.999), min_size=1, max_size=30))
def test_adjustments_equal_statsmodels(p: list[float]) -> None:
    """Holm, Benjamini-Hochberg and Sidak on any p-values."""
    for ours, theirs in ((holm, "holm"), (benjamini_hochberg, "fdr_bh"), (sidak, "sidak")):
        assert ours(p) == pytest.approx(multipletests(p, method=theirs)[1], abs=1e-9)


def test_untested_do_not_count() -> None:
    """NaN stays NaN and costs nothing."""
    assert holm([0.01, np.nan, 0.04])[[0, 2]] == pytest.approx([0.02, 0.04])
    assert np.isnan(benjamini_hochberg([np.nan])).all()
    assert holm([]).size == 0


def test_effective_number_by_hand() -> None:
    """Independent: k. All the same: 1. Two blocks of copies: 2."""
    blocks = np.kron(np.eye(2), np.ones((3, 3)))

    assert effective_number_of_tests(np.eye(7)) == 7
    assert effective_number_of_tests(np.ones((5, 5))) == 1
    assert effective_number_of_tests(blocks) == 2
    assert np.isnan(effective_number_of_tests(np.empty((0, 0))))


def test_effective_number_leaves_its_argument_alone() -> None:
    """The caller's matrix may be read-only."""
    matrix = np.full((2, 2), 0.5)
    matrix.setflags(write=False)

    assert 1 <= effective_number_of_tests(matrix) <= 2


def test_max_t_keeps_the_family_level_and_beats_holm_under_correlation() -> None:
    """Twenty nearly equal statistics: 5 % false alarms, and one clear signal kept."""
    rng = np.random.default_rng(0)
    null = np.abs(rng.normal(size=(999, 1)) + 0.2 * rng.normal(size=(999, 20)))
    observed = np.abs(rng.normal(size=(600, 1)) + 0.2 * rng.normal(size=(600, 20)))
    alarms = [max_t(row, null).min() <= 0.05 for row in observed]

    assert np.mean(alarms) == pytest.approx(0.05, abs=0.03)
    signal = max_t(np.r_[2.6, np.full(19, 0.3)], null)[0]
    assert signal < 20 * 0.0107  # Holm on the same marginal p-value


def test_max_t_handles_missing_and_refuses_misfits() -> None:
    """NaN was not tested."""
    assert np.isnan(max_t([np.nan, 1.0], np.zeros((9, 2)))[0])
    with pytest.raises(ValueError, match="expected"):
        max_t([1.0], np.zeros((9, 2)))
