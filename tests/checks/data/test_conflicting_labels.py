"""conflicting-labels: equal features, different labels."""

import numpy as np
import pandas as pd

from cases import breast_cancer, case_of, findings_of

RULE = "conflicting-labels"


def broken():
    """Forty rows were labelled twice."""
    again = breast_cancer().head(40).assign(target=lambda part: 1 - part["target"])
    return case_of(pd.concat([breast_cancer(), again], ignore_index=True), target="target")


def healthy():
    """All rows differ."""
    return case_of(breast_cancer(), target="target")


def test_says_the_ceiling():
    """Eighty rows, forty of which no model can get right."""
    found = findings_of(RULE, broken())

    assert [each.severity for each in found] == ["warning"]
    assert "80 of 609" in found[0].message
    assert "0.934" in found[0].message


def test_few_values_conflict_by_nature():
    """Twins with different outcomes are what risk looks like."""
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"a": rng.integers(0, 2, 500), "b": rng.integers(0, 3, 500), "target": rng.integers(0, 2, 500)})

    assert [each.severity for each in findings_of(RULE, case_of(frame, target="target"))] == ["note"]


def test_twins_of_a_coarse_table_are_natural():
    """Prices of three brands on a few dozen shelves: buyers see the same and choose differently."""
    rng = np.random.default_rng(1)
    shelf = rng.integers(0, 60, 800)
    prices = {f"price_{name}": rng.normal(5, 1, 60).round(2)[shelf] for name in "abc"}
    frame = pd.DataFrame({**prices, "target": rng.choice(["a", "b", "c"], 800, p=[0.6, 0.3, 0.1])})

    assert [each.severity for each in findings_of(RULE, case_of(frame, target="target"))] == ["note"]
