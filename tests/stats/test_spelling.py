"""Keys and slips of spellings."""

import pytest

from rung.stats.spelling import one_slip, spelling_key


@pytest.mark.parametrize(
    ("a", "b"), [("Yes", "yes "), ("New York", "new-york"), ("caf\u00e9", "cafe\u0301"), ("St. Gallen", "st gallen"), ("A 1", "a  1")]
)
def test_spellings_of_one_word_share_a_key(a, b):
    """Case, blanks, dashes and Unicode forms do not count."""
    assert spelling_key(a) == spelling_key(b)


@pytest.mark.parametrize(("a", "b"), [("1-2", "12"), ("C", "C++"), ("A1", "A2"), ("1.5", "15"), ("male", "female")])
def test_different_words_keep_different_keys(a, b):
    """Signs beside digits count."""
    assert spelling_key(a) != spelling_key(b)


def test_one_slip_of_each_kind():
    """Left out, added, changed, swapped; two slips are too many."""
    assert all(one_slip("london", other) for other in ("lodon", "londdon", "lindon", "lodnon", "londo"))
    assert not any(one_slip("london", other) for other in ("london", "lndo", "paris", "ldnoon"))
