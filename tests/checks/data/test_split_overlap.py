"""split-overlap: rows in both training and test."""

import numpy as np
import pandas as pd
import pytest

from cases import apply, breast_cancer, case_of, diabetes, findings_of
from rung.engine import discover
from rung.engine.ledger import Ledger

RULE = "split-overlap"


def halves(frame, seed=0):
    """Training and test, 70 to 30, at random."""
    mixed = frame.sample(frac=1.0, random_state=seed).reset_index(drop=True)
    cut = int(0.7 * len(mixed))
    return mixed[:cut].reset_index(drop=True), mixed[cut:].reset_index(drop=True)


def broken():
    """The case on which the rule must fire: the battery of tests/house uses it too."""
    train, test = halves(breast_cancer())
    return case_of(pd.concat([train, test[:40]], ignore_index=True), test=test, target="target")


def healthy():
    """The case on which it must stay silent."""
    train, test = halves(breast_cancer())
    return case_of(train, test=test, target="target")


def test_counts_the_shared_rows():
    """All forty are counted, shown in pairs, and named as test rows."""
    found = findings_of(RULE, broken())

    assert found[0].message.startswith("40 of 171 test rows (23.4%) are equal")
    assert found[0].subject.rows == tuple(range(40))


@pytest.mark.parametrize("way", ["jitter", "one column", "with an id"])
def test_finds_near_twins(way):
    """Twins whose numbers moved a little, or that differ in one column, are found too."""
    draw = np.random.default_rng(0)
    train, test = halves(diabetes())
    twins = test[:30].copy()
    if way == "jitter":
        twins.loc[:, "age":"s6"] += draw.normal(0, 1e-5, (30, 10))
    if way == "one column":
        twins["bmi"] = draw.permutation(train.bmi)[:30]
    joined = pd.concat([train, twins], ignore_index=True)
    if way == "with an id":
        joined["row"], test["row"] = np.arange(len(joined)), np.arange(1000, 1000 + len(test))
    found = findings_of(RULE, case_of(joined, test=test, target="target"))

    assert ["nearly equal" in each.message for each in found] == [True]


def test_equal_and_near_twins_are_taken_out_together():
    """A jitter moves no missing value: part of the copied rows stay equal. All are counted, and all are kept from the honest score."""
    draw = np.random.default_rng(0)
    train, test = halves(diabetes())
    test.loc[::3, "bmi"] = np.nan
    twins = test[:60].copy()
    twins["bmi"] += draw.normal(0, 1e-5, 60)
    case = case_of(pd.concat([train, twins], ignore_index=True), test=test, target="target")
    found = findings_of(RULE, case)
    judging = discover.helpers("take-out")[RULE](Ledger(case, discover.facts()), found[0])

    assert [each.message.split("; ")[0] for each in found] == [
        f"20 of {len(test)} test rows ({20 / len(test):.1%}) are equal to a training row and 40 of the other {len(test) - 20} are nearly equal"
    ]
    assert judging.without_rows == set(range(len(train), len(train) + 60))


def test_stays_silent_in_a_small_discrete_space():
    """Four yes/no columns repeat by themselves."""
    draw = np.random.default_rng(0)
    frame = pd.DataFrame(draw.integers(0, 2, (2_000, 4)), columns=list("abcd"))
    frame["target"] = (frame.a + draw.normal(size=2_000) > 0.5).astype(int)
    train, test = halves(frame)

    assert findings_of(RULE, case_of(train, test=test, target="target")) == []


def test_experiment_shows_what_remembering_gave():
    """Without the twins in training the score on the same test rows falls."""
    train, test = halves(diabetes())
    case = case_of(pd.concat([train, test[:60]], ignore_index=True), test=test, target="target")
    outcome = apply(findings_of(RULE, case)[0], case)

    assert outcome.verdict == "confirmed"


def oversampled(frame):
    """Rows of the rarer class repeated until both are as frequent."""
    counts = frame.target.value_counts()
    extra = frame[frame.target == counts.index[-1]].sample(counts.iloc[0] - counts.iloc[-1], replace=True, random_state=0)
    return pd.concat([frame, extra]).sample(frac=1.0, random_state=0).reset_index(drop=True)


def test_rows_repeated_before_the_split_are_no_more_natural():
    """They repeat inside training as well: the overlap is told, taken out of the score, and the repeats are its root."""
    frame = breast_cancer()
    frame = frame.drop(frame[frame.target == 0].index[120:]).reset_index(drop=True)
    train, test = halves(oversampled(frame))
    found = findings_of(RULE, case_of(train, test=test, target="target"))

    assert [each.severity for each in found] == ["critical"]
    assert "duplicate-rows" not in found[0].explains
    assert [each.severity for each in findings_of("duplicate-rows", case_of(train, test=test, target="target"))] == ["warning"]


def test_repeated_rows_are_dealt_out_whatever_types_the_files_have():
    """A category in one file is a text in the other, and whole numbers stand beside fractions: the score goes without the shared rows all the same."""
    frame = breast_cancer().assign(
        kind=lambda each: np.where(each["mean area"] > 600, "big", "small"), area=lambda each: each["mean area"].round()
    )
    frame = frame.drop(frame[frame.target == 0].index[120:]).reset_index(drop=True)
    train, test = halves(oversampled(frame))
    cases = [case_of(left, test=test, target="target") for left in (train, train.astype({"kind": "category", "area": "int64"}))]
    dealt = [discover.helpers("take-out")[RULE](Ledger(case, discover.facts()), findings_of(RULE, case)[0]) for case in cases]

    assert dealt[0].without_scored
    assert dealt[0].without_rows
    assert dealt[1] == dealt[0]


def test_rows_repeated_after_the_split_flatter_nothing():
    """Oversampled training rows and an untouched test set: a note on the repeats, no overlap."""
    frame = breast_cancer()
    train, test = halves(frame.drop(frame[frame.target == 0].index[120:]).reset_index(drop=True))
    case = case_of(oversampled(train), test=test, target="target")
    repeated = findings_of("duplicate-rows", case)

    assert findings_of(RULE, case) == []
    assert [each.severity for each in repeated] == ["note"]
    assert "after the split" in repeated[0].message
