"""identifier-feature: a column that names the row or the entity."""

import numpy as np
import pandas as pd
import pytest
from sklearn.tree import DecisionTreeClassifier

from cases import breast_cancer, case_of, findings_of

RULE = "identifier-feature"


def broken():
    """The case on which the rule must fire: the battery of tests/house uses it too."""
    return case_of(breast_cancer().assign(patient=np.arange(569)), target="target")


def healthy():
    """The case on which it must stay silent."""
    return case_of(breast_cancer(), target="target")


KEYS = {
    "row number": lambda draw, n: draw.permutation(n) + 1,
    "hash": lambda draw, n: [f"{each:016x}" for each in draw.integers(0, 2**60, n)],
    "code": lambda draw, n: [f"CUST-{each:05d}" for each in draw.permutation(n)],
    "repeated code": lambda draw, n: [f"acc{each:06d}" for each in draw.integers(0, n // 3, n)],
    "names": lambda draw, n: [f"anna {''.join(chr(97 + int(digit)) for digit in str(each))}" for each in range(n)],
}


@pytest.mark.parametrize("kind", KEYS)
def test_names_keys_of_many_kinds(kind):
    """Row numbers, hashes, codes and names are named, as a note where no model uses them."""
    frame = breast_cancer().assign(k=KEYS[kind](np.random.default_rng(0), 569))
    found = findings_of(RULE, case_of(frame, target="target"))

    assert [(each.subject.names, str(each.severity)) for each in found] == [(("k",), "note")]


def test_warns_where_the_model_uses_it():
    """A deep tree on a row number in order of the target hangs on it."""
    frame = breast_cancer().sort_values("target").reset_index(drop=True).assign(row=np.arange(569))
    model = DecisionTreeClassifier(random_state=0).fit(frame[["row", "mean area"]], frame.target)
    found = findings_of(RULE, case_of(frame, target="target", model=model))

    assert [(each.subject.names[0], str(each.severity)) for each in found] == [("row", "warning")]


MEASURES = {
    "timestamps": lambda draw, n: 1_600_000_000 + np.sort(draw.integers(0, 10**8, n)),
    "dates": lambda draw, n: pd.date_range("2020-01-01", periods=n).astype(str),
    "prices": lambda draw, n: np.round(draw.gamma(2, 100, n), 2),
    "income": lambda draw, n: draw.integers(10_000, 900_000, n),
    "years": lambda draw, n: np.sort(draw.integers(1900, 2024, n)),
    "prices as text": lambda draw, n: [f"{each:.2f}" for each in draw.gamma(2, 100, n)],
    "comments": lambda draw, n: [f"the {each} parcel came rather late again" for each in draw.permutation(n)],
    "city": lambda draw, n: draw.choice(["Bonn", "Köln", "Essen"], n),
}


@pytest.mark.parametrize("kind", MEASURES)
def test_stays_silent_on_measures(kind):
    """Times, prices, incomes, texts and categories are no names."""
    frame = breast_cancer().assign(k=MEASURES[kind](np.random.default_rng(0), 569))

    assert findings_of(RULE, case_of(frame, target="target")) == []
