"""class-imbalance: too few rows of one class to learn from or to measure on."""

import numpy as np
import pandas as pd

from cases import breast_cancer, case_of, findings_of

RULE = "class-imbalance"


def thinned(rows):
    frame = breast_cancer()
    return frame.drop(index=np.flatnonzero(frame["target"] == 0)[rows:]).reset_index(drop=True)


def broken():
    """Eight malignant cases among 357."""
    return case_of(thinned(8), target="target")


def healthy():
    """A third of the rows."""
    return case_of(breast_cancer(), target="target")


def test_says_what_cannot_be_seen():
    """The rarest class and its count are in the message."""
    found = findings_of(RULE, broken())

    assert [each.severity for each in found] == ["warning"]
    assert "Only 8 of 365 training rows" in found[0].message


def test_rare_with_rows_enough_is_a_note():
    """Four percent of many rows can be measured."""
    frame = breast_cancer().assign(target=0)
    frame = frame.iloc[np.arange(4_000) % 569].reset_index(drop=True)
    frame.loc[:159, "target"] = 1

    assert [each.severity for each in findings_of(RULE, case_of(frame, target="target"))] == ["note"]


def test_class_weights_turn_the_warning_into_a_note():
    """The author knows."""
    from sklearn.linear_model import LogisticRegression

    frame = thinned(8)
    model = LogisticRegression(class_weight="balanced", max_iter=5_000).fit(frame.drop(columns="target"), frame["target"])

    assert [each.severity for each in findings_of(RULE, case_of(frame, target="target", model=model))] == ["note"]


def test_a_long_tail_of_classes_is_no_fault():
    """Twelve species, each rarer than the one before: six of the rarest among four thousand rows."""
    counts = [int(2000 * 0.6**place) + 1 for place in range(12)]
    labels = np.repeat([f"species {place:02d}" for place in range(12)], counts)
    frame = pd.DataFrame({"length": np.random.default_rng(0).normal(size=len(labels)), "species": labels})

    assert [each.severity for each in findings_of(RULE, case_of(frame, target="species"))] in ([], ["note"])
