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
