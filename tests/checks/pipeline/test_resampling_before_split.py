"""resampling-before-split: rows drawn again or made up before the rows are parted."""

import pytest

from cases.build import findings_of
from cases.scripts import read

RULE = "resampling-before-split"


def broken():
    """SMOTE on all rows."""
    return read("smote_first")


def healthy():
    """SMOTE on the training rows."""
    return read("smote_first", "twins")


@pytest.mark.parametrize("name", ["upsample_concat", "oversample_then_cv", "numpy_repeat_minority", "class_smote", "augment_copies"])
def test_finds_copies_and_made_up_rows_of_every_style(name):
    """Samplers, draws with replacement, copies stacked on."""
    assert len(findings_of(RULE, read(name))) == 1
    assert findings_of(RULE, read(name, "twins")) == []


@pytest.mark.parametrize("name", ["bootstrap_interval", "oversample_inside_folds", "kaggle_submission", "polars_twin"])
def test_stays_silent_on_bootstraps_of_scores_and_shuffles(name):
    """No copy goes to both sides."""
    assert findings_of(RULE, read(name, "honest")) == []
