"""preprocessing-outside-cv: fitted once, on all rows, before the folds."""

import pytest

from cases.build import findings_of, run_rule
from cases.scripts import read, source

RULE = "preprocessing-outside-cv"


def broken():
    """A scaler before cross_val_score."""
    return read("cv_scaled")


def healthy():
    """The scaler inside the pipeline."""
    return read("cv_scaled", "twins")


@pytest.mark.parametrize("name", ["kfold_loop_imputer", "oof_tfidf_kaggle", "grid_selected", "rfe_then_cv", "pandas_median_cv"])
def test_finds_it_in_loops_searches_and_notebooks(name):
    """Whatever makes the folds, and whatever learned before them."""
    assert [str(each.severity) != "note" for each in findings_of(RULE, read(name))][:1] == [True]


@pytest.mark.parametrize("name", ["nested_search", "oversample_inside_folds", "scaler_per_fold_numpy", "search_then_test", "stacking"])
def test_stays_silent_where_steps_are_fitted_inside_the_folds(name):
    """Pipelines, loops that fit in each fold, and features that are themselves made out of fold."""
    assert run_rule(RULE, read(name, "honest"))[1] == []


def test_is_a_note_where_an_untouched_test_set_is_scored_afterwards():
    """The cross-validation only chose; the final score is honest."""
    text = """
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, train_test_split
from sklearn.preprocessing import StandardScaler
df = pd.read_csv("data/cancer.csv")
X_train, X_test, y_train, y_test = train_test_split(df.drop(columns="malignant"), df["malignant"], random_state=0)
scaler = StandardScaler().fit(X_train)
search = GridSearchCV(LogisticRegression(), {"C": [1, 10]}, cv=5).fit(scaler.transform(X_train), y_train)
print(search.score(scaler.transform(X_test), y_test))
"""
    assert [str(each.severity) for each in findings_of(RULE, source(text))] == ["note"]
