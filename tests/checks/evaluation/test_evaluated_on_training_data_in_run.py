"""evaluated-on-training-data: the score is that of rows the model was fitted on."""

import pytest

from cases.build import findings_of, run_rule
from cases.scripts import read, source

RULE = "evaluated-on-training-data"


def broken():
    """The training part is scored, the test part never."""
    return read("score_on_train")


def healthy():
    """The test part is scored."""
    return read("score_on_train", "twins")


@pytest.mark.parametrize("name", ["fit_all_score_part", "no_split_at_all", "class_evaluates_train", "lgb_native_train_score"])
def test_goes_by_the_rows_and_not_by_names(name):
    """All rows fitted, no split at all, a native booster, a class."""
    assert len(findings_of(RULE, read(name))) == 1


@pytest.mark.parametrize("name", ["train_and_test_score_shown", "final_model_on_all", "clustering_only", "stacking", "baseline_compared"])
def test_stays_silent_where_the_training_score_is_not_the_only_one(name):
    """Both scores shown, a final model on all rows, clusterings."""
    assert run_rule(RULE, read(name, "honest"))[1] == []


def test_stays_silent_where_a_cross_validation_stands_beside_it():
    """The training score of the final model is a by-product then."""
    text = """
from sklearn.datasets import load_wine
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_score
X, y = load_wine(return_X_y=True)
print(cross_val_score(LogisticRegression(), X, y).mean())
print(LogisticRegression().fit(X, y).score(X, y))
"""
    assert findings_of(RULE, source(text)) == []
