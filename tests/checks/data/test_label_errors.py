"""label-errors: labels that are wrong."""

import numpy as np
import pandas as pd

from cases import apply, breast_cancer, case_of, diabetes, findings_of

RULE = "label-errors"


def flipped(share, seed=0):
    """Two clear groups of 1,500 rows with a narrow seam, and a share of their labels flipped."""
    rng = np.random.default_rng(seed)
    target = np.arange(3_000) % 2
    frame = pd.DataFrame({name: rng.normal(3.0 * target, 1.0) for name in "abcd"}).assign(target=target)
    rows = rng.choice(len(frame), int(share * len(frame)), replace=False)
    frame.loc[rows, "target"] = 1 - frame.loc[rows, "target"]
    return frame, set(rows.tolist())


def broken():
    """A tenth of the labels are flipped."""
    return case_of(flipped(0.1)[0], target="target")


def healthy():
    """The labels as published."""
    return case_of(breast_cancer(), target="target")


def test_lists_the_flipped_rows_first():
    """Of the rows listed nearly all were flipped."""
    frame, rows = flipped(0.1)
    found = findings_of(RULE, case_of(frame, target="target"))

    assert [each.severity for each in found] == ["warning"]
    assert np.mean([row in rows for row in found[0].subject.rows]) > 0.8


def test_stays_silent_on_honest_noise():
    """Outcomes that are random near the boundary."""
    frame = breast_cancer()
    risk = 1 / (1 + np.exp(frame["mean radius"] - frame["mean radius"].median()))
    frame["target"] = (np.random.default_rng(0).random(len(frame)) < risk).astype(int)

    assert findings_of(RULE, case_of(frame[["mean radius", "mean texture", "target"]], target="target")) == []


def test_finds_a_digit_too_many():
    """Five typed targets are ten times too large."""
    frame = diabetes()
    frame.loc[[3, 50, 120, 300, 400], "target"] *= 10

    found = findings_of(RULE, case_of(frame, target="target"))

    assert {3, 50, 120, 300, 400} >= set(found[0].subject.rows)


def test_experiment_compares_with_random_rows():
    """As many random rows of the same classes are left out for comparison."""
    case = broken()

    assert apply(findings_of(RULE, case)[0], case).placebo is not None


def people(n, seed, wrong=0.0):
    """A hard task (AUC about 0.8): no row is sure."""
    draw = np.random.default_rng(seed)
    x = draw.normal(size=(n, 3))
    y = draw.random(n) < 1 / (1 + np.exp(-1.2 * x.sum(axis=1)))
    return pd.DataFrame(x, columns=["a", "b", "c"]).assign(y=np.where(draw.random(n) < wrong, ~y, y).astype(int))


def test_training_labels_that_are_worse_than_the_test_labels():
    """A sixth of hurried labels among ambiguous ones shows beside a clean test set only."""
    found = findings_of(RULE, case_of(people(2000, 0, wrong=0.16), test=people(800, 1), target="y"))

    assert [each.severity for each in found] == ["warning"]
    assert "of the signal" in found[0].message


def test_equal_labels_in_both_are_silent():
    """Honest doubt on both sides."""
    for seed in range(2):
        found = findings_of(RULE, case_of(people(2000, seed), test=people(800, seed + 10), target="y"))
        assert [each for each in found if each.weight] == []


def test_more_of_one_class_in_training_is_no_label_error():
    """Fewer positives in the test rows change every rate of agreement, and no ranking."""
    train, test = people(2000, 0), people(1600, 1)
    test = test[(test["y"] == 0) | (np.arange(1600) % 4 == 0)].reset_index(drop=True)

    assert [each for each in findings_of(RULE, case_of(train, test=test, target="y")) if each.weight] == []


def test_copied_test_rows_are_no_better_labels():
    """Rows that training holds too are ranked better for that reason."""
    train, test = people(2000, 0), people(400, 1)
    train = pd.concat([train, test[:200]], ignore_index=True)

    assert [each for each in findings_of(RULE, case_of(train, test=test, target="y")) if each.weight] == []


def test_labels_slipped_one_way_are_found():
    """A tenth of all rows: malignant ones that were written down as benign. The other class is contradicted by nobody."""
    frame = breast_cancer()
    known = frame.target.to_numpy().copy()
    rows = np.random.default_rng(7).choice(np.flatnonzero(known == 1), len(frame) // 10, replace=False)
    frame.loc[rows, "target"] = 0
    found = findings_of(RULE, case_of(frame, target="target"))

    assert [each.severity for each in found] == ["warning"]
    assert np.mean(np.isin(found[0].subject.rows, rows)) > 0.8


def test_a_fifth_of_the_labels_is_found_in_a_small_table():
    """So many flips blur what the learners are sure of: fitted without the contradicted rows they see it."""
    frame = breast_cancer()
    rows = np.random.default_rng(8).choice(len(frame), len(frame) // 5, replace=False)
    frame.loc[rows, "target"] = 1 - frame.loc[rows, "target"]

    assert [each.severity for each in findings_of(RULE, case_of(frame, target="target"))] == ["warning"]


def test_a_rate_of_exceptions_to_one_flag_is_no_warning():
    """One in ten of either kind is an exception, and no other column tells which: that is honest, or cannot be told."""
    rng = np.random.default_rng(3)
    flag = rng.integers(0, 2, 2_000)
    frame = pd.DataFrame({"flag": flag, "other": rng.normal(size=2_000), "target": np.where(rng.random(2_000) < 0.1, 1 - flag, flag)})

    assert [each for each in findings_of(RULE, case_of(frame, target="target")) if each.weight] == []


def test_positives_of_which_half_show_nothing_are_no_warning():
    """A fifth are positive, and one feature shows every second of them: the others are no slips of the labels."""
    rng = np.random.default_rng(3)
    target = (rng.random(3_000) < 0.2).astype(int)
    seen = target * (rng.random(3_000) < 0.5)
    frame = pd.DataFrame(
        {"mark": rng.normal(6 * seen, 1), "other": rng.normal(size=3_000), "more": rng.normal(size=3_000), "target": target}
    )

    assert [each for each in findings_of(RULE, case_of(frame, target="target")) if each.weight] == []
