"""duplicate-rows: rows that occur more than once."""

import numpy as np
import pandas as pd

from cases import breast_cancer, case_of, findings_of

RULE = "duplicate-rows"


def broken():
    """A hundred rows were appended again."""
    return case_of(pd.concat([breast_cancer(), breast_cancer().head(100)], ignore_index=True), target="target")


def healthy():
    """No repeat."""
    return case_of(breast_cancer(), target="target")


def test_names_the_later_copies():
    """The first of each kind stays."""
    found = findings_of(RULE, broken())

    assert [(each.severity, each.subject.rows[0]) for each in found] == [("warning", 569)]
    assert "100 of 669" in found[0].message


def test_few_values_repeat_by_nature():
    """Two flags and an age group: almost every row has a twin."""
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"a": rng.integers(0, 2, 500), "b": rng.integers(0, 3, 500), "target": rng.integers(0, 2, 500)})

    assert [each.severity for each in findings_of(RULE, case_of(frame, target="target"))] == ["note"]


def test_a_rare_class_repeated_to_be_as_frequent_is_seen_in_coarse_tables():
    """Few values a column, so that rows recur by nature; that one class alone recurs, evenly, is no nature. Rows that recur in all classes alike stay a note."""
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(rng.integers(1, 6, (900, 12)), columns=[f"q{place}" for place in range(12)]).assign(target=[1] * 60 + [0] * 840)
    raised = pd.concat([frame, frame[:60].sample(780, replace=True, random_state=0)], ignore_index=True)
    both = pd.concat([frame, frame.sample(400, replace=True, random_state=0)], ignore_index=True)

    assert [each.severity for each in findings_of(RULE, case_of(raised, target="target"))] == ["warning"]
    assert [each.severity for each in findings_of(RULE, case_of(both, target="target"))] == ["note"]
