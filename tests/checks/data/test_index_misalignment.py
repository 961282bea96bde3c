"""index-misalignment: features and labels joined by an index that does not match."""

import numpy as np

from cases import apply, breast_cancer, case_of, findings_of

RULE = "index-misalignment"


def parts():
    frame = breast_cancer().sample(frac=1.0, random_state=0).reset_index(drop=True)
    return frame.drop(columns="target"), frame["target"]


def broken():
    """The labels were shuffled and kept their index."""
    features, labels = parts()
    return case_of((features, labels.sample(frac=1.0, random_state=1)))


def healthy():
    """One index."""
    return case_of(parts())


def test_the_index_is_right_where_it_restores_the_signal():
    """By index the features explain the labels, by position they do not."""
    found = findings_of(RULE, broken())

    assert [(each.severity, each.remedy.experiment) for each in found] == [("error", "align-by-index")]


def test_experiment_confirms_the_index():
    """Labels by index bring the score back."""
    case = broken()

    assert apply(findings_of(RULE, case)[0], case).verdict == "confirmed"


def test_a_stale_index_is_a_note():
    """Positions are right, the index was left over from before a sort."""
    features, labels = parts()
    labels.index = np.random.default_rng(0).permutation(len(labels))

    assert [each.severity for each in findings_of(RULE, case_of((features, labels)))] == ["note"]


def test_a_reset_index_is_a_note():
    """Only one side kept the index of the whole table."""
    features, labels = parts()
    labels.index = labels.index + 100

    assert [each.severity for each in findings_of(RULE, case_of((features, labels)))] == ["note"]


def test_columns_missing_on_the_same_rows_are_mentioned():
    """An assignment by index left the last rows empty."""
    frame = breast_cancer()
    frame.loc[500:, ["mean radius", "mean texture"]] = np.nan

    found = findings_of(RULE, case_of(frame, target="target"))

    assert [(each.severity, each.subject.names) for each in found] == [("note", ("mean radius", "mean texture"))]
