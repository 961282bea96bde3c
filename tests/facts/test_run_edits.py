"""The remedy as an edit: the edited source no longer shows the fault, and where no edit is safe there is none."""

import contextlib
from dataclasses import replace

import pytest

from cases.build import run_rule
from cases.scripts import ROOT, folder, manifest, source, trace_of
from rung.core.finding import Finding, Remedy, Subject, Where
from rung.facts.run_edits import MAKERS, diff_of, edit_of
from rung.inputs.case import Case
from rung.inputs.settings import Settings
from rung.inputs.trace import Script, Trace
from rung.record.reading.read import read_source

MENDED = {
    "P101": ("scaler_before_split", "fillna_mean_all", "wide_selection", "tfidf_all_texts", "column_transformer_all", "functions_minmax", "numpy_standardise",
             "numpy_standardise_sklearn", "kaggle_pca", "polars_fill_mean", "quantile_clip", "frequency_encoding", "fit_on_concat", "log_zscore_frame"),
    "P102": ("cv_scaled", "grid_selected", "kfold_loop_imputer", "oof_tfidf_kaggle", "pandas_median_cv"),
    "P103": ("smote_first", "oversample_then_cv", "upsample_concat", "numpy_repeat_minority", "class_smote"),
    "P104": ("groupby_transform_mean", "mean_map_all_rows", "train_self_encoded"),
    "P201": ("refit_on_test",), "P401": ("split_without_seed", "forest_without_seed", "numpy_generator_unseeded"),
    "D202": ("shuffled_x_only", "sorted_features"), "D301": ("target_left_in",), "D302": ("shift_future", "centred_rolling"),
    "D304": ("two_samples", "slices_overlap"),
    "E101": ("score_on_train", "fit_all_score_part", "no_split_at_all", "class_evaluates_train", "lgb_native_train_score"),
    "E103": ("early_stopping_on_test", "best_c_on_test", "number_of_features_by_test"),
    "E104": ("auc_hard_labels", "r2_swapped", "first_probability_column", "swapped_arguments"),
    "M102": ("classifier_for_amounts", "regressor_for_classes"),
}  # fmt: skip
ENTRIES = {each["name"]: each for each in manifest()}


def weighty(code: str, trace: Trace):
    """Findings of weight of one rule."""
    return [each for each in run_rule(code, Case(trace, Settings()))[1] if each.weight]


@pytest.mark.parametrize(("code", "name"), [(code, name) for code, names in MENDED.items() for name in names])
def test_the_edited_source_no_longer_shows_the_fault(code, name):
    """Read again after the edit, the rule is silent, and no other rule is woken."""
    trace = trace_of(ENTRIES[name]["script"])
    edit = edit_of(trace, weighty(code, trace)[0])
    assert edit is not None
    for _ in range(3):  # one finding an edit: a script may hold several
        with contextlib.chdir(folder()):
            trace = read_source(edit.path, edit.after, trace.scripts[0].cells if "ipynb" not in edit.path else (), folder=ROOT)
        left = weighty(code, trace)
        if not left:
            break
        edit = edit_of(trace, left[0])
        assert edit is not None

    assert weighty(code, trace) == []


@pytest.mark.parametrize("name", ["class_trainer", "helper_module_knn", "cross_validate_pca", "rfe_then_cv"])
def test_there_is_no_edit_where_none_is_known_to_be_safe(name):
    """Through attributes, other files and several functions the way is told in words only."""
    trace = trace_of(ENTRIES[name]["script"])
    codes = ("P101", "P102", "E104")

    assert [diff_of(trace, each) for code in codes for each in weighty(code, trace)] == [None] * sum(
        len(weighty(code, trace)) for code in codes
    )


def test_the_diff_is_unified_and_names_the_file():
    """As `patch` and `git apply` read it."""
    case = source("from sklearn.datasets import load_wine\nfrom sklearn.model_selection import train_test_split\nfrom sklearn.svm import SVC\n"
                  "X, y = load_wine(return_X_y=True)\na, b, c, d = train_test_split(X, y)\nprint(SVC().fit(a, c).score(b, d))\n")  # fmt: skip
    trace = case.inputs[Trace]

    diff = diff_of(trace, weighty("P401", trace)[0])
    assert diff is not None
    assert diff.startswith("--- a/train.py\n+++ b/train.py\n@@")
    assert "+a, b, c, d = train_test_split(X, y, random_state=0)" in diff


SPLIT = "X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)\n"
WORDS = {
    "more iterations": ("M204", "LogisticRegression", "", "model = LogisticRegression(max_iter=15)\n", "model = LogisticRegression(max_iter=1000)\n"),
    "iterations that were not given": ("M204", "LinearSVC", "", "model = LinearSVC(C=2.0)\n", "model = LinearSVC(C=2.0, max_iter=10000)\n"),
    "values without labels": ("D203", "ratio", "", 'table["ratio"] = ratio\n', 'table["ratio"] = ratio.to_numpy()\n'),
    "a score that the rare class moves": (
        "E104", "accuracy_score", "the largest class holds 97.0% of the rows",
        "print(accuracy_score(y_test, guess))\n",
        "from sklearn.metrics import balanced_accuracy_score\nprint(balanced_accuracy_score(y_test, guess))\n",
    ),
    "standardised after the split": (
        "P101", "mean", "", "X = (X - X.mean(axis=0)) / X.std(axis=0)\n" + SPLIT,
        SPLIT + "mean = X_train.mean(axis=0)\nstd = X_train.std(axis=0)\nX_train = (X_train - mean) / std\nX_test = (X_test - mean) / std\n",
    ),
    "the training rows drawn first": (
        "P101", "StandardScaler", "",
        'df["a"] = scaler.fit_transform(df["a"])\nnames = [each for each in df.columns if each != "y"]\nX = df[names]\ny = df["y"]\n' + SPLIT,
        'train_rows, _ = train_test_split(df.index, random_state=0)\ndf["a"] = scaler.fit(df.loc[train_rows]["a"]).transform(df["a"])\n'
        'names = [each for each in df.columns if each != "y"]\nX = df[names]\ny = df["y"]\n' + SPLIT,
    ),
    "groups stay on one side": (
        "D303", "patient", "", 'visits = pd.read_csv("visits.csv")\nX = visits.drop(columns=["patient", "y"])\ny = visits["y"]\n' + SPLIT,
        ("from sklearn.model_selection import GroupShuffleSplit\n"
        'visits = pd.read_csv("visits.csv")\n'
        'X = visits.drop(columns=["patient", "y"])\ny = visits["y"]\n'
        'train_rows, test_rows = next(GroupShuffleSplit(n_splits=1, random_state=0).split(X, groups=visits["patient"]))\n'
        "X_train, X_test = X.iloc[train_rows], X.iloc[test_rows]\ny_train, y_test = y.iloc[train_rows], y.iloc[test_rows]\n"),
    ),
    "folds train on the past": (
        "D302", "date", "", "cv = KFold(5, shuffle=True, random_state=0)\n",
        "from sklearn.model_selection import TimeSeriesSplit\ncv = TimeSeriesSplit(n_splits=5)\n",
    ),
    "a column left out of the features": (
        "D112", "customer", "", 'X = df[["customer", "age", "fee"]]\n', 'X = df[["age", "fee"]]\n',
    ),
    "the other label is the positive one": (
        "E104", "f1_score", "the label taken as positive (ok; the other is fraud) is that of 97% of the rows",
        'print(f1_score(y_test, guess, pos_label="ok"))\n', 'print(f1_score(y_test, guess, pos_label="fraud"))\n',
    ),
    "a fit on the training part": (
        "E101", "SVC", "the fit at line 2 was given all rows", "model.fit(X, y)\n", "model.fit(X_train, y_train)\n",
    ),
    "the test part is scored": (
        "E101", "SVC", "", "guess = model.predict(X_train)\nprint(f1_score(y_train, guess))\n", "guess = model.predict(X_test)\nprint(f1_score(y_test, guess))\n",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", WORDS)
def test_edits_of_a_word_change_that_word_only(name):
    """The act is on the last line where a split stands before it, else on the first."""
    code, subject, message, before, after = WORDS[name]
    head = SPLIT if code == "E101" else ""
    line = (head + before).count("\n") if head else before[: before.index(SPLIT)].count("\n") + 1 if code == "D303" else 1
    finding = Finding(
        code=code,
        subject=Subject(kind="line", names=(subject,), where=Where(file="train.py", line=line)),
        message=message,
        remedy=Remedy(fix=""),
    )
    script = Script(path="train.py", text=head + before)

    edit = edit_of(replace(source("x = 1").inputs[Trace], scripts=(script,)), finding)

    assert edit is not None
    assert edit.after == head + after


@pytest.mark.parametrize("entry", manifest()[::12], ids=lambda each: each["name"])
def test_no_line_makes_an_edit_fail(entry):
    """A rule may point to any line of a script: there is an edit that Python reads, or none."""
    trace = trace_of(entry["script"])
    lines = range(1, trace.scripts[0].text.count("\n") + 1, 2)
    for code in MAKERS:
        for line in lines:
            where = Where(file=trace.scripts[0].path, line=line)
            finding = Finding(
                code=code, subject=Subject(kind="line", names=("fit",), where=where, detail="x"), message="", remedy=Remedy(fix="")
            )
            diff = diff_of(trace, finding)
            assert diff is None or diff.startswith("--- ")
