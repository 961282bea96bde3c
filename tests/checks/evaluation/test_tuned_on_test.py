"""tuned-on-test: the rows of the final score steered a choice."""

import pytest

from cases.build import findings_of
from cases.scripts import read

RULE = "tuned-on-test"


def broken():
    """Early stopping watches the test part."""
    return read("early_stopping_on_test")


def healthy():
    """It watches a validation part."""
    return read("early_stopping_on_test", "twins")


@pytest.mark.parametrize("name", ["best_c_on_test", "lgb_callbacks_test"])
def test_finds_loops_over_settings_and_callbacks(name):
    """The best of several settings by the test score; stopping by a callback."""
    assert len(findings_of(RULE, read(name))) == 1


@pytest.mark.parametrize(
    "name", ["early_stopping_validation", "three_way_tuning", "nested_search", "search_then_test", "many_metrics_one_look"]
)
def test_stays_silent_where_other_rows_give_the_final_score(name):
    """Three parts, nested searches, many metrics of one look."""
    assert findings_of(RULE, read(name, "honest")) == []
