"""The target as it is read."""

import polars as pl

from rung.facts.target import label_texts


def test_whole_floats_are_the_classes_that_whole_numbers_are():
    """1.0 and 1 are one class."""
    assert label_texts(pl.Series([1.0, 2.0, None])).to_list() == ["1", "2", None]


def test_floats_too_large_for_a_whole_number_are_kept():
    """They are read as they stand, none is lost."""
    assert label_texts(pl.Series([1e244, -1e209, 3.0])).null_count() == 0
