"""Someone hands rung a script to read: the planted fault is named on its line, the corrected twin is left in peace."""

from __future__ import annotations

import contextlib

import pytest
from benchmarks.run_scripts import on_line, static_findings

from cases.scripts import ROOT, folder, manifest

# What only values tell (an entity, a scale, a share) is not asked of the source alone.
BY_VALUES = {
    "numpy_standardise", "correlation_selection", "merge_multiplies", "polars_overlap", "patients_random_split", "patients_kfold",
    "patients_class_xgb", "sales_random_split", "sales_shuffled_kfold", "merge_reorders", "assign_reset_index", "concat_axis1_nan",
    "customer_number_used", "last_column_is_not_target", "threshold_on_test", "wrong_positive_label", "accuracy_rare_class", "cv_accuracy_rare",
    "half_on_rare", "logistic_few_iterations", "silenced_mlp", "svc_raw_wine", "knn_raw_function", "serve_without_scaler", "dummies_apart",
}  # fmt: skip
ENTRIES = manifest()


def findings(path: str) -> list[dict]:
    """Findings of a script that is only read."""
    with contextlib.chdir(folder()):
        return static_findings(ROOT / path, folder())


@pytest.mark.parametrize(
    "entry", [each for each in ENTRIES if "slugs" in each and each["name"] not in BY_VALUES], ids=lambda each: each["name"]
)
def test_the_planted_fault_is_named_on_its_line(entry):
    """Slug and line."""
    named = [each for each in findings(entry["script"]) if each["name"] in entry["slugs"]]

    assert named
    assert any(on_line(each, entry["acts"]) for each in named)


@pytest.mark.parametrize("path", [each.get("twin", each["script"]) for each in ENTRIES])
def test_right_scripts_are_left_in_peace(path):
    """No finding of severity warning or worse."""
    assert [each["message"] for each in findings(path) if each["severity"] != "note"] == []
