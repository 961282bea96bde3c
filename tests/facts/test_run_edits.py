"""The remedy as an edit: the edited source no longer shows the fault, and where no edit is safe there is none."""

import contextlib
from dataclasses import replace

import pytest

from cases.build import run_rule
from cases.scripts import ROOT, folder, manifest, source, trace_of
from rung.core.finding import Finding, Remedy, Subject, Where
from rung.facts.run_edits import diff_of, edit_of
from rung.inputs.case import Case
from rung.inputs.settings import Settings
from rung.inputs.trace import Script, Trace
from rung.record.reading.read import read_source

MENDED = {
    "scaler_before_split": "P101", "fillna_mean_all": "P101", "wide_selection": "P101", "tfidf_all_texts": "P101", "column_transformer_all": "P101",
    "cv_scaled": "P102", "smote_first": "P103", "oversample_then_cv": "P103", "shift_future": "D302", "auc_hard_labels": "E104", "r2_swapped": "E104",
    "first_probability_column": "E104", "split_without_seed": "P401", "forest_without_seed": "P401", "numpy_generator_unseeded": "P401",
    "refit_on_test": "P201", "target_left_in": "D301", "score_on_train": "E101", "early_stopping_on_test": "E103", "two_samples": "D304", "shuffled_x_only": "D202",
    "classifier_for_amounts": "M102",
}  # fmt: skip
ENTRIES = {each["name"]: each for each in manifest()}


def weighty(code: str, trace: Trace):
    """Findings of weight of one rule."""
    return [each for each in run_rule(code, Case(trace, Settings()))[1] if each.weight]


@pytest.mark.parametrize("name", MENDED)
def test_the_edited_source_no_longer_shows_the_fault(name):
    """Read again after the edit, the rule is silent, and no other rule is woken."""
    trace, code = trace_of(ENTRIES[name]["script"]), MENDED[name]
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


@pytest.mark.parametrize("name", ["swapped_arguments", "class_trainer", "functions_minmax", "kfold_loop_imputer"])
def test_there_is_no_edit_where_none_is_known_to_be_safe(name):
    """Through functions, attributes and loops the way is told in words only."""
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
    "values without labels": ("D112", "ratio", "", 'table["ratio"] = ratio\n', 'table["ratio"] = ratio.to_numpy()\n'),
    "a score that the rare class moves": (
        "E104", "accuracy_score", "the largest class holds 97.0% of the rows",
        "print(accuracy_score(y_test, guess))\n",
        "from sklearn.metrics import balanced_accuracy_score\nprint(balanced_accuracy_score(y_test, guess))\n",
    ),
    "standardised after the split": (
        "P101", "mean", "", "X = (X - X.mean(axis=0)) / X.std(axis=0)\n" + SPLIT,
        SPLIT + "mean, std = X_train.mean(axis=0), X_train.std(axis=0)\nX_train, X_test = (X_train - mean) / std, (X_test - mean) / std\n",
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
    line = (head + before).count("\n") if head else 1
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
