"""resampling-before-split in tables: interpolated rows on both sides of a split are told and taken out of the score."""

import numpy as np
import pytest
from imblearn.over_sampling import SMOTE
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import train_test_split

import rung
from cases import breast_cancer, case_of, diabetes, findings_of
from cases.build import run_rule

RULE = "resampling-before-split"


def rare():
    """A real table in which one class is rare and the numbers are weak."""
    frame = breast_cancer()[["mean texture", "mean smoothness", "mean symmetry", "texture error", "smoothness error", "target"]]
    return frame.drop(frame[frame.target == 0].index[70:]).reset_index(drop=True)


def smote(frame, seed=0):
    """The rarer class raised by interpolation."""
    x, y = SMOTE(random_state=seed).fit_resample(frame.drop(columns="target"), frame.target)
    return x.assign(target=y).sample(frac=1.0, random_state=seed).reset_index(drop=True)


def parts(frame, seed=0):
    """Training and test."""
    return [each.reset_index(drop=True) for each in train_test_split(frame, test_size=0.3, random_state=seed, stratify=frame.target)]


def test_interpolated_rows_in_the_test_set_are_told():
    """The class and the rows, all of them right."""
    made = smote(rare().assign(real=1.0))
    train, test = parts(made)
    found = findings_of(RULE, case_of(train.drop(columns="real"), test=test.drop(columns="real"), target="target"))

    assert [each.severity for each in found] == ["error"]
    assert "test rows of '0' look made up" in found[0].message


@pytest.mark.parametrize("kind", ["measured", "after the split", "imputed", "one source", "another file"])
def test_stays_silent_where_the_test_rows_were_measured(kind):
    """No resampling; resampling of the training part; a mean put in place of missing values; one column that was written otherwise for one class;
    all columns of one class from a file of more digits.
    """
    train, test = parts(rare())
    if kind == "after the split":
        train = smote(train)
    if kind == "imputed":
        for each in (train, test):
            gone = np.random.default_rng(0).random(len(each)) < np.where(each.target == 0, 0.5, 0.0)
            each.loc[gone, ["mean texture", "mean symmetry"]] = train[["mean texture", "mean symmetry"]].mean().to_numpy()
    if kind == "one source":
        for each in (train, test):
            each["mean texture"] += np.where(each.target == 0, np.random.default_rng(0).normal(0, 1e-7, len(each)), 0.0)

    if kind == "another file":
        for each in (train, test):
            noise = np.random.default_rng(0).normal(0, 1e-7, (len(each), 5))
            each.iloc[:, :5] += np.where(each[["target"]] == 0, noise, 0.0)

    assert findings_of(RULE, case_of(train, test=test, target="target")) == []


def test_resampling_after_the_split_is_no_shift_of_labels():
    """Balanced on purpose: a note that says what it does to probabilities."""
    train, test = parts(rare())
    found = findings_of("label-shift", case_of(smote(train), test=test, target="target"))

    assert [each.severity for each in found] == ["note"]
    assert "made up to balance" in found[0].message


def test_the_honest_score_is_that_of_measured_rows():
    """Near what a split before the resampling gives, and far below what is reported."""
    frame = rare()
    forest = RandomForestClassifier(100, random_state=0)
    truths = []
    for seed in range(8):
        train, test = parts(frame, seed)
        truths.append(
            roc_auc_score(
                test.target, forest.fit(train.drop(columns="target"), train.target).predict_proba(test.drop(columns="target"))[:, 1]
            )
        )
    train, test = parts(smote(frame))
    model = RandomForestClassifier(100, random_state=0).fit(train.drop(columns="target"), train.target)
    report = rung.diagnose(train, test=test, model=model, target="target", select=[RULE])

    assert report.outcomes[0].verdict == "confirmed"
    assert report.honest.reported.value > np.mean(truths) + 0.05
    assert report.honest.value.low < np.mean(truths) < report.honest.value.high
    assert report.honest.taken_out[0].keys[0].startswith("P103")


def test_numbers_have_no_classes_to_balance():
    """Skipped, with the reason."""
    frame = diabetes()
    run, found = run_rule(RULE, case_of(frame[:300], test=frame[300:].reset_index(drop=True), target="target"))

    assert (run.outcome, found) == ("skipped", [])
    assert "only classes" in run.reason
